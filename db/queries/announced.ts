import { and, eq, inArray } from 'drizzle-orm'
import { announcements } from '../schema.ts'
import type { Reader } from './cadence.ts'

/** The announcement of each update of these incidents, by update id. */
export async function announcementsOf(reader: Reader, incidentIds: readonly string[]): Promise<Map<string, string>> {
  if (incidentIds.length === 0) return new Map()
  const rows = await reader
    .select({ id: announcements.id, updateId: announcements.updateId })
    .from(announcements)
    .where(and(inArray(announcements.incidentId, [...incidentIds]), eq(announcements.kind, 'update')))
  return new Map(rows.map((row) => [row.updateId!, row.id]))
}

export type Announced = typeof announcements.$inferSelect

/** The announcement that tells an update; null where nobody was to be told. */
export async function announcementOfUpdate(reader: Reader, updateId: string): Promise<Announced | null> {
  const [row] = await reader
    .select()
    .from(announcements)
    .where(and(eq(announcements.updateId, updateId), eq(announcements.kind, 'update')))
  return row ?? null
}

/** The announcement that tells a step of a maintenance; null where nobody was to be told. */
export async function announcementOfStep(reader: Reader, maintenanceUpdateId: string): Promise<Announced | null> {
  const [row] = await reader
    .select()
    .from(announcements)
    .where(eq(announcements.maintenanceUpdateId, maintenanceUpdateId))
  return row ?? null
}
