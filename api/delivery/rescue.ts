import { type Delivery, settle } from '../../db/queries/deliveries.ts'
import { inMilliseconds, noteAlertsAccepted } from '../../db/queries/outcomes.ts'
import {
  endStandingTransactions,
  expireStale,
  requeueLostClaims,
  settleAsked,
  takeLostAttempts,
  takeToAsk,
} from '../../db/queries/rescue.ts'
import { afterUnknown, backOff } from '../domain/retry.ts'
import type { Carrying } from './carry.ts'
import type { Carrier, Found } from './channel.ts'
import { compose, newShared } from './compose.ts'
import { unknown } from './settle.ts'

/**
 * One round of looking after rows whose holder vanished, whose fate is unknown, or whose time is over. Any number of
 * processes may do it at once. Answers how many rows may be sent again.
 */
export async function rescueRound(carrying: Carrying): Promise<number> {
  const { db, log, record } = carrying
  const ended = await endStandingTransactions(db)
  if (ended > 0) log.warn({ ended }, 'transactions of a process that stands still ended')
  const stale = await expireStale(db)
  for (const delivery of stale) record.settled(delivery, 'expired')
  const requeued = await requeueLostClaims(db)
  const lost = await takeLostAttempts(db)
  for (const delivery of lost) await giveUp(carrying, delivery)
  const asked = await takeToAsk(db)
  for (const delivery of asked) await askAfter(carrying, delivery)
  if (stale.length + requeued + lost.length + asked.length > 0)
    log.info({ expired: stale.length, requeued, lost: lost.length, asked: asked.length }, 'deliveries rescued')
  return requeued + lost.length + asked.length
}

/** An attempt whose holder died: it may have left or not. */
async function giveUp({ db, record, random }: Carrying, delivery: Delivery): Promise<void> {
  const fate = unknown(delivery, random())
  const lost = { code: 'lost', reason: 'the process ended while sending', ...fate }
  if (await settle(db, delivery, 'sending', lost)) record.settled(delivery, fate.state)
}

/** Asks the carrier whether it has the message after all (standards S5), and follows the channel's policy. */
async function askAfter(carrying: Carrying, delivery: Delivery): Promise<void> {
  const found = await ask(carrying, delivery)
  switch (found.kind) {
    case 'found':
      return adopt(carrying, delivery, found.providerId)
    case 'unreachable':
      return
    case 'absent': {
      const again = afterUnknown(delivery.channel, delivery.lane, delivery.unknowns, true) === 'again'
      const wait = backOff(delivery.channel, delivery.attempts, carrying.random())
      const written = await settleAsked(
        carrying.db,
        delivery,
        again ? { state: 'failed_for_now', nextAttemptAt: inMilliseconds(wait) as never } : { nextAttemptAt: null },
      )
      if (written && again) carrying.record.settled(delivery, 'failed_for_now')
    }
  }
}

async function ask(carrying: Carrying, delivery: Delivery): Promise<Found> {
  const { db, clock, carriers } = carrying
  const [composed] = await compose(carrying, newShared(), [delivery], await clock(db))
  if (composed!.status === 'rejected') throw composed!.reason
  if ('drop' in composed!.value) return { kind: 'absent' }
  const { message } = composed!.value
  const carrier = carriers[message.channel] as Carrier
  return carrier.ask ? carrier.ask(message, delivery.sendingAt ?? delivery.queuedAt) : { kind: 'absent' }
}

async function adopt({ db, clock, record }: Carrying, delivery: Delivery, providerId: string): Promise<void> {
  const adopted = await db.transaction(async (tx) => {
    const at = await clock(tx)
    const written = await settleAsked(tx, delivery, {
      state: 'accepted',
      providerId,
      acceptedAt: at,
      nextAttemptAt: null,
    })
    if (written) await noteAlertsAccepted(tx, [delivery], at)
    return written
  })
  if (adopted) record.settled(delivery, 'accepted')
}
