import type { Lane } from '../domain/attempt.ts'
import { type Carrying, carryOne, claim } from './carry.ts'
import { type Carriers, carriedChannels } from './channel.ts'
import type { Shared } from './compose.ts'
import { fanOutStep } from './fan-out.ts'
import { rescueRound } from './rescue.ts'

/** Milliseconds: how often each loop looks by itself, without being woken. */
const POLL = 1_000
const RESCUE_EVERY = 5_000
/** Milliseconds that stopping waits for messages under way (standards R23). */
const FAREWELL = 8_000

const LANES_IN_ORDER: readonly Lane[] = ['staff', 'public']

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
  const abort = new AbortController()
  const channels = Object.keys(carrying.carriers) as (keyof Carriers)[]
  const fanOut = loop(carrying, POLL, 'fan_out', () => fanOutStep(carrying.db, carriedChannels(carrying.carriers)))
  const pumps = channels.map((channel) => pump(carrying, channel, abort.signal))
  const rescue = loop(carrying, RESCUE_EVERY, 'rescue', async () => {
    if ((await rescueRound(carrying)) > 0) for (const each of pumps) each.kick()
    return false
  })
  return {
    kick(what) {
      for (const each of what === 'fan_out' ? [fanOut] : pumps) each.kick()
    },
    async stop() {
      await Promise.all([fanOut.stop(), rescue.stop(), ...pumps.map((each) => each.stop(abort))])
    },
  }
}

interface Loop {
  kick(): void
  stop(): Promise<void>
}

/** Runs `step` again and again while it answers true, then waits for a kick or the next poll. */
function loop({ log }: Carrying, every: number, name: string, step: () => Promise<boolean>): Loop {
  let stopped = false
  let again = false
  let running: Promise<void> | null = null
  const run = async () => {
    do {
      again = false
      while (!stopped && (await step()));
    } while (again && !stopped)
  }
  const kick = () => {
    if (stopped) return
    again = true
    running ??= run()
      .catch((error) => log.error(error, `${name} round failed`))
      .finally(() => {
        running = null
      })
  }
  const timer = setInterval(kick, every)
  kick()
  return {
    kick,
    async stop() {
      stopped = true
      clearInterval(timer)
      await running
    },
  }
}

interface Pump {
  kick(): void
  stop(abort: AbortController): Promise<void>
}

/** Keeps one channel's slots full, lane by lane; a slot that comes free looks for the next row at once. */
function pump(carrying: Carrying, channel: keyof Carriers, signal: AbortSignal): Pump {
  const busy: Record<Lane, Set<Promise<void>>> = { staff: new Set(), public: new Set() }
  const shared: Shared = new Map()
  const fill = async (lane: Lane): Promise<boolean> => {
    const free = carrying.carriers[channel].slots[lane] - busy[lane].size
    if (free <= 0) return false
    const claimed = await claim(carrying, channel, lane, free)
    for (const row of claimed) occupy(lane, carryOne(carrying, shared, row, signal))
    return claimed.length > 0
  }
  const occupy = (lane: Lane, carried: Promise<void>) => {
    const slot = carried
      .catch((error) => carrying.log.error(error, 'delivery interrupted'))
      .finally(() => {
        busy[lane].delete(slot)
        fills.kick()
      })
    busy[lane].add(slot)
  }
  const fills = loop(carrying, POLL, `deliver ${channel}`, async () => {
    let found = false
    for (const lane of LANES_IN_ORDER) found = (await fill(lane)) || found
    if (!found && busy.public.size === 0) shared.clear()
    return found
  })
  return {
    kick: fills.kick,
    async stop(abort) {
      await fills.stop()
      const timer = setTimeout(() => abort.abort(), FAREWELL)
      await Promise.all([...busy.staff, ...busy.public])
      clearTimeout(timer)
    },
  }
}
