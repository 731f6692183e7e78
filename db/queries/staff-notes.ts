import { and, desc, eq, gte, inArray, isNull, or, sql } from 'drizzle-orm'
import { incidentComponents, incidents, people, staffNotes } from '../schema.ts'
import type { Reader } from './cadence.ts'

export type StaffNote = typeof staffNotes.$inferSelect & { author: string | null }

const notes = (db: Reader) =>
  db
    .select({ note: staffNotes, author: people.name })
    .from(staffNotes)
    .leftJoin(people, eq(people.id, staffNotes.authorId))

/** What staff are told of these incidents, newest first. */
export async function staffNotesOf(db: Reader, incidentIds: readonly string[]): Promise<StaffNote[]> {
  if (incidentIds.length === 0) return []
  const rows = await notes(db)
    .where(inArray(staffNotes.incidentId, [...incidentIds]))
    .orderBy(desc(staffNotes.at), desc(staffNotes.id))
    .limit(500)
  return rows.map(({ note, author }) => ({ ...note, author }))
}

/** Incidents that are open or were resolved since, whoever may see them; the gravest first. For staff alone. */
export async function incidentsForStaff(db: Reader, since: Date) {
  const rows = await db
    .select()
    .from(incidents)
    .where(and(eq(incidents.kind, 'incident'), or(isNull(incidents.resolvedAt), gte(incidents.resolvedAt, since))))
    .orderBy(incidents.severity, desc(incidents.startedAt), incidents.id)
    .limit(200)
  return rows.map(({ id, title, severity, status, visibility, startedAt, resolvedAt, createdAt }) => {
    return { id, title, severity, status, visibility, startedAt, resolvedAt, createdAt }
  })
}
export type StaffIncidentRow = Awaited<ReturnType<typeof incidentsForStaff>>[number]

/** Names of the components that each of these incidents concerns, by incident, in page order. */
export async function concernedNames(db: Reader, incidentIds: readonly string[]): Promise<Map<string, string[]>> {
  if (incidentIds.length === 0) return new Map()
  const rows = await db.execute<{ incident_id: string; name: string }>(sql`
    select ${incidentComponents.incidentId} as incident_id, components.name
    from ${incidentComponents} join components on components.id = ${incidentComponents.componentId}
    where ${inArray(incidentComponents.incidentId, [...incidentIds])} order by components.position, components.id`)
  const by = Map.groupBy(rows, (row) => row.incident_id)
  return new Map([...by].map(([incident, of]) => [incident, of.map((row) => row.name)]))
}

/** Names of the audiences that may see each private component, by component. */
export async function audienceNames(db: Reader): Promise<Map<string, string[]>> {
  const rows = await db.execute<{ component_id: string; name: string }>(sql`
    select kept.component_id, audiences.name
    from component_audiences as kept join audiences on audiences.id = kept.audience_id order by audiences.name`)
  const by = Map.groupBy(rows, (row) => row.component_id)
  return new Map([...by].map(([component, of]) => [component, of.map((row) => row.name)]))
}
