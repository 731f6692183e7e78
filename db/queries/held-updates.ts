import { and, eq, sql } from 'drizzle-orm'
import { BEFORE_THE_PROMISE } from '../../api/domain/hold.ts'
import type { Transaction } from '../client.ts'
import { incidents, updates } from '../schema.ts'
import type { Reader } from './cadence.ts'
import type { Incident, Update } from './incidents.ts'

/** SQL: when the clock releases the update of this row; `leavesAt` in `api/domain/hold.ts` says it of one. */
export const LEAVES_AT = sql`least(
  updates.release_at,
  incidents.next_update_due_at - make_interval(secs => ${BEFORE_THE_PROMISE / 1000}::double precision))`

/** The update of an incident that is held at present; there is one at most. */
export async function heldUpdateOf(reader: Reader, incidentId: string): Promise<Update | null> {
  const [row] = await reader
    .select()
    .from(updates)
    .where(and(eq(updates.incidentId, incidentId), eq(updates.state, 'held')))
  return row ?? null
}

/** The incidents whose held update is to be released now, the one that has waited longest first. */
export async function dueReleases(reader: Reader): Promise<string[]> {
  const rows = await reader.execute<{ id: string }>(sql`
    select incidents.id from updates join incidents on incidents.id = updates.incident_id
    where updates.state = 'held' and ${LEAVES_AT} <= sitrep_now()
    order by ${LEAVES_AT}, incidents.id`)
  return [...rows].map(({ id }) => id)
}

/** Locks an incident unless somebody else has it in hand. */
export async function lockIncidentIfFree(tx: Transaction, id: string): Promise<Incident | null> {
  const [row] = await tx.select().from(incidents).where(eq(incidents.id, id)).for('update', { skipLocked: true })
  return row ?? null
}

/** Notes that a held update is never to go out. Lock its incident first. */
export const markRecalled = (tx: Transaction, id: string) =>
  tx
    .update(updates)
    .set({ state: 'recalled' })
    .where(and(eq(updates.id, id), eq(updates.state, 'held')))
