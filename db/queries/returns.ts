import { and, eq, inArray } from 'drizzle-orm'
import { parseAddress } from '../../api/domain/address.ts'
import type { Channel, Outcome } from '../../api/domain/attempt.ts'
import type { Secrets } from '../../api/domain/signature.ts'
import { staysDead } from '../../api/domain/soft-bounces.ts'
import { type Blame, blameOf, type SuppressionSource } from '../../api/domain/suppression.ts'
import type { Transaction } from '../client.ts'
import { softBounces, subscribers } from '../schema.ts'
import { type AuditedActor, audit } from './audit.ts'
import type { Delivery } from './deliveries.ts'
import { endTexts } from './staff-texts.ts'
import { suppressAddress } from './suppressions.ts'
import { personById } from './told.ts'

/** Whose address a message went to. */
export interface Returned {
  channel: Channel
  addressKey: string
}

/** Carriers and providers act in nobody's name. */
export const CARRIER: AuditedActor = { kind: 'system', id: null, name: 'Sitrep', ip: null }

/**
 * Whose address may be given up when this delivery comes back; null for staff, who are alerted on every way there is,
 * however often one of them failed.
 */
export function returnedOf({ channel, address, personId }: Delivery): Returned | null {
  const parsed = parseAddress(channel, address)
  return personId || 'refused' in parsed ? null : { channel, addressKey: parsed.key }
}

/**
 * Draws the consequence of a failed attempt: a dead address is suppressed, a full mailbox counted, an opted-out reader
 * let go, and what is our own fault has none (standards E34, S4). In the transaction that settles the attempt.
 */
export async function blameAddress(
  tx: Transaction,
  secrets: Secrets,
  delivery: Delivery,
  outcome: Outcome,
  now: Date,
): Promise<void> {
  if (delivery.personId && outcome.kind === 'opted_out') return endStaffTexts(tx, secrets, delivery, outcome.code, now)
  const returned = returnedOf(delivery)
  if (!returned || outcome.kind === 'accepted') return
  const code = ('enhancedCode' in outcome ? outcome.enhancedCode : null) ?? outcome.code
  const source = delivery.channel === 'sms' ? 'twilio' : 'smtp'
  await drawConsequence(tx, secrets, blameOf(delivery.channel, outcome), { ...returned, source, code, delivery, now })
}

/** A carrier refused a text to a member of staff, because their phone had said STOP: it goes by mail. */
async function endStaffTexts(
  tx: Transaction,
  secrets: Secrets,
  delivery: Delivery,
  code: string,
  now: Date,
): Promise<void> {
  const person = await personById(tx, delivery.personId!)
  if (person.phone !== delivery.address) return
  const { id: deliveryId, announcementId } = delivery
  await endTexts(tx, secrets, person, { actor: CARRIER, source: 'twilio', code, deliveryId, announcementId }, now)
}

/** What is known of something that came back. */
export interface Evidence extends Returned {
  source: SuppressionSource
  code: string | null
  /** Null when the report names none of ours. */
  delivery: Delivery | null
  now: Date
}

/** Suppresses or counts; what ends a subscription for good ends it. Answers whether anything changed. */
export async function drawConsequence(
  tx: Transaction,
  secrets: Secrets,
  blame: Blame,
  evidence: Evidence,
): Promise<boolean> {
  switch (blame.kind) {
    case 'none':
      return false
    case 'count':
      return count(tx, secrets, evidence)
    case 'suppress': {
      const { channel, addressKey, source, code, delivery, now } = evidence
      if (blame.reason === 'complaint' || blame.reason === 'opted_out') await letGo(tx, evidence, blame.reason, now)
      const given = { channel, addressKey, reason: blame.reason, source, code, deliveryId: delivery?.id ?? null }
      return (await suppressAddress(tx, secrets, CARRIER, given)) !== null
    }
  }
}

/** Counts a soft bounce, each message once; an address that stays dead is given up. */
async function count(tx: Transaction, secrets: Secrets, evidence: Evidence): Promise<boolean> {
  const { channel, addressKey, code, delivery, now } = evidence
  if (!delivery) return false
  const fresh = await tx
    .insert(softBounces)
    .values({ channel, addressKey, deliveryId: delivery.id, code, at: now })
    .onConflictDoNothing()
    .returning({ id: softBounces.id })
  if (fresh.length === 0) return false
  const counted = await tx.select({ at: softBounces.at }).from(softBounces).where(ofAddress(evidence))
  if (
    staysDead(
      counted.map(({ at }) => at),
      now,
    )
  )
    await drawConsequence(tx, secrets, { kind: 'suppress', reason: 'bounce' }, evidence)
  return true
}

const ofAddress = ({ channel, addressKey }: Returned) =>
  and(eq(softBounces.channel, channel), eq(softBounces.addressKey, addressKey))

/** Something arrived, or somebody decided otherwise: counting begins anew. */
export const forgetSoftBounces = (tx: Transaction, returned: Returned) =>
  tx.delete(softBounces).where(ofAddress(returned))

/** Ends the subscription of a reader who complained, or who opted out at the carrier (21610). */
async function letGo(tx: Transaction, { channel, addressKey }: Returned, reason: string, now: Date): Promise<void> {
  const by = reason === 'complaint' ? 'complaint' : 'carrier'
  const ended = await tx
    .update(subscribers)
    .set({ state: 'ended', endedAt: now, endedBy: by, updatedAt: now })
    .where(
      and(
        eq(subscribers.channel, channel),
        eq(subscribers.addressKey, addressKey),
        inArray(subscribers.state, ['active', 'disabled']),
      ),
    )
    .returning({ id: subscribers.id })
  for (const { id } of ended)
    await audit(tx, CARRIER, { action: 'subscription.ended', subject: { kind: 'subscriber', id }, after: { by } })
}
