import { and, eq, inArray, or, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../../db/client.ts'
import type { Delivery } from '../../db/queries/deliveries.ts'
import { inMilliseconds, noteAlertsAccepted } from '../../db/queries/outcomes.ts'
import { blameAddress } from '../../db/queries/returns.ts'
import { deliveries } from '../../db/schema.ts'
import type { Clock } from '../clock.ts'
import { backOff, mayRetry } from '../domain/retry.ts'
import type { Secrets } from '../domain/signature.ts'
import { outcomeOfTwilioCode, TWILIO_RANK } from '../domain/twilio-codes.ts'

/** What Twilio posts to the status callback; `delivery` stands in the address that we gave it. */
export interface SmsStatus {
  delivery: string
  MessageSid: string
  MessageStatus: string
  ErrorCode?: string | undefined
}

/** States of ours that Twilio's news may still move; every other end is final, so news in any order end alike (S13). */
const MOVABLE = ['sending', 'unknown', 'accepted'] as const
/** Twilio's first rank at which the message has reached an end. */
const ENDED = 4

/**
 * Writes what Twilio says became of a message. An id that calls back belongs to us, even when the answer to our request
 * was lost (standards S5a). Heard twice it changes nothing (S14). False when it names no message of ours.
 */
export const recordSmsStatus = (db: Database, clock: Clock, secrets: Secrets, status: SmsStatus): Promise<boolean> =>
  db.transaction(async (tx) => {
    const delivery = await lockOwn(tx, status)
    if (!delivery) return false
    const rank = TWILIO_RANK[status.MessageStatus]
    if (rank === undefined || !MOVABLE.some((state) => state === delivery.state)) return true
    const at = await clock(tx)
    if (rank < ENDED) await adopt(tx, delivery, status, at)
    else if (status.MessageStatus === 'delivered' || status.MessageStatus === 'read')
      await arrive(tx, delivery, status, at)
    else await fail(tx, secrets, delivery, status, at)
    return true
  })

/** The row whose message it is, locked; a second message of the same delivery has nothing to say about the first. */
async function lockOwn(tx: Transaction, { delivery, MessageSid }: SmsStatus): Promise<Delivery | null> {
  const [row] = await tx
    .select()
    .from(deliveries)
    .where(
      and(
        eq(deliveries.id, delivery),
        eq(deliveries.channel, 'sms'),
        or(eq(deliveries.providerId, MessageSid), sql`${deliveries.providerId} is null`),
      ),
    )
    .for('update')
  return row ?? null
}

/** Twilio has it: what was unknown, or still in the air, is accepted. */
async function adopt(tx: Transaction, delivery: Delivery, { MessageSid }: SmsStatus, at: Date): Promise<void> {
  if (delivery.state === 'accepted') return
  await tx
    .update(deliveries)
    .set({ state: 'accepted', providerId: MessageSid, acceptedAt: at, ...settled })
    .where(eq(deliveries.id, delivery.id))
  await noteAlertsAccepted(tx, [delivery], at)
}

const settled = { leaseUntil: null, nextAttemptAt: null, code: null, reason: null, askAt: null }

async function arrive(tx: Transaction, delivery: Delivery, { MessageSid }: SmsStatus, at: Date): Promise<void> {
  const acceptedAt = delivery.acceptedAt ?? at
  await tx
    .update(deliveries)
    .set({ state: 'delivered', providerId: MessageSid, acceptedAt, deliveredAt: at, ...settled })
    .where(and(eq(deliveries.id, delivery.id), inArray(deliveries.state, [...MOVABLE])))
  await noteAlertsAccepted(tx, [delivery], at)
}

/** It did not arrive: tried again where the code says that makes sense and it is still news. */
async function fail(tx: Transaction, secrets: Secrets, delivery: Delivery, status: SmsStatus, at: Date): Promise<void> {
  const outcome = outcomeOfTwilioCode(
    status.ErrorCode ? Number(status.ErrorCode) : null,
    status.ErrorCode ?? 'unlisted',
  )
  const again = outcome.kind === 'not_sent' && mayRetry('sms', delivery.attempts)
  const wait = inMilliseconds(backOff(delivery.channel, delivery.attempts, 0.5)) as never
  await tx
    .update(deliveries)
    .set({
      code: outcome.code,
      reason: outcome.reason,
      leaseUntil: null,
      askAt: null,
      ...(again
        ? { state: 'failed_for_now' as const, providerId: null, nextAttemptAt: wait }
        : { state: 'failed' as const, providerId: status.MessageSid, nextAttemptAt: null }),
    })
    .where(eq(deliveries.id, delivery.id))
  await blameAddress(tx, secrets, delivery, outcome, at)
}
