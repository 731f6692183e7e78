import { and, eq } from 'drizzle-orm'
import { announcements } from '../schema.ts'
import type { Reader } from './cadence.ts'

/** The announcement of each update of an incident, by update id. */
export async function announcementsOf(reader: Reader, incidentId: string): Promise<Map<string, string>> {
  const rows = await reader
    .select({ id: announcements.id, updateId: announcements.updateId })
    .from(announcements)
    .where(and(eq(announcements.incidentId, incidentId), eq(announcements.kind, 'update')))
  return new Map(rows.map((row) => [row.updateId!, row.id]))
}
