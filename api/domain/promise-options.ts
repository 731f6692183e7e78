import { type CadencePolicy, longestSilence } from './cadence.ts'
import { durationOf, HOUR, MINUTE, millisecondsOf } from './duration.ts'
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
 * The longest silence that a reason buys in an incident of this age (milliseconds), in seconds; null for a severity whose
 * promises cannot be extended, or not yet (standards C3).
 */
export const extendedLimits = (policy: CadencePolicy, age: number): Record<Severity, SilenceLimit | null> =>
  Object.fromEntries(SEVERITIES.map((severity) => [severity, extendedOf(policy, severity, age)])) as Record<
    Severity,
    SilenceLimit | null
  >

function extendedOf(policy: CadencePolicy, severity: Severity, age: number): SilenceLimit | null {
  const { max_extension, extension_after } = policy[severity]
  const more = millisecondsOf(max_extension)!
  if (more === 0 || age < millisecondsOf(extension_after)!) return null
  const [open, monitoring] = limitsOf(policy, severity).map((limit) => seconds(limit && limit + more))
  return open === null && monitoring === null ? null : { open: open!, monitoring: monitoring! }
}

/**
 * The intervals to choose from in an incident of this severity and age: the usual ones, each limit of the cadence, and
 * what a reason buys; later ones and none at all only where the cadence asks for nothing. What is too long for what is
 * chosen is refused by the rules.
 */
export function promiseOptions(policy: CadencePolicy, severity: Severity, age: number): PromiseOption[] {
  const extended = Object.values(extendedOf(policy, severity, age) ?? {}).map((limit) => limit && limit * 1000)
  const all = [...SEVERITIES.flatMap((each) => limitsOf(policy, each)), ...extended]
  const limits = all.filter((limit) => limit !== null)
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
