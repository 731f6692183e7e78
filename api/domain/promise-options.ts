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

/**
 * The intervals to choose from in an incident of this severity: the usual ones and each limit of the cadence; later ones
 * and none at all only where the cadence asks for nothing. What is too long for what is chosen is refused by the rules.
 */
export function promiseOptions(policy: CadencePolicy, severity: Severity): PromiseOption[] {
  const limits = SEVERITIES.flatMap((each) => limitsOf(policy, each)).filter((limit) => limit !== null)
  const free = limitsOf(policy, severity).includes(null)
  const longest = Math.max(free ? UNHURRIED : 0, ...limits)
  const offered = [...USUAL.filter((usual) => usual <= longest), ...limits].toSorted((one, other) => one - other)
  const options = [...new Set(offered)].map((each) => ({ value: durationOf(each), seconds: each / 1000 }))
  return free ? [...options, { value: '', seconds: null }] : options
}

const limitsOf = (policy: CadencePolicy, severity: Severity): (number | null)[] => [
  longestSilence(policy, severity, 'investigating'),
  longestSilence(policy, severity, 'monitoring'),
]

const seconds = (milliseconds: number | null): number | null => milliseconds && milliseconds / 1000
