import { and, eq, inArray, ne, sql } from 'drizzle-orm'
import type { List } from '../../api/domain/audience.ts'
import { type Eyes, PUBLIC_EYES } from '../../api/domain/eyes.ts'
import type { Transaction } from '../client.ts'
import { staffReaders, staffSignUps, subscribers } from '../schema.ts'
import type { Reader } from './cadence.ts'
import { rightsOf } from './eyes.ts'

/** By what somebody reads what is meant for staff. */
export type StaffDoor = { linkId: string; personId: null } | { linkId: null; personId: string }

/** Notes by which door a sign-up to the news of staff was made. */
export const noteStaffDoor = (tx: Transaction, confirmationId: string, door: StaffDoor) =>
  tx.insert(staffSignUps).values({ confirmationId, ...door })

/** Which list a sign-up is for. */
export async function listOf(db: Reader, confirmationId: string): Promise<List> {
  const rows = await db
    .select({ id: staffSignUps.confirmationId })
    .from(staffSignUps)
    .where(eq(staffSignUps.confirmationId, confirmationId))
  return rows.length > 0 ? 'staff' : 'public'
}

/** Who confirmed hears by the door of this sign-up from now on, and by no other. */
export async function keepStaffDoor(
  tx: Transaction,
  confirmationId: string,
  subscriberId: string,
  createdAt: Date,
): Promise<void> {
  const [from] = await tx.select().from(staffSignUps).where(eq(staffSignUps.confirmationId, confirmationId))
  const door = { linkId: from!.linkId, personId: from!.personId }
  await tx
    .insert(staffReaders)
    .values({ subscriberId, ...door, createdAt })
    .onConflictDoUpdate({ target: staffReaders.subscriberId, set: { ...door, createdAt } })
}

/** Which of these subscribers may hear what is meant for staff at this moment. */
export async function staffAmong(db: Reader, subscriberIds: readonly string[]): Promise<Set<string>> {
  if (subscriberIds.length === 0) return new Set()
  const rows = await db.execute<{ id: string }>(sql`
    select subscriber_id as id from staff_rights where ${inArray(sql`subscriber_id`, [...subscriberIds])}`)
  return new Set([...rows].map((row) => row.id))
}

/** By what a subscriber hears what is meant for staff, while it stands and they hear from us. */
export async function standingDoorOf(db: Reader, subscriberId: string): Promise<StaffDoor | null> {
  const [row] = await db
    .select({ linkId: staffReaders.linkId, personId: staffReaders.personId })
    .from(staffReaders)
    .innerJoin(subscribers, eq(subscribers.id, staffReaders.subscriberId))
    .where(
      and(
        eq(staffReaders.subscriberId, subscriberId),
        ne(subscribers.state, 'ended'),
        sql`exists (select 1 from staff_rights where staff_rights.subscriber_id = ${staffReaders.subscriberId})`,
      ),
    )
  return (row as StaffDoor | undefined) ?? null
}

/** What a subscriber may see at this moment; one of staff whose door does not stand any more sees what everybody does. */
export async function eyesOf(db: Reader, { id, list }: { id: string; list: List }): Promise<Eyes> {
  if (list === 'staff') return (await staffAmong(db, [id])).has(id) ? 'all' : PUBLIC_EYES
  return (await rightsOf(db, [id])).get(id) ?? PUBLIC_EYES
}
