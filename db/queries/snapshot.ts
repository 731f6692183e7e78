import { and, asc, desc, eq, gt, gte, isNull, max, ne, or, sql } from 'drizzle-orm'
import { dayStart } from '../../api/domain/days.ts'
import { DAY, plus } from '../../api/domain/duration.ts'
import { type Eyes, PUBLIC_EYES } from '../../api/domain/eyes.ts'
import {
  byNewest,
  byUrgency,
  type Change,
  type ComponentSeen,
  type IncidentSeen,
  NOBODY_YET,
  newerChange,
  type OrganisationSeen,
  type Snapshot,
  type SpanSeen,
} from '../../api/domain/snapshot.ts'
import type { Database, Queryable, Transaction } from '../client.ts'
import { keptAlive } from '../kept-alive.ts'
import { publicChanges, publicIncidents, publicSpans, shownComponents, shownGroups } from '../schema/views.ts'
import { CHANGE_TOPICS, type ChangeTopic, organisation, siteChanges } from '../schema.ts'
import { collect } from './collect.ts'
import { lookThrough } from './eyes.ts'
import type { Known } from './known.ts'
import { withDetails } from './public-incidents.ts'
import { readListedMaintenances } from './public-maintenances.ts'

/** How many incidents feeds and lists of all states hold (contract section 5). */
const NEWEST = 50
/** More incidents than this in a week are in the history, not on the first page. */
const MOST_RECENT = 200
/** Days of which bars and uptime are made: ninety, and the part of one more that ninety times 24 hours reach into. */
const SPANNED = 91

/** Runs `work` on one consistent view of the database: everything it reads is of the same instant, as these eyes see it. */
export const atOneInstant = <T>(
  db: Database,
  work: (tx: Transaction) => Promise<T>,
  eyes: Eyes = PUBLIC_EYES,
): Promise<T> =>
  db.transaction(
    async (tx) => {
      if (eyes.length > 0) await lookThrough(tx, eyes)
      return keptAlive(tx, () => work(tx))
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  )

/**
 * Everything that outsiders may see now: open incidents, those of the past seven days and the 50 newest, maintenance
 * likewise, never all history. What `known` remembers is not read again. Run it in `atOneInstant`. Days are counted back from the day of the last change, not from
 * a clock: the same data give the same snapshot.
 */
export async function readSnapshot(tx: Queryable, known?: Known): Promise<Snapshot> {
  const [whose, newest] = await Promise.all([readOrganisation(tx), readNewestChanges(tx)])
  const { last, lastOf } = lastChanges(newest, { revision: 0, at: whose.createdAt })
  const week = firstDayOfWeek(last.at)
  // Asked one after another without waiting for the answers: one connection answers them in turn.
  const [began, components, incidents, maintenances] = await Promise.all([
    firstBeginning(tx),
    readComponents(tx, plus(last.at, -SPANNED * DAY)),
    readListed(tx, week, known),
    readListedMaintenances(tx, week),
  ])
  return {
    last,
    lastOf,
    began: earliest(whose.createdAt, began),
    organisation: whose,
    ...components,
    ...incidents,
    ...maintenances,
  }
}

/** Whose site it is and the newest revision: enough to tell whether there is anything to publish. */
export async function readEdition(tx: Queryable): Promise<{ page: string; revision: number }> {
  const [{ pageId }, [row]] = await Promise.all([
    readOrganisation(tx),
    tx.select({ newest: max(siteChanges.revision) }).from(siteChanges),
  ])
  return { page: pageId, revision: row!.newest ?? 0 }
}

/** The one time, the newest revision at it, and the newest of what these eyes may see: what is hidden does not move it. */
export async function readNow(tx: Queryable): Promise<{ now: Date; newest: number; seen: number }> {
  const [row] = await tx.execute<{ now: string; newest: number; seen: number }>(sql`
    select sitrep_now() as now, coalesce((select max(revision) from site_changes), 0) as newest,
           coalesce((select max(revision) from public_changes), 0) as seen`)
  return { ...row!, now: new Date(row!.now) }
}

/** The first of the seven UTC days that end with the day of `at`. */
export const firstDayOfWeek = (at: Date): Date => plus(dayStart(at), -6 * DAY)

async function readOrganisation(tx: Queryable): Promise<OrganisationSeen> {
  const [row] = await tx.select().from(organisation)
  return row ?? NOBODY_YET
}

/**
 * The newest change of each kind. Each stands at the end of an index; rows are compared whole, so that it is found there
 * whatever the statistics say of a topic that has none.
 */
async function readNewestChanges(tx: Queryable): Promise<Map<string, Change>> {
  const rows = await tx.execute<{ kind: string; revision: number; at: string }>(sql`
    select topics.topic as kind, newest.revision, newest.at
    from unnest(${sql.raw(`array['${CHANGE_TOPICS.join("','")}']`)}) as topics (topic) cross join lateral (
      select revision, at from public_changes
      where (topic, revision) >= (topics.topic, 0) and (topic, revision) <= (topics.topic, 2147483647)
      order by topic desc, revision desc limit 1) as newest
    union all
    (select 'moved', revision, at from public_changes where moved_components order by revision desc limit 1)`)
  return new Map(rows.map(({ kind, revision, at }) => [kind, { revision, at: new Date(at) }]))
}

/** The newest change of all and of each kind; `never` where there is none. */
function lastChanges(newest: ReadonlyMap<string, Change>, never: Change): Pick<Snapshot, 'last' | 'lastOf'> {
  const of = (kind: ChangeTopic | 'moved'): Change => newest.get(kind) ?? never
  const lastOf = {
    incident: newerChange(of('incident'), of('audiences')),
    maintenance: newerChange(of('maintenance'), of('audiences')),
    components: newerChange(of('components'), newerChange(of('component'), of('audiences'))),
    names: newerChange(of('components'), of('audiences')),
    organisation: of('organisation'),
    day: of('day'),
    moved: of('moved'),
  }
  return { lastOf, last: latest(Object.values(lastOf)) }
}

/**
 * The newest revision, and the latest time of any: a day that begins is recorded as its midnight, which may be a moment
 * earlier than a post with a smaller revision.
 */
const latest = (changes: readonly Change[]): Change => ({
  revision: Math.max(...changes.map((change) => change.revision)),
  at: new Date(Math.max(...changes.map((change) => change.at.getTime()))),
})

const earliest = (one: Date, other: Date | null): Date => (other !== null && other < one ? other : one)

/** When the first incident or maintenance began; null where there was none. Both minima stand at the ends of indexes. */
async function firstBeginning(tx: Queryable): Promise<Date | null> {
  const [row] = await tx.execute<{ at: string | null }>(sql`
    select least((select min(started_at) from public_incidents), (select min(scheduled_for) from public_maintenances)) as at`)
  return row?.at ? new Date(row.at) : null
}

async function readComponents(tx: Queryable, since: Date): Promise<Pick<Snapshot, 'groups' | 'components'>> {
  const [groups, rows, spans] = await Promise.all([
    tx.select().from(shownGroups).orderBy(asc(shownGroups.position), asc(shownGroups.id)),
    tx.select().from(shownComponents).orderBy(asc(shownComponents.position), asc(shownComponents.id)),
    readSpans(tx, since),
  ])
  const known = new Set(groups.map((group) => group.id))
  const components: ComponentSeen[] = rows.map((row) => ({
    ...row,
    groupId: row.groupId !== null && known.has(row.groupId) ? row.groupId : null,
    spans: spans.get(row.id) ?? [],
  }))
  return { groups, components }
}

async function readSpans(tx: Queryable, since: Date): Promise<Map<string, SpanSeen[]>> {
  const rows = await tx
    .select()
    .from(publicSpans)
    .where(or(isNull(publicSpans.endedAt), gt(publicSpans.endedAt, since)))
    .orderBy(asc(publicSpans.componentId), asc(publicSpans.startedAt))
  return collect(rows, ({ componentId, ...span }) => [componentId, span])
}

async function readListed(
  tx: Queryable,
  since: Date,
  known?: Known,
): Promise<Pick<Snapshot, 'open' | 'recent' | 'newest'>> {
  const newestFirst = [desc(publicIncidents.startedAt), asc(publicIncidents.id)]
  const [open, recent, newest] = await Promise.all([
    tx.select().from(publicIncidents).where(ne(publicIncidents.status, 'resolved')),
    tx
      .select()
      .from(publicIncidents)
      .where(
        and(
          eq(publicIncidents.status, 'resolved'),
          or(gte(publicIncidents.startedAt, since), gte(publicIncidents.resolvedAt, since)),
        ),
      )
      .orderBy(...newestFirst)
      .limit(MOST_RECENT),
    tx
      .select()
      .from(publicIncidents)
      .orderBy(...newestFirst)
      .limit(NEWEST),
  ])
  const rows = new Map([...open, ...recent, ...newest].map((row) => [row.id, row]))
  const seen = new Map((await withDetails(tx, [...rows.values()], known)).map((incident) => [incident.id, incident]))
  const pick = (chosen: readonly { id: string }[]): IncidentSeen[] => chosen.map(({ id }) => seen.get(id)!)
  return { open: pick(open).sort(byUrgency), recent: pick(recent).sort(byNewest), newest: pick(newest).sort(byNewest) }
}

/** When a revision was made; null where it is none of ours. */
export async function timeOfRevision(tx: Queryable, revision: number): Promise<Date | null> {
  const [row] = await tx.select({ at: siteChanges.at }).from(siteChanges).where(eq(siteChanges.revision, revision))
  return row?.at ?? null
}

/** What has changed since a revision, one by one, oldest first; `hidden`: of something that these eyes may not see. */
export async function changesSince(tx: Queryable, revision: number) {
  const [all, seen] = await Promise.all([
    tx.select().from(siteChanges).where(gt(siteChanges.revision, revision)).orderBy(asc(siteChanges.revision)),
    tx.select({ revision: publicChanges.revision }).from(publicChanges).where(gt(publicChanges.revision, revision)),
  ])
  const visible = new Set(seen.map((change) => change.revision))
  return all.map((change) => ({ ...change, hidden: !visible.has(change.revision) }))
}
