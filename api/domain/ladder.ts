import type { Rung } from './cadence.ts'
import { millisecondsOf, plus } from './duration.ts'
import { type Pause, pauseAt } from './pause.ts'

/**
 * Life of a rung:
 *
 *   due ─┬─→ alerted
 *        ├─→ voided        an update came first
 *        └─→ snoozed, acknowledged        it came due while the ladder stood still
 *                └─→ alerted              the stillness ended, the silence did not, and no later rung has come due
 */
export const ALERT_STATES = ['alerted', 'voided', 'snoozed', 'acknowledged'] as const
export type AlertState = (typeof ALERT_STATES)[number]

/** One promise as the ladder sees it: counted from when we last spoke until when we said we would speak again. */
export interface Deadline {
  lastSpokeAt: Date
  dueAt: Date
}

/** When a rung is due: before (negative) or after the promise, by a duration or by a share of the promised interval. */
export function rungTime(rung: Rung, deadline: Deadline): Date {
  const percent = /^([+-]?\d+)%$/.exec(rung.at)
  const interval = deadline.dueAt.getTime() - deadline.lastSpokeAt.getTime()
  const offset = percent
    ? Math.round((Number(percent[1]) / 100) * interval)
    : (millisecondsOf(rung.at.replace(/^\+/, '')) ?? 0)
  return plus(deadline.dueAt, offset)
}

interface Step {
  rung: Rung
  at: Date
}

const inOrder = (ladder: readonly Rung[], deadline: Deadline): Step[] =>
  ladder
    .map((rung) => ({ rung, at: rungTime(rung, deadline) }))
    .sort((one, other) => one.at.getTime() - other.at.getTime())

/** What was decided about a rung of this deadline. */
export interface Decided {
  rung: string
  state: AlertState
}

/** A rung to decide now: it alerts, or it is held back because the ladder stands still. */
export type Decision = Step & { state: 'alerted' | Pause['kind'] }

/**
 * What to do now. After downtime only the latest rung that is due is told, stating how late; the ones it overtook stay
 * silent (standards R15). While somebody has it or has snoozed it, rungs are decided in silence; when that ends and the
 * silence goes on, the latest of them goes out once, as after downtime. `decided` and `pauses` are those of this deadline:
 * a new promise begins anew. `nextRungAt` is when to look again: the next rung, or the end of what holds one back.
 */
export function ladderNow(
  ladder: readonly Rung[],
  deadline: Deadline,
  decided: readonly Decided[],
  pauses: readonly Pause[],
  now: Date,
): { decide: Decision | null; nextRungAt: Date | null } {
  const steps = inOrder(ladder, deadline)
  const stateOf = (step: Step | undefined) => decided.find(({ rung }) => rung === step?.rung.name)?.state
  const reached = steps.findLastIndex((step) => step.at <= now)
  const lastDecided = steps.findLastIndex((step) => stateOf(step) !== undefined)
  const latest = Math.max(reached, lastDecided)
  const pause = pauseAt(pauses, now)
  const waits = isHeldBack(stateOf(steps[lastDecided]))
  const isDue = reached > lastDecided || (waits && pause === null)
  const holdsBack = pause !== null && (isDue || waits)
  return {
    decide: isDue ? { ...steps[latest]!, state: pause?.kind ?? 'alerted' } : null,
    nextRungAt: earliest(steps[latest + 1]?.at, holdsBack ? pause.until : undefined),
  }
}

const isHeldBack = (state: AlertState | undefined): boolean => state === 'snoozed' || state === 'acknowledged'

const earliest = (...dates: (Date | undefined)[]): Date | null =>
  dates.filter((date) => date !== undefined).toSorted((one, other) => one.getTime() - other.getTime())[0] ?? null

/** When the first rung of a fresh promise is due; null without a promise or without rungs. */
export const firstRungAt = (ladder: readonly Rung[], lastSpokeAt: Date, dueAt: Date | null): Date | null =>
  dueAt === null ? null : (inOrder(ladder, { lastSpokeAt, dueAt })[0]?.at ?? null)
