import { asc, desc, eq, getViewSelectedFields, gt, inArray, max } from 'drizzle-orm'
import { readsNow } from '../../api/domain/correction.ts'
import type { Change, CorrectionSeen, IncidentSeen, UpdateSeen } from '../../api/domain/snapshot.ts'
import type { Queryable } from '../client.ts'
import {
  followableIncidents,
  publicAlerted,
  publicCorrections,
  publicIncidentComponents,
  publicIncidents,
  publicUpdates,
} from '../schema/views.ts'
import { siteChanges } from '../schema.ts'
import type { Reader } from './cadence.ts'
import { collect } from './collect.ts'
import { type Known, makeKnown } from './known.ts'
import { publicNoticesOf } from './public-notices.ts'

type Row = typeof publicIncidents.$inferSelect

/** The public incidents among `ids`. */
export async function readIncidents(tx: Queryable, ids: readonly string[], known?: Known): Promise<IncidentSeen[]> {
  if (ids.length === 0) return []
  return withDetails(
    tx,
    await tx
      .select()
      .from(publicIncidents)
      .where(inArray(publicIncidents.id, [...ids])),
    known,
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

/** Whether outsiders may know of an incident; declared without words yet, it can be followed already. */
export async function publicIncidentKnown(db: Reader, id: string): Promise<boolean> {
  return (await knownOutside(db, [id])).length > 0
}

/** Id and title of those among these incidents that outsiders may know of, the newest first. */
export const knownOutside = (db: Reader, ids: readonly string[]) =>
  db
    .select({ id: followableIncidents.id, title: followableIncidents.title })
    .from(followableIncidents)
    .where(inArray(followableIncidents.id, [...ids]))
    .orderBy(desc(followableIncidents.startedAt))

/** The `count` newest public incidents that named a component. */
export async function incidentsOfComponent(
  tx: Queryable,
  componentId: string,
  count: number,
  known?: Known,
): Promise<IncidentSeen[]> {
  // Joined, not looked up: the view has joined the incidents already, and PostgreSQL sees that it is the same row.
  const rows = await tx
    .select(getViewSelectedFields(publicIncidents))
    .from(publicIncidents)
    .innerJoin(publicIncidentComponents, eq(publicIncidentComponents.incidentId, publicIncidents.id))
    .where(eq(publicIncidentComponents.componentId, componentId))
    .orderBy(desc(publicIncidents.startedAt), asc(publicIncidents.id))
    .limit(count)
  return withDetails(tx, rows, known)
}

/** What belongs to an incident and changes with it alone. */
type Details = Pick<IncidentSeen, 'components' | 'updates' | 'notices'>

/** The rows of `public_incidents` with what belongs to them, in the same order; a fixed number of queries for any number. */
export async function withDetails(
  tx: Queryable,
  rows: readonly Row[],
  known: Known = makeKnown(),
): Promise<IncidentSeen[]> {
  if (rows.length === 0) return []
  const [changed, drawnAnew] = await Promise.all([newestChanges(tx, idsOf(rows)), lastDrawnAnew(tx)])
  const revisionOf = (id: string) => Math.max(changed.get(id)?.revision ?? -1, drawnAnew)
  const fresh = rows.filter(({ id }) => !known.get(id, revisionOf(id)))
  const details = await detailsOf(tx, idsOf(fresh))
  for (const [id, each] of details) known.keep(id, revisionOf(id), each)
  const alerted = await alertedPromises(tx, idsOf(rows.filter((row) => row.isLate)))
  return rows.map(({ isLate, deadlineSeq, ...incident }) => ({
    ...incident,
    late: isLate,
    teamAlerted: alerted.has(`${incident.id} ${deadlineSeq}`),
    changed: changed.get(incident.id) ?? null,
    ...(details.get(incident.id) ?? known.get<Details>(incident.id, revisionOf(incident.id))!),
  }))
}

const idsOf = (rows: readonly Row[]): string[] => rows.map((row) => row.id)

async function detailsOf(tx: Queryable, ids: string[]): Promise<Map<string, Details>> {
  if (ids.length === 0) return new Map()
  const updates = await updatesOf(tx, ids)
  const held = await componentsOf(tx, ids)
  const notices = await publicNoticesOf(tx, ids)
  const detailsOfOne = (id: string): Details => ({
    components: held.get(id) ?? [],
    updates: updates.get(id) ?? [],
    notices: notices.get(id) ?? [],
  })
  return new Map(ids.map((id) => [id, detailsOfOne(id)]))
}

async function updatesOf(tx: Queryable, ids: string[]): Promise<Map<string, UpdateSeen[]>> {
  const rows = await tx
    .select()
    .from(publicUpdates)
    .where(inArray(publicUpdates.incidentId, ids))
    .orderBy(desc(publicUpdates.seq))
  const corrections = await correctionsOf(tx, ids)
  return collect(rows, ({ incidentId, ...update }) => {
    const known = corrections.get(update.id) ?? []
    return [incidentId, { ...update, ...readsNow(update, known), corrections: known }]
  })
}

async function correctionsOf(tx: Queryable, ids: string[]): Promise<Map<string, CorrectionSeen[]>> {
  const rows = await tx
    .select()
    .from(publicCorrections)
    .where(inArray(publicCorrections.incidentId, ids))
    .orderBy(desc(publicCorrections.createdAt), desc(publicCorrections.id))
  return collect(rows, ({ updateId, incidentId: _, ...correction }) => [updateId, correction])
}

async function componentsOf(tx: Queryable, ids: string[]): Promise<Map<string, IncidentSeen['components']>> {
  const rows = await tx
    .select()
    .from(publicIncidentComponents)
    .where(inArray(publicIncidentComponents.incidentId, ids))
    .orderBy(publicIncidentComponents.componentId)
  return collect(rows, ({ incidentId, componentId, status }) => [incidentId, { id: componentId, status }])
}

async function alertedPromises(tx: Queryable, ids: string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await tx.select().from(publicAlerted).where(inArray(publicAlerted.incidentId, ids))
  return new Set(rows.map((row) => `${row.incidentId} ${row.deadlineSeq}`))
}

/** When it last changed who may see what: nothing that was read before counts any more. */
async function lastDrawnAnew(tx: Queryable): Promise<number> {
  const [row] = await tx
    .select({ revision: max(siteChanges.revision) })
    .from(siteChanges)
    .where(eq(siteChanges.topic, 'audiences'))
  return row!.revision ?? -1
}

async function newestChanges(tx: Queryable, ids: string[]): Promise<Map<string, Change>> {
  const rows = await tx
    .selectDistinctOn([siteChanges.incidentId])
    .from(siteChanges)
    .where(inArray(siteChanges.incidentId, ids))
    .orderBy(siteChanges.incidentId, desc(siteChanges.revision))
  return new Map(rows.map(({ incidentId, revision, at }) => [incidentId!, { revision, at }]))
}
