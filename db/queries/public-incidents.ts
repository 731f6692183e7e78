import { desc, inArray } from 'drizzle-orm'
import type { Change, IncidentSeen, UpdateSeen } from '../../api/domain/snapshot.ts'
import type { Queryable } from '../client.ts'
import { publicAlerted, publicIncidentComponents, type publicIncidents, publicUpdates } from '../schema/views.ts'
import { siteChanges } from '../schema.ts'

type Row = typeof publicIncidents.$inferSelect

/** The rows of `public_incidents` with what belongs to them, in the same order; a fixed number of queries for any number. */
export async function withDetails(tx: Queryable, rows: readonly Row[]): Promise<IncidentSeen[]> {
  if (rows.length === 0) return []
  const ids = rows.map((row) => row.id)
  const updates = await updatesOf(tx, ids)
  const held = await componentsOf(tx, ids)
  const alerted = await alertedPromises(tx, ids)
  const changed = await newestChanges(tx, ids)
  return rows.map(({ isLate, deadlineSeq, ...incident }) => ({
    ...incident,
    late: isLate,
    teamAlerted: alerted.has(`${incident.id} ${deadlineSeq}`),
    changed: changed.get(incident.id) ?? null,
    components: held.get(incident.id) ?? [],
    updates: updates.get(incident.id) ?? [],
  }))
}

async function updatesOf(tx: Queryable, ids: string[]): Promise<Map<string, UpdateSeen[]>> {
  const rows = await tx
    .select()
    .from(publicUpdates)
    .where(inArray(publicUpdates.incidentId, ids))
    .orderBy(desc(publicUpdates.seq))
  return collect(rows, ({ incidentId, ...update }) => [incidentId, update])
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
  const rows = await tx.select().from(publicAlerted).where(inArray(publicAlerted.incidentId, ids))
  return new Set(rows.map((row) => `${row.incidentId} ${row.deadlineSeq}`))
}

async function newestChanges(tx: Queryable, ids: string[]): Promise<Map<string, Change>> {
  const rows = await tx
    .selectDistinctOn([siteChanges.incidentId])
    .from(siteChanges)
    .where(inArray(siteChanges.incidentId, ids))
    .orderBy(siteChanges.incidentId, desc(siteChanges.revision))
  return new Map(rows.map(({ incidentId, revision, at }) => [incidentId!, { revision, at }]))
}

function collect<R, V>(rows: readonly R[], entry: (row: R) => [string, V]): Map<string, V[]> {
  const lists = new Map<string, V[]>()
  for (const row of rows) {
    const [key, value] = entry(row)
    const list = lists.get(key)
    if (list) list.push(value)
    else lists.set(key, [value])
  }
  return lists
}
