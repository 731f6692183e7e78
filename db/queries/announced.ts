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
