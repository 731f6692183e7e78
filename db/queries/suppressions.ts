import { and, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import { type Channel, WAITING_STATES } from '../../api/domain/attempt.ts'
import type { Secrets } from '../../api/domain/signature.ts'
import { addressHashes } from '../../api/domain/suppression.ts'
import type { Queryable, Transaction } from '../client.ts'
import { newId } from '../ids.ts'
import { confirmations, deliveries, softBounces, subscribers, suppressions } from '../schema.ts'
import { type AuditedActor, audit } from './audit.ts'

export type Suppression = typeof suppressions.$inferSelect

/** The suppression in force of an address, also of one whose owner has been erased; null when there is none. */
export async function suppressionOf(
  db: Queryable,
  secrets: Secrets,
  channel: Channel,
  addressKey: string,
): Promise<Suppression | null> {
  const [row] = await db
    .select()
    .from(suppressions)
    .where(inForceOn(secrets, channel, addressKey))
    .limit(1)
  return row ?? null
}

const inForceOn = (secrets: Secrets, channel: Channel, addressKey: string): SQL =>
  and(
    eq(suppressions.channel, channel),
    inArray(suppressions.addressHash, addressHashes(secrets, channel, addressKey)),
    isNull(suppressions.liftedAt),
  )!

/** What is suppressed, and on whose word. */
export interface Suppressing extends Pick<Suppression, 'channel' | 'reason' | 'source'> {
  addressKey: string
  code?: string | null
  deliveryId?: string | null
}

/**
 * Suppresses an address, with a line in the audit: nothing is sent to it any more, and what waits for it ends here. Null
 * when it is suppressed already, for whatever reason; then nothing changes.
 */
export async function suppressAddress(
  tx: Transaction,
  secrets: Secrets,
  actor: AuditedActor,
  given: Suppressing,
): Promise<Suppression | null> {
  const { channel, addressKey, reason, source, code = null } = given
  if (await suppressionOf(tx, secrets, channel, addressKey)) return null
  const [row] = await tx
    .insert(suppressions)
    .values({ id: newId(), ...given, addressHash: addressHashes(secrets, channel, addressKey)[0]! })
    .onConflictDoNothing()
    .returning()
  if (!row) return null
  await dropWaiting(tx, row.reason, channel, addressKey)
  const subject = { kind: 'suppression', id: row.id }
  await audit(tx, actor, { action: 'address.suppressed', subject, after: { channel, reason, source, code } })
  return row
}

/** What still waits for this address, of subscribers and sign-ups; staff are alerted whatever happens. */
const dropWaiting = (tx: Transaction, reason: string, channel: Channel, addressKey: string) =>
  tx
    .update(deliveries)
    .set({ state: 'suppressed', nextAttemptAt: null, reason })
    .where(
      and(
        inArray(deliveries.state, WAITING_STATES),
        eq(deliveries.channel, channel),
        sql`(${inArray(deliveries.subscriberId, idsOf(tx, subscribers, channel, addressKey))}
          or ${inArray(deliveries.confirmationId, idsOf(tx, confirmations, channel, addressKey))})`,
      ),
    )

const idsOf = (
  tx: Transaction,
  table: typeof subscribers | typeof confirmations,
  channel: Channel,
  addressKey: string,
) =>
  tx
    .select({ id: table.id })
    .from(table)
    .where(and(eq(table.channel, channel), eq(table.addressKey, addressKey)))

/** Lifts what is in force on an address for one of these reasons; answers the ids of what was lifted. */
export async function liftFrom(
  tx: Transaction,
  secrets: Secrets,
  { channel, addressKey, reason }: Pick<Suppressing, 'channel' | 'addressKey' | 'reason'>,
): Promise<string[]> {
  const rows = await tx
    .update(suppressions)
    .set({ liftedAt: sql`sitrep_now()` })
    .where(and(inForceOn(secrets, channel, addressKey), eq(suppressions.reason, reason)))
    .returning({ id: suppressions.id })
  return rows.map(({ id }) => id)
}

/**
 * Whoever names an address to us anew tells us what an erasure made us forget: its suppression, known by the keyed hash
 * alone, gets its key back, so that statements that join by key find it.
 */
export const knowAgain = (tx: Transaction, secrets: Secrets, channel: Channel, addressKey: string) =>
  tx
    .update(suppressions)
    .set({ addressKey })
    .where(and(inForceOn(secrets, channel, addressKey), isNull(suppressions.addressKey)))

/** Forgets addresses of a channel wherever returns have written them; of suppressions the keyed hash stays (X14, E42). */
export async function forgetReturns(tx: Transaction, channel: Channel, addressKeys: readonly string[]): Promise<void> {
  if (addressKeys.length === 0) return
  const keys = [...addressKeys]
  await tx
    .update(suppressions)
    .set({ addressKey: null })
    .where(and(eq(suppressions.channel, channel), inArray(suppressions.addressKey, keys)))
  await tx.delete(softBounces).where(and(eq(softBounces.channel, channel), inArray(softBounces.addressKey, keys)))
}
