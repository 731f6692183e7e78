import { and, asc, desc, eq, gt, gte, inArray, isNull, max, ne, or, sql } from 'drizzle-orm'
import { DAY, plus } from '../../api/domain/duration.ts'
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
} from '../../api/domain/snapshot.ts'
import type { Database, Queryable, Transaction } from '../client.ts'
import { publicIncidents, shownComponents } from '../schema/views.ts'
import { type ChangeTopic, componentGroups, organisation, siteChanges } from '../schema.ts'
import { withDetails } from './public-incidents.ts'

/** How many incidents feeds and lists of all states hold (contract section 5). */
const NEWEST = 50
/** More incidents than this in a week are in the history, not on the first page. */
const MOST_RECENT = 200

/** Runs `work` on one consistent view of the database: everything it reads is of the same instant. */
export const atOneInstant = <T>(db: Database, work: (tx: Transaction) => Promise<T>): Promise<T> =>
  db.transaction(work, { isolationLevel: 'repeatable read', accessMode: 'read only' })

/**
 * Everything that outsiders may see now: open incidents, those of the past seven days and the 50 newest, never all
 * history. Run it in `atOneInstant`. The seven days are counted back from the day of the last change, not from a clock:
 * the same data give the same snapshot.
 */
export async function readSnapshot(tx: Queryable): Promise<Snapshot> {
  const whose = await readOrganisation(tx)
  const never = { revision: 0, at: whose.createdAt }
  const lastOf = {
    incident: (await newestOf(tx, 'incident')) ?? never,
    components: (await newestOf(tx, 'components')) ?? never,
    organisation: (await newestOf(tx, 'organisation')) ?? never,
  }
  const last = Object.values(lastOf).reduce(newerChange)
  const incidents = await readListed(tx, firstDayOfWeek(last.at))
  return { last, lastOf, organisation: whose, ...(await readComponents(tx)), ...incidents }
}

/** Whose site it is and the newest revision: enough to tell whether there is anything to publish. */
export async function readEdition(tx: Queryable): Promise<{ page: string; revision: number }> {
  const { pageId } = await readOrganisation(tx)
  const [row] = await tx.select({ newest: max(siteChanges.revision) }).from(siteChanges)
  return { page: pageId, revision: row!.newest ?? 0 }
}

/** The first of the seven UTC days that end with the day of `at`. */
export const firstDayOfWeek = (at: Date): Date => plus(new Date(Math.floor(at.getTime() / DAY) * DAY), -6 * DAY)

async function readOrganisation(tx: Queryable): Promise<OrganisationSeen> {
  const [row] = await tx.select().from(organisation)
  return row ?? NOBODY_YET
}

async function newestOf(tx: Queryable, topic: ChangeTopic): Promise<Change | null> {
  const [row] = await tx
    .select({ revision: siteChanges.revision, at: siteChanges.at })
    .from(siteChanges)
    .where(eq(siteChanges.topic, topic))
    .orderBy(desc(siteChanges.revision))
    .limit(1)
  return row ?? null
}

async function readComponents(tx: Queryable): Promise<Pick<Snapshot, 'groups' | 'components'>> {
  const groups = await tx
    .select()
    .from(componentGroups)
    .where(isNull(componentGroups.archivedAt))
    .orderBy(asc(componentGroups.position), asc(componentGroups.id))
  const known = new Set(groups.map((group) => group.id))
  const rows = await tx.select().from(shownComponents).orderBy(asc(shownComponents.position), asc(shownComponents.id))
  const components: ComponentSeen[] = rows.map((row) => ({
    ...row,
    groupId: row.groupId !== null && known.has(row.groupId) ? row.groupId : null,
  }))
  return { groups, components }
}

async function readListed(tx: Queryable, since: Date): Promise<Pick<Snapshot, 'open' | 'recent' | 'newest'>> {
  const newestFirst = [desc(publicIncidents.startedAt), asc(publicIncidents.id)]
  const open = await tx.select().from(publicIncidents).where(ne(publicIncidents.status, 'resolved'))
  const recent = await tx
    .select()
    .from(publicIncidents)
    .where(
      and(
        eq(publicIncidents.status, 'resolved'),
        or(gte(publicIncidents.startedAt, since), gte(publicIncidents.resolvedAt, since)),
      ),
    )
    .orderBy(...newestFirst)
    .limit(MOST_RECENT)
  const newest = await tx
    .select()
    .from(publicIncidents)
    .orderBy(...newestFirst)
    .limit(NEWEST)
  const rows = new Map([...open, ...recent, ...newest].map((row) => [row.id, row]))
  const seen = new Map((await withDetails(tx, [...rows.values()])).map((incident) => [incident.id, incident]))
  const pick = (chosen: readonly { id: string }[]): IncidentSeen[] => chosen.map(({ id }) => seen.get(id)!)
  return { open: pick(open).sort(byUrgency), recent: pick(recent).sort(byNewest), newest: pick(newest).sort(byNewest) }
}

/** What has changed since a revision, once per incident and topic, each under its newest revision; oldest first. */
export const changesSince = (tx: Queryable, revision: number) =>
  tx
    .select({
      topic: siteChanges.topic,
      incidentId: siteChanges.incidentId,
      revision: sql<number>`max(${siteChanges.revision})`.as('newest_revision'),
      at: sql<Date>`max(${siteChanges.at})`.mapWith(siteChanges.at).as('newest_at'),
    })
    .from(siteChanges)
    .where(gt(siteChanges.revision, revision))
    .groupBy(siteChanges.topic, siteChanges.incidentId)
    .orderBy(sql`newest_revision`)

/** The public incidents among `ids`. */
export async function readIncidents(tx: Queryable, ids: readonly string[]): Promise<IncidentSeen[]> {
  if (ids.length === 0) return []
  return withDetails(
    tx,
    await tx
      .select()
      .from(publicIncidents)
      .where(inArray(publicIncidents.id, [...ids])),
  )
}

/** The next `count` public incidents after the id `after`, in the order of ids: for going through all of history. */
export async function incidentsAfter(tx: Queryable, after: string, count: number): Promise<IncidentSeen[]> {
  const rows = await tx
    .select()
    .from(publicIncidents)
    .where(gt(publicIncidents.id, after))
    .orderBy(asc(publicIncidents.id))
    .limit(count)
  return withDetails(tx, rows)
}
