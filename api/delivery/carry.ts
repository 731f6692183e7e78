import { channelStatesNow } from '../../db/queries/channel-states.ts'
import {
  claimDeliveries,
  claimPaced,
  type Delivery,
  dropUnsendable,
  settle,
  type Taken,
  type Turn,
  takeTurn,
  takeUnits,
} from '../../db/queries/deliveries.ts'
import { noteAlertsAccepted } from '../../db/queries/outcomes.ts'
import type { Channel, Lane, Outcome } from '../domain/attempt.ts'
import type { Carrier, Carriers, Message } from './channel.ts'
import { compose, type Shared } from './compose.ts'
import type { Composed, Composing } from './composing.ts'
import { noteTaken, type Settling, settleOutcome } from './settle.ts'

/** What carrying needs. */
export interface Carrying extends Settling, Composing {
  carriers: Carriers
}

/** A claimed row with its message. */
export interface Ready {
  row: Delivery
  message: Message
}

/** A row whose attempt has begun, with what became of it. */
export interface Finished {
  row: Delivery
  outcome: Outcome
}

/** What a lane has already: so many rows in hand, and only what is more urgent than that is wanted, if it is told. */
interface Held {
  inHand: number
  moreUrgentThan: number | null
}

/** Claims at most `count` rows, unless the channel rests (standards E29, R10). */
export async function claim(
  carrying: Carrying,
  channel: keyof Carriers,
  lane: Lane,
  count: number,
  { inHand, moreUrgentThan }: Held = { inHand: 0, moreUrgentThan: null },
): Promise<Delivery[]> {
  const { db, clock, carriers } = carrying
  const state = (await channelStatesNow(db)).find((each) => each.channel === channel)
  if (state?.pausedUntil && state.pausedUntil > (await clock(db))) return []
  const { perSecond, slots, slotsOverall } = carriers[channel]
  // A channel that failed a moment ago is tried with one message at a time, not with all that wait.
  if (state?.failingSince && inHand > 0) return []
  const wanted = { channel, lane, count: state?.failingSince ? 1 : count, moreUrgentThan }
  if (perSecond === null) return claimDeliveries(db, wanted)
  return claimPaced(db, wanted, { perSecond, together: slotsOverall ? slots[lane] : null })
}

/** Makes the messages of claimed rows. Rows that have nothing to say any more end here. */
export async function prepare(carrying: Carrying, shared: Shared, rows: readonly Delivery[]): Promise<Ready[]> {
  if (rows.length === 0) return []
  const { db, clock, log } = carrying
  const composed = await compose(carrying, shared, rows, await clock(db))
  const ready: Ready[] = []
  for (const [at, result] of composed.entries()) {
    const row = rows[at]!
    // Its claim runs out, and it is tried anew: whatever is wrong with it may have been mended by then.
    if (result.status === 'rejected') log.error({ error: result.reason, delivery: row.id }, 'message not made')
    else if ('message' in result.value) ready.push({ row, message: result.value.message })
    else await end(carrying, row, result.value)
  }
  return ready
}

/**
 * Writes what became of some attempts and commits that others begin (standards S4); answers those that may be handed over
 * now. Killed anywhere, the leases run out and somebody else takes the rows up.
 */
export async function turn(
  carrying: Carrying,
  finished: readonly Finished[],
  next: readonly Ready[],
): Promise<Ready[]> {
  const plain = finished.flatMap(plainlyTaken)
  const special = finished.filter((each) => plainlyTaken(each).length === 0)
  const done = await write(
    carrying,
    plain,
    next.map(({ row }) => row),
  )
  await noteTaken(carrying, plain, done.accepted)
  await Promise.all(special.map(({ row, outcome }) => settleOutcome(carrying, row, outcome)))
  const begun: Ready[] = []
  for (const each of next) {
    if (done.sending.has(each.row.id)) begun.push({ ...each, row: { ...each.row, attempts: each.row.attempts + 1 } })
    else await drop(carrying, each.row)
  }
  return begun
}

/** With an alert that was taken, in the same transaction, what the page may say of it. */
const write = ({ db, clock }: Carrying, taken: readonly Taken[], next: readonly Delivery[]): Promise<Turn> =>
  taken.every(({ delivery }) => delivery.personId === null)
    ? takeTurn(db, taken, next)
    : db.transaction(async (tx) => {
        const done = await takeTurn(tx, taken, next)
        const written = taken.filter(({ delivery }) => done.accepted.has(delivery.id))
        await noteAlertsAccepted(
          tx,
          written.map(({ delivery }) => delivery),
          await clock(tx),
        )
        return done
      })

/** Most outcomes are alike and are written together; a webhook has more to it. */
const plainlyTaken = ({ row, outcome }: Finished) =>
  outcome.kind === 'accepted' && row.channel !== 'webhook' ? [{ delivery: row, providerId: outcome.providerId }] : []

async function end(
  { db, record }: Carrying,
  row: Delivery,
  { drop: state, reason }: Extract<Composed, { drop: string }>,
): Promise<void> {
  if (await settle(db, row, 'claimed', { state, reason, nextAttemptAt: null })) record.settled(row, state)
}

async function drop({ db, log, record }: Carrying, row: Delivery): Promise<void> {
  const state = await dropUnsendable(db, row)
  if (state) record.settled(row, state)
  else log.warn({ delivery: row.id, claim: row.claimNo }, 'claim lost before sending')
}

/**
 * Milliseconds: an attempt that has begun is handed over within this, or not at all. A process that was halted in between
 * may find its lease over, and the row told by another, or overtaken (standards R4, R7). With the longest attempt it is
 * less than the lease.
 */
export const HANDED_WITHIN = 10_000

export const HALTED: Outcome = {
  kind: 'not_sent',
  code: 'halted',
  reason: 'this process stood still before it was handed over',
}

/** Hands over a message whose attempt has been committed, outside any transaction. */
export async function hand(carrying: Carrying, message: Message, signal: AbortSignal): Promise<Outcome> {
  const asked = performance.now()
  await payForSegments(carrying, message)
  if (performance.now() - asked > HANDED_WITHIN) return HALTED
  return (carrying.carriers[message.channel] as Carrier).send(message, signal)
}

/**
 * Each claim paid for one segment; a longer message costs the rest (SMS_SEGMENTS_PER_SECOND). It is on its way already: a
 * debt that cannot be written down now does not keep it.
 */
async function payForSegments({ db, carriers, log }: Carrying, message: Message): Promise<void> {
  const rate = carriers[message.channel].perSecond
  if (message.channel !== 'sms' || message.segments === 1 || rate === null) return
  await takeUnits(db, 'sms' satisfies Channel, message.segments - 1, rate).catch((error) =>
    log.warn({ error, delivery: message.deliveryId }, 'segments not charged'),
  )
}
