import { eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Transaction } from '../../db/client.ts'
import { audit } from '../../db/queries/audit.ts'
import { type Endpoint, lockEndpoint, requeueEvents } from '../../db/queries/endpoints.ts'
import type { Subscriber } from '../../db/queries/told.ts'
import { wake } from '../../db/queries/wake.ts'
import { queueWelcome } from '../../db/queries/welcome.ts'
import { subscribers, webhookEndpoints } from '../../db/schema.ts'
import { DAY, plus } from '../domain/duration.ts'
import { Refusal, refuseConflict, refuseMissing } from '../domain/refusal.ts'
import { seal } from '../domain/sealing.ts'
import { verifySignedUntil } from '../domain/signature.ts'
import { newWebhookSecret } from '../domain/webhook-signature.ts'
import type { Acting } from './acting.ts'
import { instant } from './fields.ts'

/** How long a secret is good beside the one that took its place (standards W3). */
const OVERLAP = DAY

/** The endpoint that a link in an event or a notice names; refuses one that is not ours (404) or too old (410). */
export async function endpointOfLink({ secrets, clock, db }: Acting, token: string): Promise<string> {
  const link = verifySignedUntil('endpoint', token, secrets, await clock(db))
  if ('subject' in link) return link.subject
  throw link.refused === 'expired'
    ? new Refusal('gone', 'This link is too old. Use the one in the newest event.')
    : new Refusal('not_found', 'This link is not complete. Use the one in the event as it stands.')
}

/** Gives an endpoint a new signing secret, answered only here; until `oldSecretUntil` the old one signs as well. */
export const changeSecret = (acting: Acting, id: string): Promise<{ secret: string; oldSecretUntil: Date }> =>
  changing(acting, id, async (tx, { endpoint }, now) => {
    const secret = newWebhookSecret()
    const oldSecretUntil = plus(now, OVERLAP)
    await tx
      .update(webhookEndpoints)
      .set({ secret: seal(secret, acting.secrets), oldSecret: endpoint.secret, oldSecretUntil, updatedAt: now })
      .where(eq(webhookEndpoints.subscriberId, id))
    await noted(tx, acting, 'webhook.secret_changed', id, { old_secret_until: oldSecretUntil.toISOString() })
    return { secret, oldSecretUntil }
  })

/**
 * Sends to a disabled endpoint again, beginning with the latest word on what is open; one that is sent to stays as it is.
 * Who unsubscribed signs up again instead.
 */
export const enableEndpoint = (acting: Acting, id: string): Promise<void> =>
  changing(acting, id, async (tx, { subscriber }, now) => {
    if (subscriber.state === 'active') return
    if (subscriber.state === 'ended')
      throw refuseConflict('ended', 'This subscription was ended. Its endpoint has to be signed up again.')
    await tx
      .update(subscribers)
      .set({ state: 'active', endedAt: null, endedBy: null, updatedAt: now })
      .where(eq(subscribers.id, id))
    await tx.update(webhookEndpoints).set({ failingSince: null }).where(eq(webhookEndpoints.subscriberId, id))
    await noted(tx, acting, 'webhook.enabled', id, {})
    await queueWelcome(tx, subscriber, now)
  })

export const replayInput = z.strictObject({ since: instant })

/** Queues again what an endpoint was sent, or missed, since a time: same order, same ids. Answers how many events. */
export const replayEvents = (acting: Acting, id: string, { since }: z.infer<typeof replayInput>): Promise<number> =>
  changing(acting, id, async (tx, { subscriber }, now) => {
    if (subscriber.state !== 'active')
      throw refuseConflict('not_active', 'Nothing is sent to this endpoint now. Enable it first.')
    const replayed = await requeueEvents(tx, id, since, now)
    await noted(tx, acting, 'webhook.replayed', id, { since: since.toISOString(), replayed })
    await wake(tx, 'deliver')
    return replayed
  })

/** One transaction that holds the endpoint; refuses an id that is no webhook's. */
const changing = <T>(
  { db, clock }: Acting,
  id: string,
  work: (tx: Transaction, known: { subscriber: Subscriber; endpoint: Endpoint }, now: Date) => Promise<T>,
): Promise<T> =>
  db.transaction(async (tx) => {
    const known = await lockEndpoint(tx, id)
    if (!known) throw refuseMissing('webhook')
    return work(tx, known, await clock(tx))
  })

const noted = (tx: Transaction, { actor }: Acting, action: string, id: string, after: Record<string, unknown>) =>
  audit(tx, actor, { action, subject: { kind: 'subscriber', id }, after })
