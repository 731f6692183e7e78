import type { Database, Transaction } from '../../db/client.ts'
import { keptAlive } from '../../db/kept-alive.ts'
import { oweToHub } from '../../db/queries/hub-pings.ts'
import { heldRestore } from '../../db/queries/restores.ts'
import { lockTarget, recordPublished, recordPublishingFailed } from '../../db/queries/site-targets.ts'
import { atOneInstant, readEdition, readNow } from '../../db/queries/snapshot.ts'
import { feedUrl, isFeed } from '../domain/feeds.ts'
import type { SiteAddress } from '../domain/page-views.ts'
import type { Change } from '../domain/snapshot.ts'
import { buildOf } from './build.ts'
import type { Renderer } from './documents.ts'
import { printEverything } from './everything.ts'
import type { Memo } from './memo.ts'
import { openPress, type Press } from './press.ts'
import { type Edition, isNewer, type Manifest, Superseded, type Target } from './target.ts'
import { printTouched, readTouched } from './touched-documents.ts'
import type { TouchedFacts } from './touched-facts.ts'

export interface PublishJob {
  db: Database
  renderer: Renderer
  target: Target
  address: SiteAddress
  /** Make everything anew, whatever the target holds. */
  everything?: boolean
  /** Readers find the feeds there: the hub is to be told of those that move. */
  announced?: boolean
  /** Documents made already by another publisher of this process. */
  memo?: Memo
  /** Told when every file is in place, a moment before that is recorded. */
  onPlaced?: (edition: Edition) => void
}

/** What became of one attempt to bring a target up to date. `busy`: another publisher was at this target. */
export interface Publication {
  state: 'published' | 'unchanged' | 'busy' | 'failed'
  revision: number
  /** The paths whose bytes are new. */
  written: string[]
  /** The changes that this publication shows first; empty where everything was made anew. */
  changes: Change[]
  /** What the target holds now; null where nothing is known of it. */
  manifest: Manifest | null
  /** For `failed`: why. */
  trouble: string | null
}

/**
 * Brings a target up to date: reads what has changed since its manifest, makes the files that those changes touch, puts
 * them in place and records the revision. May run in any number of processes, and be killed anywhere: one at a time works
 * on a target, every file is whole at every moment, and the next run finishes what was left undone.
 */
export async function publish(job: PublishJob): Promise<Publication> {
  const { target, db } = job
  const key = await target.key()
  return db.transaction(async (tx) => {
    if (!(await lockTarget(tx, key))) return outcome('busy', null)
    try {
      const publication = await keptAlive(tx, () => bringUpToDate(job))
      await beat(tx, target, publication)
      if (publication.state === 'failed') await recordPublishingFailed(tx, target.name, publication.trouble!)
      const news = publication.state !== 'failed' && (await recordPublished(tx, target.name, publication.revision))
      if (job.announced) await oweToHub(tx, await movedFeeds(job, publication, news))
      return publication
    } catch (error) {
      if (error instanceof Superseded) return outcome('unchanged', await target.manifest())
      const trouble = error instanceof Error ? error.message : String(error)
      await recordPublishingFailed(tx, target.name, trouble)
      return { ...outcome('failed', null), trouble }
    }
  })
}

/**
 * The feeds that a hub has to be told of: those with new bytes, and all where an earlier run put them in place and died
 * before it could say which.
 */
async function movedFeeds({ target, address }: PublishJob, { state, written }: Publication, news: boolean) {
  if (!address.hub) return []
  const paths = state === 'unchanged' && news ? await target.list() : written
  return paths.filter(isFeed).map((path) => feedUrl(address, path))
}

/** A site that could not be brought up to date, or that is ahead of the database it follows, shows no sign of life. */
async function beat(tx: Transaction, target: Target, { state, revision }: Publication): Promise<void> {
  const { now, newest, seen } = await readNow(tx)
  if (state !== 'failed' && revision === newest) await target.beat(now, seen)
}

const outcome = (state: Publication['state'], manifest: Manifest | null): Publication => ({
  state,
  revision: manifest?.revision ?? 0,
  written: [],
  changes: [],
  manifest,
  trouble: null,
})

/** What there is to do, and what has been read for it at one instant. */
type Plan =
  | { kind: 'nothing'; held: Manifest | null }
  | { kind: 'behind'; held: Manifest; newest: number }
  | { kind: 'restored'; held: Manifest | null }
  | { kind: 'touched'; edition: Edition; known: Manifest; facts: TouchedFacts }
  | { kind: 'everything'; edition: Edition }

async function bringUpToDate(job: PublishJob): Promise<Publication> {
  const held = await job.target.manifest()
  const build = buildOf(job.renderer.buildId, job.address)
  const plan = await atOneInstant(job.db, (reading) => planFor(reading, job, held, build))
  switch (plan.kind) {
    case 'nothing':
      return outcome('unchanged', plan.held)
    case 'behind':
      return { ...outcome('failed', plan.held), trouble: behind(plan) }
    case 'restored':
      return { ...outcome('failed', plan.held), trouble: RESTORED }
    case 'touched':
      return publishTouched(job, plan, build)
    case 'everything':
      return atOneInstant(job.db, (reading) => publishEverything(reading, job, build))
  }
}

/** A database that was restored knows less than the page shows; which of the two is right, a person has to say. */
const behind = ({ held, newest }: Plan & { kind: 'behind' }): string =>
  `It shows revision ${held.revision}, the database is at ${newest}. To publish what the database holds: sitrep publish --all`

/** What a restored database says may be wrong by now: the last page stands until a person releases it (standards R22). */
const RESTORED =
  'The database was restored from a backup and waits for its release: sitrep release. To look at its page before: sitrep publish --out DIR'

/** More changes than this are not looked at one by one. */
const MOST_CHANGES = 500

async function planFor(
  reading: Transaction,
  { everything, memo, target }: PublishJob,
  held: Manifest | null,
  build: string,
): Promise<Plan> {
  if (!everything && (await heldRestore(reading))) return { kind: 'restored', held }
  const edition = await readEdition(reading)
  if (isNewer(held, edition) && !everything) return { kind: 'behind', held: held!, newest: edition.revision }
  if (everything || held?.page !== edition.page || held.build !== build) return { kind: 'everything', edition }
  if (held.revision === edition.revision) return { kind: 'nothing', held }
  if (edition.revision - held.revision > MOST_CHANGES) return { kind: 'everything', edition }
  const read = () => readTouched(reading, held.revision, memo?.known)
  const facts = await (memo ? memo.facts(held.revision, edition.revision, read) : read())
  if (!facts || (await showsAny(target, facts.hidden))) return { kind: 'everything', edition }
  return { kind: 'touched', edition, known: held, facts }
}

/** Whether a page of something stands there that outsiders may see no more: then everything is made without it. */
const showsAny = async (target: Target, hidden: readonly string[]): Promise<boolean> =>
  hidden.length > 0 && (await target.list()).some((path) => hidden.some((id) => path.includes(`/${id}`)))

async function publishTouched(
  job: PublishJob,
  { edition, known, facts }: Plan & { kind: 'touched' },
  build: string,
): Promise<Publication> {
  const press = openPress(job.target, edition, true)
  await job.target.begin(edition)
  await printed(press, printTouched(press, facts, job))
  job.onPlaced?.(edition)
  const complete = press.troubles.length === 0
  const manifest = { ...edition, revision: complete ? edition.revision : known.revision, build }
  await job.target.seal(manifest, edition)
  return published(press, manifest, facts.changes)
}

/** A publication of everything that is incomplete admits to no build, so that the next run takes it up again. */
async function publishEverything(reading: Transaction, job: PublishJob, build: string): Promise<Publication> {
  const edition = await readEdition(reading)
  const press = openPress(job.target, edition, false)
  const ours = (await job.target.manifest()) !== null
  await job.target.begin(edition, job.everything)
  await printed(press, printEverything(press, reading, { ...job, ours }))
  job.onPlaced?.(edition)
  const complete = press.troubles.length === 0
  const manifest = { ...edition, build: complete ? build : '' }
  await job.target.seal(manifest, edition)
  return published(press, manifest, [])
}

/** Whatever becomes of the printing: when it is over, nothing is on its way any more. */
const printed = ({ outbox }: Press, printing: Promise<void>): Promise<void> =>
  printing.finally(() => outbox.delivered())

const published = ({ troubles, written }: Press, manifest: Manifest, changes: readonly Change[]): Publication => ({
  state: troubles.length > 0 ? 'failed' : 'published',
  revision: manifest.revision,
  written,
  changes: changes.map(({ revision, at }) => ({ revision, at })),
  manifest,
  trouble: troubles.length > 0 ? troubles.join('; ') : null,
})
