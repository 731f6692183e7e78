import type { Rung } from './cadence.ts'
import { type Deadline, rungTime } from './ladder.ts'

/** A rung with the instant at which it is due. */
export interface DatedRung {
  rung: Rung
  at: Date
}

/** All rungs of a promise, the earliest first. */
export const datedRungs = (ladder: readonly Rung[], deadline: Deadline): DatedRung[] =>
  ladder
    .map((rung) => ({ rung, at: rungTime(rung, deadline) }))
    .toSorted((one, other) => one.at.getTime() - other.at.getTime())

/** Those that are still to come: later than every rung decided, and than now (what time overtook stays silent, R15). */
export function rungsAhead(dated: readonly DatedRung[], decided: readonly string[], now: Date): DatedRung[] {
  const last = dated.findLastIndex(({ rung, at }) => at <= now || decided.includes(rung.name))
  return dated.slice(last + 1)
}
