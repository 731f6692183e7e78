import { and, eq, or, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../../db/client.ts'
import type { Delivery } from '../../db/queries/deliveries.ts'
import { inMilliseconds, noteAlertsAccepted } from '../../db/queries/outcomes.ts'
import { blameAddress } from '../../db/queries/returns.ts'
import { deliveries, heardReports } from '../../db/schema.ts'
import type { Clock } from '../clock.ts'
import type { DeliveryState } from '../domain/attempt.ts'
import { backOff, mayRetry } from '../domain/retry.ts'
import type { Secrets } from '../domain/signature.ts'
import { outcomeOfTwilioCode, TWILIO_RANK } from '../domain/twilio-codes.ts'
import type { Recorder } from '../recorder.ts'

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

/** What hearing of a message needs. */
export interface Hearing {
  db: Database
  clock: Clock
  secrets: Secrets
  record: Recorder
}

/**
 * Writes what Twilio says became of a message, and counts it. An id that calls back belongs to us, even when the answer to
 * our request was lost (standards S5a). Heard twice it changes nothing (S14). False when it names no message of ours.
 */
export async function recordSmsStatus({ db, clock, secrets, record }: Hearing, status: SmsStatus): Promise<boolean> {
  const heard = await db.transaction(async (tx) => {
    const delivery = await lockOwn(tx, status)
    return delivery && { delivery, state: await move(tx, secrets, delivery, status, await clock(tx)) }
  })
  if (heard?.state) record.settled(heard.delivery, heard.state)
  return heard !== null
}

/** The state that the news brought the delivery into; null where it stays as it is. */
async function move(
  tx: Transaction,
  secrets: Secrets,
  delivery: Delivery,
  status: SmsStatus,
  at: Date,
): Promise<DeliveryState | null> {
  const rank = TWILIO_RANK[status.MessageStatus]
  if (rank === undefined || !MOVABLE.some((state) => state === delivery.state)) return null
  if (rank < ENDED) return adopt(tx, delivery, status, at)
  const arrived = status.MessageStatus === 'delivered' || status.MessageStatus === 'read'
  return arrived ? arrive(tx, delivery, status, at) : fail(tx, secrets, delivery, status, at)
}

/**
 * The row whose message it is, locked. Of several messages of one delivery only the present one has anything to say: one
 * that came back, and was tried again for that, is known by its id.
 */
async function lockOwn(tx: Transaction, { delivery, MessageSid }: SmsStatus): Promise<Delivery | null> {
  const [row] = await tx
    .select()
    .from(deliveries)
    .where(
      and(
        eq(deliveries.id, delivery),
        eq(deliveries.channel, 'sms'),
        or(
          eq(deliveries.providerId, MessageSid),
          sql`${deliveries.providerId} is null and not ${cameBack(MessageSid)}`,
        ),
      ),
    )
    .for('update')
  return row ?? null
}

const idOfReturn = (sid: string): string => `twilio:${sid}`

const cameBack = (sid: string) =>
  sql`exists (select from ${heardReports} where ${heardReports.id} = ${idOfReturn(sid)})`

/** Twilio has it: what was unknown, or still in the air, is accepted. */
async function adopt(
  tx: Transaction,
  delivery: Delivery,
  { MessageSid }: SmsStatus,
  at: Date,
): Promise<DeliveryState | null> {
  if (delivery.state === 'accepted') return null
  await tx
    .update(deliveries)
    .set({ state: 'accepted', providerId: MessageSid, acceptedAt: at, ...settled })
    .where(eq(deliveries.id, delivery.id))
  await noteAlertsAccepted(tx, [delivery], at)
  return 'accepted'
}

const settled = { leaseUntil: null, nextAttemptAt: null, code: null, reason: null, askAt: null }

async function arrive(
  tx: Transaction,
  delivery: Delivery,
  { MessageSid }: SmsStatus,
  at: Date,
): Promise<DeliveryState> {
  const acceptedAt = delivery.acceptedAt ?? at
  await tx
    .update(deliveries)
    .set({ state: 'delivered', providerId: MessageSid, acceptedAt, deliveredAt: at, ...settled })
    .where(eq(deliveries.id, delivery.id))
  await noteAlertsAccepted(tx, [delivery], at)
  return 'delivered'
}

/** It did not arrive: tried again where the code says that makes sense and it is still news. */
async function fail(
  tx: Transaction,
  secrets: Secrets,
  delivery: Delivery,
  status: SmsStatus,
  at: Date,
): Promise<DeliveryState> {
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
  if (again)
    await tx
      .insert(heardReports)
      .values({ id: idOfReturn(status.MessageSid) })
      .onConflictDoNothing()
  await blameAddress(tx, secrets, delivery, outcome, at)
  return again ? 'failed_for_now' : 'failed'
}
