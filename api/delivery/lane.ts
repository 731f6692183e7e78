import { onceBack } from '../../db/lost-connection.ts'
import { releaseClaims } from '../../db/queries/deliveries.ts'
import type { Lane } from '../domain/attempt.ts'
import { type Carrying, claim, type Finished, HALTED, HANDED_WITHIN, hand, prepare, type Ready, turn } from './carry.ts'
import type { Carriers } from './channel.ts'
import { newShared } from './compose.ts'
import { startRounds } from './rounds.ts'

/** Milliseconds: how often a lane looks by itself, without being woken. */
const POLL = 1_000
/** A claim may wait this long here before its attempt begins: well under the lease (standards R5). */
const CLAIM_KEEPS = 25_000
/** A claim takes up what can be sent in this time, but no more rows than that. */
const CLAIM_FOR = 5_000
const MOST_CLAIMED = 500
/** Who answers within this gets the next message while it still has the one before. */
const QUICK = 1_000
/**
 * What became of a message is known here and nowhere else: a database that comes back within this many milliseconds is
 * told, and nothing is sent twice for its sake. Later the lease is over, and the row another's (standards R4).
 */
const TELL_WITHIN = 30_000
/** Milliseconds that stopping waits for messages under way (standards R23). */
const FAREWELL = 8_000

export interface RunningLane {
  /** There may be something new to carry. */
  kick(): void
  /** Claims nothing more, gives back what has not begun, and finishes what is under way or gives it up. */
  stop(): Promise<void>
}

interface Claimed extends Ready {
  claimedAt: number
}

/**
 * Keeps the slots of one lane of a channel full. Rows are claimed in batches and wait here, the most urgent in front; at
 * most twice as many as there are slots have begun their attempt at a time, so a process that dies leaves no more than
 * these in doubt (standards R6).
 */
export function startLane(carrying: Carrying, channel: keyof Carriers, lane: Lane): RunningLane {
  const { db, log } = carrying
  const { slots, perSecond } = carrying.carriers[channel]
  const shared = newShared()
  const abort = new AbortController()
  const waiting: Claimed[] = []
  const finished: Finished[] = []
  const underWay = new Set<Promise<void>>()
  /** Milliseconds that an attempt takes, lately. */
  let takes = 200
  /** Whether to look for rows: all there are, or only for more urgent ones than those that wait here. */
  let look = true
  let dry = false

  const rowsPerClaim = () =>
    perSecond === null ? Math.min(MOST_CLAIMED, slots[lane] * Math.max(2, Math.ceil(CLAIM_FOR / takes))) : slots[lane]

  async function takeUp(): Promise<boolean> {
    const isLow = waiting.length < slots[lane]
    if (!look && (!isLow || dry)) return false
    const urgentOnly = !isLow
    look = false
    const rows = await claim(carrying, channel, lane, rowsPerClaim(), {
      inHand: waiting.length + underWay.size,
      moreUrgentThan: urgentOnly ? waiting[0]!.row.priority : null,
    })
    dry = !urgentOnly && rows.length === 0
    const claimedAt = performance.now()
    const ready = await prepare(carrying, shared, rows).catch(async (error) => {
      await releaseClaims(db, rows)
      throw error
    })
    waiting.push(...ready.map((each) => ({ ...each, claimedAt })))
    waiting.sort((one, other) => one.row.priority - other.row.priority || +one.row.queuedAt - +other.row.queuedAt)
    return rows.length > 0
  }

  /** Gives back what waited here too long: before its lease runs out and another has it as well. */
  async function giveBackOld(): Promise<void> {
    const old = waiting.filter(({ claimedAt }) => performance.now() - claimedAt > CLAIM_KEEPS)
    if (old.length > 0) await giveBack(old)
  }

  async function giveBack(rows: readonly Claimed[]): Promise<void> {
    const given = new Set(rows)
    waiting.splice(0, Infinity, ...waiting.filter((each) => !given.has(each)))
    await releaseClaims(
      db,
      rows.map(({ row }) => row),
    )
  }

  /** One turn: writes what has finished, begins what there is room for. */
  async function go(): Promise<boolean> {
    const most = slots[lane] * (takes < QUICK ? 2 : 1)
    const next = waiting.splice(0, Math.max(0, most - underWay.size))
    const done = finished.splice(0)
    if (next.length === 0 && done.length === 0) return false
    try {
      let asked = 0
      const ask = () => {
        asked = performance.now()
        return turn(carrying, done, next)
      }
      const begun = await onceBack(ask, TELL_WITHIN, abort.signal)
      if (performance.now() - asked < HANDED_WITHIN) for (const each of begun) carry(each)
      else finished.push(...begun.map(({ row }) => ({ row, outcome: HALTED })))
    } catch (error) {
      // Nobody else knows what became of these: they are told again in the next round. The others never left.
      finished.unshift(...done)
      await giveBack(next as Claimed[]).catch(() => {})
      throw error
    }
    if (done.some(({ outcome }) => outcome.kind === 'channel')) await giveBack([...waiting])
    return true
  }

  function carry({ row, message }: Ready): void {
    const began = performance.now()
    const carried = hand(carrying, message, abort.signal)
      .then(
        (outcome) => void finished.push({ row, outcome }),
        (error) => log.error({ error, delivery: row.id }, 'delivery interrupted'),
      )
      .finally(() => {
        takes += (performance.now() - began - takes) / 10
        underWay.delete(carried)
        rounds.kick()
      })
    underWay.add(carried)
  }

  const rounds = startRounds(log, `deliver ${channel}`, async () => {
    await giveBackOld()
    const took = await takeUp()
    return (await go()) || took
  })
  const kick = () => {
    look = true
    rounds.kick()
  }
  const timer = setInterval(kick, POLL)

  return {
    kick,
    async stop() {
      clearInterval(timer)
      await rounds.stop()
      await giveBack([...waiting]).catch((error) => log.error(error, 'claims not given back'))
      const farewell = setTimeout(() => abort.abort(), FAREWELL)
      while (underWay.size > 0) {
        await Promise.race(underWay)
        await go().catch((error) => log.error(error, 'a last turn failed'))
      }
      clearTimeout(farewell)
      await go().catch((error) => log.error(error, 'a last turn failed'))
    },
  }
}
