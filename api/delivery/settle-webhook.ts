import type { Database, Transaction } from '../../db/client.ts'
import type { Delivery } from '../../db/queries/deliveries.ts'
import { disableEndpoint, noteAnswer, noteFailing, noteHealthy } from '../../db/queries/endpoints.ts'
import { wake } from '../../db/queries/wake.ts'
import type { Clock } from '../clock.ts'
import type { DeliveryState, Outcome } from '../domain/attempt.ts'
import { isGivenUp, mayRetry } from '../domain/retry.ts'

/**
 * Settles an attempt on a webhook, and in the same transaction keeps what the endpoint answered and how it fares: one that
 * asks to be left alone, or has failed for good, is disabled (standards W5, W6). A challenge that was answered wakes
 * whoever admits the endpoint. `write` settles the row itself; null, and nothing is written, when it is not ours any more.
 */
export const settleWebhook = (
  { db, clock }: { db: Database; clock: Clock },
  sent: Delivery,
  outcome: Outcome,
  write: (db: Database) => Promise<DeliveryState | null>,
): Promise<DeliveryState | null> =>
  db.transaction(async (tx) => {
    const state = await write(tx as unknown as Database)
    if (!state) return null
    const at = await clock(tx)
    const code = outcome.kind === 'accepted' ? null : outcome.code
    if ('answer' in outcome && outcome.answer) await noteAnswer(tx, sent, outcome.answer, code, at)
    if (sent.subscriberId) await noteFate(tx, { ...sent, subscriberId: sent.subscriberId }, outcome, at)
    else if (sent.confirmationId && outcome.kind === 'accepted') await wake(tx, 'cadence')
    return state
  })

type Event = Delivery & { subscriberId: string }

async function noteFate(
  tx: Transaction,
  { id, subscriberId, attempts }: Event,
  outcome: Outcome,
  at: Date,
): Promise<void> {
  if (outcome.kind === 'accepted') return noteHealthy(tx, subscriberId, at)
  const failingSince = await noteFailing(tx, id, subscriberId, at)
  const over = outcome.kind === 'permanent' || !mayRetry('webhook', attempts) || isGivenUp(failingSince, at)
  if (over) await disableEndpoint(tx, subscriberId, outcome.code, at)
}
