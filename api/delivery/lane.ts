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
/** The same of what is not for the public: few and urgent, and another process may be free to carry the rest. */
const CLAIM_FOR_OURS = 500
const MOST_CLAIMED = 250
/** Who answers within this gets the next message while it still has the one before. */
const QUICK = 1_000
/**
 * What became of a message is known here and nowhere else: a database that comes back within this many milliseconds is
 * told, and nothing is sent twice for its sake. Later the lease is over, and the row another's (standards R4).
 */
const TELL_WITHIN = 30_000
/** Milliseconds that stopping waits for messages under way; what became of them is then still to be written (standards R23). */
const FAREWELL = 5_000

export interface RunningLane {
  /** There may be something new to carry; with a priority: there is, and the most urgent has this one. */
  kick(priority?: number): void
  /** Claims nothing more, gives back what has not begun, and finishes what is under way or gives it up. */
  stop(): Promise<void>
}

interface Claimed extends Ready {
  claimedAt: number
}

/**
 * Keeps the slots of one lane of a channel full. Rows are claimed in batches, while others are carried, and wait here, the
 * most urgent in front; at most twice as many as there are slots have begun their attempt at a time, so a process that
 * dies leaves no more than these in doubt (standards R6).
 */
export function startLane(carrying: Carrying, channel: keyof Carriers, lane: Lane): RunningLane {
  const { db, log } = carrying
  const { slots, perSecond } = carrying.carriers[channel]
  const shared = newShared()
  const abort = new AbortController()
  const waiting: Claimed[] = []
  const finished: Finished[] = []
  const underWay = new Set<Promise<void>>()
  /** How many attempts are being begun. */
  let beginning = 0
  /** How often the channel itself failed: what was claimed before it did is not tried. */
  let failures = 0
  /** Milliseconds that an attempt takes, lately. */
  let takes = 200
  /** Whether to look for rows: all there are, or only for more urgent ones than those that wait here. */
  let look = true
  let dry = false
  /** Whether something more urgent than all that waits here is known to wait; while it is fetched nothing else is begun. */
  let urgent = false
  let fetching = false

  const claimFor = lane === 'public' ? CLAIM_FOR : CLAIM_FOR_OURS
  const rowsPerClaim = () =>
    perSecond === null ? Math.min(MOST_CLAIMED, slots[lane] * Math.max(2, Math.ceil(claimFor / takes))) : slots[lane]

  async function takeUp(): Promise<boolean> {
    const isLow = waiting.length < Math.max(slots[lane], rowsPerClaim() / 2)
    if (!look && (!isLow || dry)) return false
    const urgentOnly = !isLow
    fetching = urgent
    urgent = false
    look = false
    try {
      return await takeUpSome(urgentOnly)
    } finally {
      fetching = false
      turns.kick()
    }
  }

  async function takeUpSome(urgentOnly: boolean): Promise<boolean> {
    const failedBefore = failures
    const rows = await claim(carrying, channel, lane, rowsPerClaim(), {
      inHand: waiting.length + beginning + underWay.size,
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
    if (failures > failedBefore) await giveBack([...waiting])
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

  /**
   * Whether a turn is worth its while. It costs nearly the same for one message as for many, so while every slot is at work
   * the others wait, though no longer than until the next poll. Then there is a message for every slot while the turn is
   * taken, and neither the database nor the mail server waits for the other.
   */
  const isWorthIt = () => underWay.size + beginning <= slots[lane]

  /** One turn: writes what has finished, begins what there is room for. */
  async function go(): Promise<boolean> {
    await giveBackOld()
    const most = slots[lane] * (takes < QUICK ? 2 : 1)
    const next = waiting.splice(0, fetching ? 0 : Math.max(0, most - underWay.size))
    const done = finished.splice(0)
    if (next.length === 0 && done.length === 0) return false
    beginning = next.length
    claims.kick()
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
    } finally {
      beginning = 0
    }
    if (done.some(({ outcome }) => outcome.kind === 'channel')) {
      failures += 1
      await giveBack([...waiting])
    }
    return isWorthIt()
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
        if (isWorthIt()) turns.kick()
      })
    underWay.add(carried)
  }

  const claims = startRounds(log, `claim ${channel}`, takeUp)
  const turns = startRounds(log, `deliver ${channel}`, go)
  const kick = (priority?: number) => {
    const front = waiting[0]
    urgent ||= priority !== undefined && front !== undefined && priority < front.row.priority
    look ||= priority === undefined || !front || dry || urgent
    claims.kick()
    turns.kick()
  }
  const timer = setInterval(kick, POLL)

  return {
    kick,
    async stop() {
      clearInterval(timer)
      const farewell = setTimeout(() => abort.abort(), FAREWELL)
      await claims.stop()
      await turns.stop()
      await giveBack([...waiting]).catch((error) => log.error(error, 'claims not given back'))
      while (underWay.size > 0) {
        await Promise.race(underWay)
        await go().catch((error) => log.error(error, 'a last turn failed'))
      }
      clearTimeout(farewell)
      await go().catch((error) => log.error(error, 'a last turn failed'))
    },
  }
}
