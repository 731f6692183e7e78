import type { SeverityCadence } from './cadence.ts'
import { durationOf, MINUTE, millisecondsOf } from './duration.ts'
import type { FieldError } from './refusal.ts'

/** Why the ladder stands still for a while; a rung that comes due meanwhile is decided with the same word. */
export const PAUSE_KINDS = ['acknowledged', 'snoozed'] as const
export type PauseKind = (typeof PAUSE_KINDS)[number]

/** Somebody has it, or somebody quietened it: until then no rung of the present promise reaches anybody. */
export interface Pause {
  kind: PauseKind
  until: Date
}

/** The pause that holds the ladder at `now`: of several the one that lasts longest; null when all have ended. */
export const pauseAt = <P extends Pause>(pauses: readonly P[], now: Date): P | null =>
  pauses
    .filter((pause) => pause.until > now)
    .reduce<P | null>((longest, pause) => (longest && longest.until >= pause.until ? longest : pause), null)

const EXCEEDED = {
  acknowledged: { code: 'acknowledgement_exceeded', verb: 'be held' },
  snoozed: { code: 'snooze_exceeded', verb: 'be snoozed' },
} as const

/** How long the alerts of one promise may be held back at a time, in milliseconds. */
export const longestPause = (terms: Pick<SeverityCadence, 'max_snooze'>): number => millisecondsOf(terms.max_snooze)!

/**
 * How long a pause lasts, in milliseconds: as long as was asked for, or as long as the cadence allows where nothing was.
 * Both kinds end at the policy's `max_snooze`: to take an incident needs neither a reason nor a role in it, so a longer
 * hold would be the way around the limit of the snooze. When it ends and the silence has not, the ladder goes on by itself;
 * whoever is still at work says so again, which shows that somebody is.
 */
export function pauseLength(
  terms: Pick<SeverityCadence, 'max_snooze'>,
  severity: string,
  kind: PauseKind,
  asked: number | null,
): { length: number } | { refused: FieldError } {
  const longest = longestPause(terms)
  if (asked === null || asked <= longest) return { length: asked ?? longest }
  const { code, verb } = EXCEEDED[kind]
  const message =
    longest === 0
      ? `The alerts of ${severity} may not ${verb}.`
      : `The alerts of ${severity} may ${verb} for at most ${durationOf(longest)} at a time; you asked ${durationOf(asked)}.`
  return { refused: { field: 'for', code, message } }
}

const USUAL = [5 * MINUTE, 10 * MINUTE, 15 * MINUTE]

/** The lengths to choose from, in milliseconds, the shortest first: the usual ones and the longest that is allowed. */
export const pauseLengths = (longest: number): number[] =>
  longest === 0 ? [] : [...new Set([...USUAL.filter((usual) => usual < longest), longest])]
