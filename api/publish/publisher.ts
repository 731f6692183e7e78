import type { Database, Transaction } from '../../db/client.ts'
import { lockTarget, recordPublished, recordPublishingFailed } from '../../db/queries/site-targets.ts'
import {
  atOneInstant,
  changesSince,
  incidentsAfter,
  readEdition,
  readIncidents,
  readSnapshot,
} from '../../db/queries/snapshot.ts'
import type { SiteAddress } from '../domain/page-views.ts'
import type { Change, IncidentSeen, Snapshot } from '../domain/snapshot.ts'
import { buildOf } from './build.ts'
import { makeAssets, makeDocument, makeIncident, type Renderer } from './documents.ts'
import { type DocumentKey, EVERYTHING, filesTouched } from './files.ts'
import { dropLeftovers, type Press, print, startPress } from './press.ts'
import { type Edition, isNewer, type Manifest, Superseded, type Target } from './target.ts'

export interface PublishJob {
  db: Database
  renderer: Renderer
  target: Target
  address: SiteAddress
  /** Make everything anew, whatever the target holds. */
  everything?: boolean
}

/** What became of one attempt to bring a target up to date. `busy`: another publisher was at this target. */
export interface Publication {
  state: 'published' | 'unchanged' | 'busy' | 'failed'
  revision: number
  /** The paths whose bytes are new. */
  written: string[]
  /** The changes that this publication shows first, once per incident and topic; empty where everything was made anew. */
  changes: Change[]
  /** What the target holds now; null where nothing is known of it. */
  manifest: Manifest | null
  /** For `failed`: why. */
  trouble: string | null
}

/** How many incidents are read at a time when all pages are made. */
const BATCH = 100

/**
 * Brings a target up to date: reads what has changed since its manifest, makes the files that those changes touch, puts
 * them in place and records the revision. May run in any number of processes, and be killed anywhere: one at a time works
 * on a target, every file is whole at every moment, and the next run finishes what was left undone.
 */
export const publish = (job: PublishJob): Promise<Publication> =>
  job.db.transaction(async (tx) => {
    const { target } = job
    if (!(await lockTarget(tx, target.name))) return outcome('busy', null)
    try {
      const publication = await atOneInstant(job.db, (reading) => bringUpToDate(reading, job))
      if (publication.state === 'failed') await recordPublishingFailed(tx, target.name, publication.trouble!)
      else await recordPublished(tx, target.name, publication.revision)
      return publication
    } catch (error) {
      if (error instanceof Superseded) return outcome('unchanged', await target.manifest())
      const trouble = error instanceof Error ? error.message : String(error)
      await recordPublishingFailed(tx, target.name, trouble)
      return { ...outcome('failed', null), trouble }
    }
  })

const outcome = (state: Publication['state'], manifest: Manifest | null): Publication => ({
  state,
  revision: manifest?.revision ?? 0,
  written: [],
  changes: [],
  manifest,
  trouble: null,
})

async function bringUpToDate(reading: Transaction, job: PublishJob): Promise<Publication> {
  const edition = await readEdition(reading)
  const held = await job.target.manifest()
  if (isNewer(held, edition)) return outcome('unchanged', held)
  const build = buildOf(job.renderer.buildId, job.address)
  const known = !job.everything && held?.page === edition.page && held.build === build ? held : null
  if (known?.revision === edition.revision) return outcome('unchanged', held)
  const changes = known ? await changesSince(reading, known.revision) : []
  const press = startPress(held, edition)
  await printAll(reading, job, { press, edition, keys: known ? filesTouched(changes) : new Set(EVERYTHING) })
  const manifest = await seal(job.target, press, { ...edition, build }, { held, known })
  const failed = press.troubles.length > 0
  return {
    state: failed ? 'failed' : 'published',
    revision: manifest.revision,
    written: press.written,
    changes: changes.map(({ revision, at }) => ({ revision, at })),
    manifest,
    trouble: failed ? press.troubles.join('; ') : null,
  }
}

/** An incomplete publication keeps the revision (or admits to no build at all), so that the next run takes it up again. */
async function seal(
  target: Target,
  press: Press,
  edition: Edition & { build: string },
  { held, known }: { held: Manifest | null; known: Manifest | null },
): Promise<Manifest> {
  const complete = press.troubles.length === 0
  const gone = complete && !known ? dropLeftovers(press, held) : []
  const unfinished = known ? { revision: known.revision } : { build: '' }
  const manifest = { ...edition, ...(complete ? {} : unfinished), files: press.files }
  await target.seal(manifest)
  for (const path of gone) await target.remove(path)
  return manifest
}

interface Order {
  press: Press
  edition: Edition
  keys: Set<DocumentKey>
}

/** What pages point to first, incidents next, what lists them then, `/` last. */
async function printAll(reading: Transaction, job: PublishJob, { press, edition, keys }: Order): Promise<void> {
  const { renderer, address, target } = job
  const snapshot = await readSnapshot(reading)
  const page = (incident: IncidentSeen) => () => makeIncident(incident, snapshot, address, renderer)
  if (keys.has('all_incidents'))
    await print(press, target, edition, [async () => makeAssets(renderer, snapshot.last.at)])
  for await (const incidents of incidentsOf(reading, snapshot, keys))
    await print(press, target, edition, incidents.map(page))
  const others = [...keys].filter(isSingle)
  const jobs = others.map((key) => async () => [await makeDocument(key, snapshot, address, renderer)])
  await print(press, target, edition, jobs)
}

type Single = Parameters<typeof makeDocument>[0]

const isSingle = (key: DocumentKey): key is Single =>
  key !== 'open_incidents' && key !== 'all_incidents' && !key.startsWith('incident:')

/** The incidents that the keys speak of, in batches. */
async function* incidentsOf(reading: Transaction, snapshot: Snapshot, keys: Set<DocumentKey>) {
  if (keys.has('all_incidents')) return yield* allIncidents(reading)
  const named = [...keys].filter((key) => key.startsWith('incident:')).map((key) => key.slice('incident:'.length))
  const open = keys.has('open_incidents') ? snapshot.open : []
  const rest = named.filter((id) => !open.some((incident) => incident.id === id))
  yield [...open, ...(await readIncidents(reading, rest))]
}

async function* allIncidents(reading: Transaction) {
  let after = ''
  for (;;) {
    const incidents = await incidentsAfter(reading, after, BATCH)
    if (incidents.length === 0) return
    yield incidents
    after = incidents.at(-1)!.id
  }
}
