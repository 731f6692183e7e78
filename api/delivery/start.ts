import { lanesWithWork } from '../../db/queries/deliveries.ts'
import { LANES } from '../domain/attempt.ts'
import type { Carrying } from './carry.ts'
import { type Carriers, carriedChannels } from './channel.ts'
import { fanOutStep } from './fan-out.ts'
import { startLane } from './lane.ts'
import { rescueRound } from './rescue.ts'
import { startRounds } from './rounds.ts'

/** Milliseconds: how often these look by themselves, without being woken. */
const FAN_OUT_EVERY = 1_000
const RESCUE_EVERY = 5_000
/** So that an urgent word does not wait while a crowd gets its rows; at each announcement there is one. */
const FAN_OUTS = 2

export interface Delivering {
  /** Looks at once instead of at the next poll. */
  kick(what: 'fan_out' | 'deliver'): void
  /** Claims nothing more; finishes what is under way, or gives it up within ten seconds. */
  stop(): Promise<void>
}

/**
 * Starts turning announcements into rows and carrying them, until stopped. Any number of processes may do so. The
 * carriers stay open: whoever opened them closes them afterwards.
 */
export function startDelivery(carrying: Carrying): Delivering {
  const { db, log, carriers } = carrying
  const channels = Object.keys(carriers) as (keyof Carriers)[]
  const fanOuts = Array.from({ length: FAN_OUTS }, () =>
    startRounds(log, 'fan_out', () => fanOutStep(db, carriedChannels(carriers))),
  )
  const lanes = channels.flatMap((channel) =>
    LANES.map((lane) => ({ channel, lane, ...startLane(carrying, channel, lane) })),
  )
  const look = startRounds(log, 'look for deliveries', async () => {
    const found = await lanesWithWork(db)
    for (const { channel, lane, priority } of found)
      lanes.find((each) => each.channel === channel && each.lane === lane)?.kick(priority)
    return false
  })
  const rescue = startRounds(log, 'rescue', async () => {
    if ((await rescueRound(carrying)) > 0) for (const each of lanes) each.kick()
    return false
  })
  const fanOut = () => {
    for (const each of fanOuts) each.kick()
  }
  const timers = [setInterval(fanOut, FAN_OUT_EVERY), setInterval(rescue.kick, RESCUE_EVERY)]
  return {
    kick(what) {
      if (what === 'fan_out') fanOut()
      else look.kick()
    },
    async stop() {
      for (const timer of timers) clearInterval(timer)
      await Promise.all([...fanOuts, rescue, look, ...lanes].map((each) => each.stop()))
    },
  }
}
