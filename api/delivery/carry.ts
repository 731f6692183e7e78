import { onceBack } from '../../db/lost-connection.ts'
import { channelStatesNow } from '../../db/queries/channel-states.ts'
import {
  claimDeliveries,
  claimPaced,
  type Delivery,
  dropUnsendable,
  markSending,
  settle,
  takeUnits,
} from '../../db/queries/deliveries.ts'
import type { Channel, Lane } from '../domain/attempt.ts'
import type { Carrier, Carriers, Message } from './channel.ts'
import { compose, type Shared } from './compose.ts'
import type { Composing } from './composing.ts'
import { type Settling, settleOutcome } from './settle.ts'

/** What carrying needs. */
export interface Carrying extends Settling, Composing {
  carriers: Carriers
}

/** Claims as many rows as there are free slots, unless the channel rests (standards E29, R10). */
export async function claim(
  carrying: Carrying,
  channel: keyof Carriers,
  lane: Lane,
  free: number,
): Promise<Delivery[]> {
  const { db, clock, carriers } = carrying
  const state = (await channelStatesNow(db)).find((each) => each.channel === channel)
  if (state?.pausedUntil && state.pausedUntil > (await clock(db))) return []
  const { perSecond } = carriers[channel]
  // A channel that failed a moment ago is tried with one message, not with all that wait.
  const count = state?.failingSince ? 1 : free
  return perSecond === null
    ? claimDeliveries(db, channel, lane, count)
    : claimPaced(db, channel, lane, count, perSecond)
}

/**
 * What became of a message is known here and nowhere else: a database that comes back within this many milliseconds is
 * told, and nothing is sent twice for its sake. Later the lease is over, and the row another's (standards R4).
 */
const SETTLE_WITHIN = 30_000

/**
 * Carries one claimed row: makes its message, commits that the attempt begins, hands it over outside any transaction,
 * writes what became of it (standards S4). Killed anywhere, the lease runs out and somebody else takes it up.
 */
export async function carryOne(
  carrying: Carrying,
  shared: Shared,
  claimed: Delivery,
  signal: AbortSignal,
): Promise<void> {
  const { db, clock, log } = carrying
  const composed = await compose(carrying, shared, claimed, await clock(db))
  if ('drop' in composed) {
    await settle(db, claimed, 'claimed', { state: composed.drop, reason: composed.reason, nextAttemptAt: null })
    return
  }
  const sending = await markSending(db, claimed)
  if (!sending) {
    const dropped = await dropUnsendable(db, claimed)
    if (!dropped) log.warn({ delivery: claimed.id, claim: claimed.claimNo }, 'claim lost before sending')
    return
  }
  await payForSegments(carrying, composed.message)
  const outcome = await hand(carrying, composed.message, signal)
  await onceBack(() => settleOutcome(carrying, sending, outcome), SETTLE_WITHIN, signal)
}

const hand = (carrying: Carrying, message: Message, signal: AbortSignal) =>
  (carrying.carriers[message.channel] as Carrier).send(message, signal)

/** Each claim paid for one segment; a longer message costs the rest (SMS_SEGMENTS_PER_SECOND). */
async function payForSegments({ db, carriers }: Carrying, message: Message): Promise<void> {
  const rate = carriers[message.channel].perSecond
  if (message.channel === 'sms' && message.segments > 1 && rate !== null)
    await takeUnits(db, 'sms' satisfies Channel, message.segments - 1, rate)
}
