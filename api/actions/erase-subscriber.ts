import { and, eq, inArray } from 'drizzle-orm'
import type { Transaction } from '../../db/client.ts'
import { audit } from '../../db/queries/audit.ts'
import { type Subscriber, subscriberOf } from '../../db/queries/subscribers.ts'
import { forgetReturns } from '../../db/queries/suppressions.ts'
import {
  announcements,
  confirmations,
  deliveries,
  deliveryAttempts,
  inboundMessages,
  staffReaders,
  subscriberLinks,
  subscribers,
  webhookEndpoints,
} from '../../db/schema.ts'
import { refuseMissing } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'
import { readerAs } from './admit-subscriber.ts'
import { subscriberManaged } from './manage-subscription.ts'

/** Erases the reader of a link, by their own wish (GDPR Art. 17, standards X14). */
export const eraseByLink = (acting: Acting, token: string): Promise<void> =>
  acting.db.transaction(async (tx) => erase(tx, acting, await subscriberManaged(acting, tx, token), 'link'))

/** Erases a subscriber, by the hand of an admin. */
export const eraseSubscriber = (acting: Acting, id: string): Promise<void> =>
  acting.db.transaction(async (tx) => {
    const subscriber = await subscriberOf(tx, id)
    if (!subscriber || subscriber.endedBy === 'erasure') throw refuseMissing('subscriber')
    await erase(tx, acting, subscriber, 'admin')
  })

/** Stands where an address was. */
const ERASED = 'erased'

/**
 * Deletes everything that tells who it was. Their row stays behind empty, and so do the rows of the ledger: what was sent
 * to how many, and what became of it, is the company's own record and is told by counts; without address, receipt and
 * words of the other side it concerns nobody. A suppression stays as its keyed hash, so that the address stays safe.
 */
async function erase(tx: Transaction, acting: Acting, subscriber: Subscriber, by: 'link' | 'admin'): Promise<void> {
  const { id, channel, addressKey } = subscriber
  const now = await acting.clock(tx)
  await tx.update(subscribers).set(nobody(id, now)).where(eq(subscribers.id, id))
  await tx.delete(webhookEndpoints).where(eq(webhookEndpoints.subscriberId, id))
  await tx.delete(subscriberLinks).where(eq(subscriberLinks.subscriberId, id))
  await tx.delete(staffReaders).where(eq(staffReaders.subscriberId, id))
  const sent = tx.select({ id: deliveries.id }).from(deliveries).where(eq(deliveries.subscriberId, id))
  await tx.delete(deliveryAttempts).where(inArray(deliveryAttempts.deliveryId, sent))
  await tx
    .update(deliveries)
    .set({ address: ERASED, providerId: null, reason: null, askAt: null })
    .where(eq(deliveries.subscriberId, id))
  await deleteSignUps(tx, subscriber)
  await tx
    .delete(inboundMessages)
    .where(and(eq(inboundMessages.channel, channel), eq(inboundMessages.addressKey, addressKey)))
  await forgetReturns(tx, channel, [addressKey])
  const actor = by === 'link' ? readerAs(acting.actor) : acting.actor
  await audit(tx, actor, { action: 'subscriber.erased', subject: { kind: 'subscriber', id }, after: { by } })
}

/** A subscriber's row that tells nothing of anybody. */
const nobody = (id: string, now: Date): Partial<typeof subscribers.$inferInsert> => ({
  address: ERASED,
  addressKey: `${ERASED}:${id}`,
  state: 'ended',
  endedAt: now,
  endedBy: 'erasure',
  componentIds: [],
  groupIds: [],
  followedIncidentIds: [],
  quietFrom: null,
  quietTo: null,
  timeZone: 'Etc/UTC',
  pausedUntil: null,
  consentTextVersion: null,
  consentSource: null,
  consentIp: null,
  consentAt: null,
  updatedAt: now,
})

/** Sign-ups of this address, confirmed or not, with the messages that asked for the proof. */
async function deleteSignUps(tx: Transaction, { channel, addressKey }: Subscriber): Promise<void> {
  const own = and(eq(confirmations.channel, channel), eq(confirmations.addressKey, addressKey))
  const ids = tx.select({ id: confirmations.id }).from(confirmations).where(own)
  await tx.delete(deliveries).where(inArray(deliveries.confirmationId, ids))
  await tx.delete(announcements).where(inArray(announcements.confirmationId, ids))
  await tx.delete(confirmations).where(own)
}
