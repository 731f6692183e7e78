import type { Database } from '../../db/client.ts'
import { pauseChannel, resumeChannel } from '../../db/queries/channel-states.ts'
import { type Delivery, settle, type Taken } from '../../db/queries/deliveries.ts'
import { deliveryById, inMilliseconds, noteAlertsAccepted } from '../../db/queries/outcomes.ts'
import { blameAddress } from '../../db/queries/returns.ts'
import type { Clock } from '../clock.ts'
import type { DeliveryState, Outcome } from '../domain/attempt.ts'
import { afterUnknown, backOff, mayRetry } from '../domain/retry.ts'
import type { Secrets } from '../domain/signature.ts'
import type { Log } from '../log.ts'
import type { Recorder } from '../recorder.ts'
import { settleWebhook } from './settle-webhook.ts'

/** What settling needs. `random` lies in 0…1. */
export interface Settling {
  db: Database
  clock: Clock
  log: Log
  record: Recorder
  secrets: Secrets
  random: () => number
}

/** Milliseconds after which a carrier is first asked about a message of unknown fate; it may show up late there. */
const ASK_AFTER = 10_000

/**
 * Writes what became of one attempt. Fenced: when the claim has passed to somebody else meanwhile nothing is written,
 * and the log says so (standards R4).
 */
export async function settleOutcome(settling: Settling, sent: Delivery, outcome: Outcome): Promise<void> {
  const state =
    sent.channel === 'webhook'
      ? await settleWebhook(settling, sent, outcome, (db) => write({ ...settling, db }, sent, outcome))
      : await write(settling, sent, outcome)
  if (state) settling.record.settled(sent, state)
  const about = { delivery: sent.id, channel: sent.channel, attempt: sent.attempts, outcome: outcome.kind }
  if (!state && !(await isKnown(settling, sent, outcome)))
    settling.log.warn({ ...about, claim: sent.claimNo }, 'stale settle refused')
  else if (outcome.kind === 'accepted') settling.log.debug(about, 'delivery accepted')
  else settling.log.warn({ ...about, code: outcome.code }, 'delivery not accepted')
}

/** Tells the log about messages that a carrier took. */
export async function noteTaken(
  settling: Settling,
  taken: readonly Taken[],
  written: ReadonlySet<string>,
): Promise<void> {
  for (const { delivery, providerId } of taken) {
    const about = { delivery: delivery.id, channel: delivery.channel, attempt: delivery.attempts, outcome: 'accepted' }
    if (written.has(delivery.id)) {
      settling.record.settled(delivery, 'accepted')
      settling.log.debug(about, 'delivery accepted')
    } else if (!(await isKnown(settling, delivery, { kind: 'accepted', providerId })))
      settling.log.warn({ ...about, claim: delivery.claimNo }, 'stale settle refused')
  }
}

/** Whether the carrier's callback was faster than its answer. */
async function isKnown({ db }: Settling, sent: Delivery, outcome: Outcome): Promise<boolean> {
  if (outcome.kind !== 'accepted' || outcome.providerId === null) return false
  return (await deliveryById(db, sent.id))?.providerId === outcome.providerId
}

/** Answers the state that was written; null when the claim is no longer ours. */
async function write(settling: Settling, sent: Delivery, outcome: Outcome): Promise<DeliveryState | null> {
  const { db, random } = settling
  const put = async (set: Parameters<typeof settle>[3] & { state: DeliveryState }) =>
    (await settle(db, sent, 'sending', set)) ? set.state : null
  switch (outcome.kind) {
    case 'accepted':
      return (await accept(settling, sent, outcome.providerId)) ? 'accepted' : null
    case 'not_sent':
      return put({
        ...kept(outcome),
        ...(mayRetry(sent.channel, sent.attempts)
          ? later(backOff(sent.channel, sent.attempts, random(), outcome.wait))
          : failed),
      })
    case 'permanent':
    case 'opted_out':
      return endForGood(settling, sent, outcome)
    case 'channel':
      return (await channelFails(settling, sent, outcome)) ? 'failed_for_now' : null
    case 'unknown':
      return put({ ...kept(outcome), ...unknown(sent, random()) })
  }
}

const failed = { state: 'failed', nextAttemptAt: null } as const
const later = (wait: number) => ({ state: 'failed_for_now' as const, nextAttemptAt: inMilliseconds(wait) as never })

const kept = (outcome: Exclude<Outcome, { kind: 'accepted' }>) => ({
  code: outcome.code,
  enhancedCode: 'enhancedCode' in outcome ? (outcome.enhancedCode ?? null) : null,
  reason: outcome.reason,
})

/** What a row of unknown fate becomes: sent once more, asked about, or left (standards S5, R6). */
export function unknown({ channel, lane, unknowns, attempts }: Delivery, random: number) {
  const counted = { unknowns: unknowns + 1 }
  switch (afterUnknown(channel, lane, unknowns + 1, false)) {
    case 'again':
      return { ...counted, ...later(backOff(channel, attempts, random)) }
    case 'ask':
      return { ...counted, state: 'unknown' as const, nextAttemptAt: inMilliseconds(ASK_AFTER) as never }
    case 'leave':
      return { ...counted, state: 'unknown' as const, nextAttemptAt: null }
  }
}

const accept = ({ db, clock }: Settling, sent: Delivery, providerId: string | null): Promise<boolean> =>
  db.transaction(async (tx) => {
    const at = await clock(tx)
    const none = { code: null, enhancedCode: null, reason: null, nextAttemptAt: null }
    const written = await settle(tx, sent, 'sending', {
      ...none,
      state: 'accepted',
      providerId,
      acceptedAt: at as never,
    })
    if (written) await noteAlertsAccepted(tx, [sent], at)
    if (written) await resumeChannel(tx, sent.channel)
    return written
  })

/** No further attempt; what the answer says against the address follows in the same transaction. */
const endForGood = (
  { db, clock, secrets }: Settling,
  sent: Delivery,
  outcome: Extract<Outcome, { kind: 'permanent' | 'opted_out' }>,
): Promise<DeliveryState | null> =>
  db.transaction(async (tx) => {
    const state = outcome.kind === 'opted_out' ? 'suppressed' : 'failed'
    const written = await settle(tx, sent, 'sending', { ...kept(outcome), state, nextAttemptAt: null })
    if (written) await blameAddress(tx, secrets, sent, outcome, await clock(tx))
    return written ? state : null
  })

/** The carrier itself fails: the channel rests, and the delivery pays no attempt for it (standards E33). */
const channelFails = (
  { db, clock, log }: Settling,
  sent: Delivery,
  outcome: Extract<Outcome, { kind: 'channel' }>,
): Promise<boolean> =>
  db.transaction(async (tx) => {
    const until = await pauseChannel(tx, sent.channel, outcome, await clock(tx))
    log.error({ channel: sent.channel, code: outcome.code, until }, 'carrier fails, channel paused')
    return settle(tx, sent, 'sending', {
      ...kept(outcome),
      state: 'failed_for_now',
      attempts: sent.attempts - 1,
      nextAttemptAt: until,
    })
  })
