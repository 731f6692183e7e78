import { and, desc, eq, sql } from 'drizzle-orm'
import type { Transaction } from '../client.ts'
import { subscribers, updates } from '../schema.ts'

/** Who follows one incident follows another as well from now on; what they chose besides stays. */
export const followAsWell = (tx: Transaction, from: string, to: string) =>
  tx
    .update(subscribers)
    .set({ followedIncidentIds: sql`array_append(${subscribers.followedIncidentIds}, ${to}::text)` })
    .where(
      sql`${from}::text = any(${subscribers.followedIncidentIds}) and ${to}::text <> all(${subscribers.followedIncidentIds})`,
    )

/** Where an incident is told now: there, or in the one that it became part of. */
export async function toldIn(tx: Transaction, incidentId: string): Promise<string> {
  const [newest] = await tx
    .select({ mergedInto: updates.mergedInto })
    .from(updates)
    .where(and(eq(updates.incidentId, incidentId), eq(updates.state, 'published')))
    .orderBy(desc(updates.seq))
    .limit(1)
  return newest?.mergedInto ? toldIn(tx, newest.mergedInto) : incidentId
}
