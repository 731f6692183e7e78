import { and, asc, desc, eq, gte, inArray, isNull, lt, ne, or, type SQL, sql } from 'drizzle-orm'
import type { Severity } from '../../api/domain/severity.ts'
import type { Transaction } from '../client.ts'
import { components, incidentComponents, incidents, timelineEntries, updates } from '../schema.ts'
import type { Reader } from './cadence.ts'

export type Incident = typeof incidents.$inferSelect
export type Update = typeof updates.$inferSelect
export type HeldComponent = { id: string; name: string; status: (typeof incidentComponents.$inferSelect)['status'] }

/**
 * Takes the incident's row lock, which every change of it and every alert about it takes first (standards R12). Rows that
 * only name it may be written meanwhile: a watch that writes about many and a merge that locks two never wait crosswise.
 */
export async function lockIncident(tx: Transaction, id: string): Promise<Incident | null> {
  const [row] = await tx.select().from(incidents).where(eq(incidents.id, id)).for('no key update')
  return row ?? null
}

export async function incidentById(reader: Reader, id: string): Promise<Incident | null> {
  const [row] = await reader.select().from(incidents).where(eq(incidents.id, id))
  return row ?? null
}

/** The components each incident holds, by incident id, in page order. */
export async function componentsHeldBy(reader: Reader, ids: readonly string[]): Promise<Map<string, HeldComponent[]>> {
  if (ids.length === 0) return new Map()
  const rows = await reader
    .select({
      incidentId: incidentComponents.incidentId,
      id: components.id,
      name: components.name,
      status: incidentComponents.status,
    })
    .from(incidentComponents)
    .innerJoin(components, eq(components.id, incidentComponents.componentId))
    .where(inArray(incidentComponents.incidentId, [...ids]))
    .orderBy(asc(components.position), asc(components.id))
  return Map.groupBy(rows, (row) => row.incidentId) as Map<string, HeldComponent[]>
}

/** An incident has changed: whoever looked before has to look again. Lock it first. */
export const bumpVersion = (tx: Transaction, id: string, at: Date) =>
  tx
    .update(incidents)
    .set({ version: sql`${incidents.version} + 1`, updatedAt: at })
    .where(eq(incidents.id, id))

/** Updates of one incident in every state, newest first. */
export const updatesOf = (reader: Reader, incidentId: string): Promise<Update[]> =>
  reader
    .select()
    .from(updates)
    .where(eq(updates.incidentId, incidentId))
    .orderBy(desc(updates.seq), desc(updates.createdAt))

/** Updates of several incidents in every state, each incident's newest first. */
export const updatesOfAll = async (reader: Reader, incidentIds: readonly string[]): Promise<Update[]> =>
  incidentIds.length === 0
    ? []
    : reader
        .select()
        .from(updates)
        .where(inArray(updates.incidentId, [...incidentIds]))
        .orderBy(asc(updates.incidentId), desc(updates.seq), desc(updates.createdAt))

/** Which part of a timeline: how many lines, and after which one to go on. */
export interface TimelinePart {
  limit: number
  before?: { at: Date; line: number } | undefined
}

/** The internal timeline, newest first. */
export const timelineOf = (reader: Reader, incidentId: string, { limit, before }: TimelinePart = { limit: 200 }) =>
  reader
    .select()
    .from(timelineEntries)
    .where(
      and(
        eq(timelineEntries.incidentId, incidentId),
        before &&
          or(
            lt(timelineEntries.at, before.at),
            and(eq(timelineEntries.at, before.at), lt(timelineEntries.line, before.line)),
          ),
      ),
    )
    .orderBy(desc(timelineEntries.at), desc(timelineEntries.line))
    .limit(limit)

/** The newest lines that were pinned to a timeline. */
export const pinnedOf = (reader: Reader, incidentId: string, limit: number) =>
  reader
    .select()
    .from(timelineEntries)
    .where(and(eq(timelineEntries.incidentId, incidentId), eq(timelineEntries.kind, 'pin')))
    .orderBy(desc(timelineEntries.at), desc(timelineEntries.line))
    .limit(limit)

export interface IncidentFilter {
  state: 'open' | 'resolved' | 'all'
  kind?: Incident['kind'] | undefined
  severity?: Severity | undefined
  since?: Date | undefined
  until?: Date | undefined
  /** Continue after this one: declared then, with this id. */
  after?: { declaredAt: Date; id: string } | undefined
  limit: number
}

/** Incidents by declaration, newest first. */
export const listIncidents = (reader: Reader, filter: IncidentFilter): Promise<Incident[]> =>
  reader
    .select()
    .from(incidents)
    .where(and(...conditions(filter)))
    .orderBy(desc(incidents.declaredAt), desc(incidents.id))
    .limit(filter.limit)

function conditions(filter: IncidentFilter): (SQL | undefined)[] {
  const { state, kind, severity, since, until, after } = filter
  return [
    state === 'open' ? ne(incidents.status, 'resolved') : undefined,
    state === 'resolved' ? eq(incidents.status, 'resolved') : undefined,
    kind && eq(incidents.kind, kind),
    severity && eq(incidents.severity, severity),
    since && gte(incidents.declaredAt, since),
    until && lt(incidents.declaredAt, until),
    after &&
      or(
        lt(incidents.declaredAt, after.declaredAt),
        and(eq(incidents.declaredAt, after.declaredAt), lt(incidents.id, after.id)),
      ),
  ]
}

/** Open incidents, the nearest promise first; those without one last. */
export const openIncidents = (reader: Reader): Promise<Incident[]> =>
  reader
    .select()
    .from(incidents)
    .where(isNull(incidents.resolvedAt))
    .orderBy(sql`${incidents.nextUpdateDueAt} asc nulls last`, asc(incidents.declaredAt))
    .limit(200)
