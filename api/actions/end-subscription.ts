import { and, eq } from 'drizzle-orm'
import type { Transaction } from '../../db/client.ts'
import { type AuditedActor, audit } from '../../db/queries/audit.ts'
import { subscribers } from '../../db/schema.ts'
import { Refusal } from '../domain/refusal.ts'
import { verifySigned } from '../domain/signature.ts'
import type { Acting } from './acting.ts'
import { readerAs } from './admit-subscriber.ts'

/** The subscriber an unsubscribe link names; refuses one that we did not sign. */
export function subscriberOfLink(secrets: readonly string[], token: string): string {
  const id = verifySigned('unsubscribe', token, secrets)
  if (!id) throw new Refusal('not_found', 'This link is not complete. Use the one in your message as it stands.')
  return id
}

/** Ends a subscription by the link of a message; doing it again is fine (RFC 8058, standards E4). */
export const endByLink = (acting: Acting, token: string): Promise<void> => {
  const id = subscriberOfLink(acting.secrets, token)
  return acting.db.transaction(async (tx) =>
    endSubscription(tx, readerAs(acting.actor), id, 'link', await acting.clock(tx)),
  )
}

/** Marks the subscription ended; carriers look again before each message, so nothing more is sent (standards E6). */
export async function endSubscription(
  tx: Transaction,
  actor: AuditedActor,
  id: string,
  by: 'link' | 'stop',
  now: Date,
): Promise<void> {
  const [ended] = await tx
    .update(subscribers)
    .set({ state: 'ended', endedAt: now, endedBy: by, updatedAt: now })
    .where(and(eq(subscribers.id, id), eq(subscribers.state, 'active')))
    .returning({ id: subscribers.id })
  if (!ended) return
  await audit(tx, actor, { action: 'subscription.ended', subject: { kind: 'subscriber', id }, after: { by } })
}
