import { and, desc, eq, gte, inArray, isNotNull, lt, sql } from 'drizzle-orm'
import type { EndpointAnswer } from '../../api/domain/attempt.ts'
import { plus } from '../../api/domain/duration.ts'
import { EVENT_LIFE } from '../../api/domain/freshness.ts'
import type { Queryable, Transaction } from '../client.ts'
import { deliveries, deliveryAttempts, subscribers, webhookEndpoints } from '../schema.ts'
import { audit } from './audit.ts'
import type { Delivery } from './deliveries.ts'
import { queueNotice } from './notices.ts'

export type Endpoint = typeof webhookEndpoints.$inferSelect

/** How a webhook is signed for and how it fares; null for subscribers that are none. */
export async function endpointOf(db: Queryable, subscriberId: string): Promise<Endpoint | null> {
  const [row] = await db.select().from(webhookEndpoints).where(eq(webhookEndpoints.subscriberId, subscriberId))
  return row ?? null
}

/** Says who is told by mail when the endpoint has been disabled. */
export async function nameContact(tx: Queryable, subscriberId: string, contact: string, at: Date): Promise<void> {
  await tx
    .update(webhookEndpoints)
    .set({ contact, updatedAt: at })
    .where(eq(webhookEndpoints.subscriberId, subscriberId))
}

/** Keeps what an endpoint answered to one attempt. */
export async function noteAnswer(
  tx: Queryable,
  { id, attempts }: Delivery,
  answer: EndpointAnswer,
  code: string | null,
  at: Date,
): Promise<void> {
  await tx.insert(deliveryAttempts).values({ deliveryId: id, attempt: attempts, at, code, ...answer })
}

/** Notes that an endpoint takes what it is sent. */
export async function noteHealthy(tx: Queryable, subscriberId: string, at: Date): Promise<void> {
  await tx
    .update(webhookEndpoints)
    .set({ failingSince: null, updatedAt: at })
    .where(and(eq(webhookEndpoints.subscriberId, subscriberId), isNotNull(webhookEndpoints.failingSince)))
}

/** Behind everything that goes to endpoints which answer (standards R8). */
const LAST = 9

/** Notes that an endpoint fails, and lets its event wait for those of others from now on; answers since when it fails. */
export async function noteFailing(tx: Queryable, id: string, subscriberId: string, at: Date): Promise<Date> {
  await tx.update(deliveries).set({ priority: LAST }).where(eq(deliveries.id, id))
  const [row] = await tx
    .update(webhookEndpoints)
    .set({ failingSince: sql`coalesce(${webhookEndpoints.failingSince}, ${at.toISOString()}::timestamptz)` })
    .where(eq(webhookEndpoints.subscriberId, subscriberId))
    .returning({ failingSince: webhookEndpoints.failingSince })
  return row?.failingSince ?? at
}

/**
 * Gives an endpoint up: nothing more is sent to it, and its owner is told by mail where that is known (standards W6). A
 * second time changes nothing.
 */
export async function disableEndpoint(tx: Transaction, subscriberId: string, code: string, at: Date): Promise<void> {
  const [subscriber] = await tx
    .update(subscribers)
    .set({ state: 'disabled', endedAt: at, endedBy: 'failures', updatedAt: at })
    .where(and(eq(subscribers.id, subscriberId), eq(subscribers.state, 'active')))
    .returning({ id: subscribers.id })
  if (!subscriber) return
  await tx
    .update(deliveries)
    .set({ state: 'suppressed', reason: 'the endpoint is disabled', nextAttemptAt: null })
    .where(and(ofEndpoint(subscriberId), inArray(deliveries.state, ['queued', 'failed_for_now'])))
  const system = { kind: 'system', id: null, name: 'Sitrep', ip: null }
  await audit(tx, system, {
    action: 'webhook.disabled',
    subject: { kind: 'subscriber', id: subscriberId },
    after: { code },
  })
  const endpoint = await endpointOf(tx, subscriberId)
  if (endpoint?.contact) await queueNotice(tx, { subscriberId, address: endpoint.contact }, at)
}

const ofEndpoint = (subscriberId: string) =>
  and(eq(deliveries.subscriberId, subscriberId), eq(deliveries.channel, 'webhook'))

/**
 * Queues again, in its old order and under its old ids, whatever an endpoint was to be told since a time and that is done
 * with, whether it arrived or not. Answers how many.
 */
export async function requeueEvents(tx: Queryable, subscriberId: string, since: Date, now: Date): Promise<number> {
  const rows = await tx
    .update(deliveries)
    .set({
      state: 'queued',
      attempts: 0,
      nextAttemptAt: now,
      expiresAt: plus(now, EVENT_LIFE),
      ...{ code: null, reason: null },
    })
    .where(and(ofEndpoint(subscriberId), inArray(deliveries.state, DONE), gte(deliveries.queuedAt, since)))
    .returning({ id: deliveries.id })
  return rows.length
}

const DONE = ['accepted', 'delivered', 'failed', 'suppressed', 'expired'] as const

/** What an endpoint answered, newest first. */
export const attemptsOf = (
  db: Pick<Queryable, 'select'>,
  subscriberId: string,
  page: { before?: number | undefined; limit: number },
) =>
  db
    .select({ attempt: deliveryAttempts, delivery: deliveries })
    .from(deliveryAttempts)
    .innerJoin(deliveries, eq(deliveries.id, deliveryAttempts.deliveryId))
    .where(and(ofEndpoint(subscriberId), page.before ? lt(deliveryAttempts.id, page.before) : undefined))
    .orderBy(desc(deliveryAttempts.id))
    .limit(page.limit)

/** A webhook and its endpoint, held until the transaction ends; null when there is none of this id. */
export async function lockEndpoint(tx: Transaction, subscriberId: string) {
  const [row] = await tx
    .select({ subscriber: subscribers, endpoint: webhookEndpoints })
    .from(subscribers)
    .innerJoin(webhookEndpoints, eq(webhookEndpoints.subscriberId, subscribers.id))
    .where(eq(subscribers.id, subscriberId))
    .for('update')
  return row ?? null
}

/** A webhook and its endpoint as they stand; null when there is none of this id. */
export async function endpointWithSubscriber(db: Pick<Queryable, 'select'>, subscriberId: string) {
  const [row] = await db
    .select({ subscriber: subscribers, endpoint: webhookEndpoints })
    .from(subscribers)
    .innerJoin(webhookEndpoints, eq(webhookEndpoints.subscriberId, subscribers.id))
    .where(eq(subscribers.id, subscriberId))
  return row ?? null
}
