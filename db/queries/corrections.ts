import { and, desc, eq, inArray, isNull, sql } from 'drizzle-orm'
import { WAITING_STATES } from '../../api/domain/attempt.ts'
import type { Transaction } from '../client.ts'
import { corrections, deliveries, updates } from '../schema.ts'
import type { Reader } from './cadence.ts'
import type { Update } from './incidents.ts'

export type Correction = typeof corrections.$inferSelect

/** The corrections of each update of these incidents, newest first, by update id. */
export async function correctionsOf(
  reader: Reader,
  incidentIds: readonly string[],
): Promise<Map<string, Correction[]>> {
  if (incidentIds.length === 0) return new Map()
  const rows = await reader
    .select()
    .from(corrections)
    .where(inArray(corrections.incidentId, [...incidentIds]))
    .orderBy(desc(corrections.createdAt), desc(corrections.id))
  return Map.groupBy(rows, (row) => row.updateId)
}

/** One update of an incident in whatever state; null when it has no such update. */
export async function updateOf(reader: Reader, incidentId: string, updateId: string): Promise<Update | null> {
  const [row] = await reader
    .select()
    .from(updates)
    .where(and(eq(updates.id, updateId), eq(updates.incidentId, incidentId)))
  return row ?? null
}

/**
 * When a correction counts as made: after every row that was queued without it, and after the correction before. What a
 * message says is decided by this order, and two things may happen within one millisecond.
 */
export async function momentOfCorrection(tx: Transaction, update: Update, at: Date): Promise<Date> {
  const [row] = await tx.execute<{ latest: Date | string | null }>(sql`
    select max(moment) as latest from (
      select queued_at as moment from deliveries where incident_id = ${update.incidentId} and update_id = ${update.id}
      union all
      select created_at from corrections where update_id = ${update.id}
    ) as before`)
  const latest = row?.latest ? new Date(row.latest).getTime() : 0
  return new Date(Math.max(at.getTime(), latest + 1))
}

/**
 * Lets rows that still wait join the queue anew, because a correction of which nobody is told has mended their words.
 * Those that may have gone out already say what they said (standards E16).
 */
export async function queueAnew(tx: Transaction, update: Update, at: Date): Promise<void> {
  await tx
    .update(deliveries)
    .set({ queuedAt: at })
    .where(
      and(
        eq(deliveries.incidentId, update.incidentId),
        eq(deliveries.updateId, update.id),
        isNull(deliveries.correctionId),
        inArray(deliveries.state, WAITING_STATES),
        eq(deliveries.unknowns, 0),
      ),
    )
}
