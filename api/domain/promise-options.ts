import { type CadencePolicy, longestSilence } from './cadence.ts'
import { durationOf, HOUR, MINUTE } from './duration.ts'
import type { PromiseOption, SilenceLimit } from './room.ts'
import { SEVERITIES, type Severity } from './severity.ts'

const USUAL = [5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR]
/** What may be promised voluntarily where the cadence asks for nothing. */
const UNHURRIED = 4 * HOUR

/** The longest silence of each severity, in seconds, for the composer. */
export const silenceLimits = (policy: CadencePolicy): Record<Severity, SilenceLimit> =>
  Object.fromEntries(
    SEVERITIES.map((severity) => [
      severity,
      {
        open: seconds(longestSilence(policy, severity, 'investigating')),
        monitoring: seconds(longestSilence(policy, severity, 'monitoring')),
      },
    ]),
  ) as Record<Severity, SilenceLimit>

/** The intervals to choose from: the usual ones and each limit of the cadence; none at all where that is allowed. */
export function promiseOptions(policy: CadencePolicy): PromiseOption[] {
  const limits = SEVERITIES.flatMap((severity) => [
    longestSilence(policy, severity, 'investigating'),
    longestSilence(policy, severity, 'monitoring'),
  ])
  const known = limits.filter((limit) => limit !== null)
  const longest = known.length < limits.length ? UNHURRIED : Math.max(...known)
  const offered = [...new Set([...USUAL.filter((usual) => usual <= longest), ...known])].toSorted((a, b) => a - b)
  const options = offered.map((interval) => ({ value: durationOf(interval), seconds: interval / 1000 }))
  return known.length < limits.length ? [...options, { value: '', seconds: null }] : options
}

const seconds = (milliseconds: number | null): number | null => milliseconds && milliseconds / 1000
