import type { Rung } from './cadence.ts'
import { millisecondsOf, plus } from './duration.ts'

/** Life of a rung: due → alerted | voided (an update came first) | snoozed | acknowledged. */
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

/**
 * What to do now. After downtime only the latest rung that is due is told, stating how late; the ones it overtook stay
 * silent (standards R15). `decided` are the names of the rungs already decided for this deadline.
 */
export function ladderNow(
  ladder: readonly Rung[],
  deadline: Deadline,
  decided: readonly string[],
  now: Date,
): { fire: Step | null; nextRungAt: Date | null } {
  const steps = inOrder(ladder, deadline)
  const reached = steps.findLastIndex((step) => step.at <= now)
  const lastDecided = steps.findLastIndex((step) => decided.includes(step.rung.name))
  return {
    fire: reached > lastDecided ? steps[reached]! : null,
    nextRungAt: steps[Math.max(reached, lastDecided) + 1]?.at ?? null,
  }
}

/** When the first rung of a fresh promise is due; null without a promise or without rungs. */
export const firstRungAt = (ladder: readonly Rung[], lastSpokeAt: Date, dueAt: Date | null): Date | null =>
  dueAt === null ? null : (inOrder(ladder, { lastSpokeAt, dueAt })[0]?.at ?? null)
