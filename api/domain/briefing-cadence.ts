import type { CadencePolicy } from './cadence.ts'
import { DAY, durationOf, millisecondsOf, plus } from './duration.ts'
import type { IncidentStatus } from './lifecycle.ts'
import type { FieldError } from './refusal.ts'
import { graver, type Severity } from './severity.ts'

/**
 * When executives are owed a briefing (standards C22). The cadence says how long after an occasion (`first_briefing`) and
 * how often from then on (`briefing`); null asks for none.
 *
 *   occasion                     SEV1            SEV2            SEV3, SEV4
 *   declared                     first_briefing  first_briefing  –
 *   a briefing went out          briefing        –               –
 *   severity or status changed   first_briefing  first_briefing  –
 *   resolved                     first_briefing  first_briefing  –
 *   retracted, merged            as resolved, but only to those who had been briefed (C8)
 */

/** How an incident stands, as far as a briefing depends on it. */
export interface Standing {
  severity: Severity
  status: IncidentStatus
}

/** A change of an incident, as the watch notices it. */
export interface Occasion {
  /** How it stood when a briefing was last owed or given; null when it has just been declared. */
  from: Standing | null
  to: Standing
  at: Date
  /** The briefing that is owed already. */
  dueAt: Date | null
  retracted: boolean
  /** Whether it became part of another incident, whose briefings tell of it. */
  merged: boolean
  /** Whether there has been a briefing at all. */
  briefed: boolean
}

/** By when the next briefing is owed after this; null when none is. An earlier time that is owed already stands. */
export function briefingAfterChange(policy: CadencePolicy, occasion: Occasion): Date | null {
  const { from, to, at, dueAt, retracted, merged, briefed } = occasion
  if ((retracted || merged) && !briefed) return null
  const first = policy[graver(from?.severity ?? to.severity, to.severity)].first_briefing
  const fresh = first === null ? null : plus(at, millisecondsOf(first)!)
  // What was owed of a running incident is void once it is over.
  if (to.status === 'resolved' || dueAt === null) return fresh
  return fresh === null || dueAt < fresh ? dueAt : fresh
}

/** Where the cadence asks for no next briefing, a voluntary one may not be promised further ahead than this. */
const FURTHEST = 7 * DAY

export type NextBriefing = { dueAt: Date | null } | { refused: FieldError }

/** The next briefing that one promises: by the interval asked for, in milliseconds, else by the cadence. */
export function briefingAfterBriefing(
  policy: CadencePolicy,
  { severity, status }: Standing,
  publishedAt: Date,
  asked: number | null,
): NextBriefing {
  const interval = policy[severity].briefing
  const limit = interval === null ? null : millisecondsOf(interval)!
  if (status === 'resolved')
    return asked === null
      ? { dueAt: null }
      : refused('resolved', 'The incident is resolved: this is the last briefing. Leave this out.')
  if (asked === null) return { dueAt: limit === null ? null : plus(publishedAt, limit) }
  if (asked > (limit ?? FURTHEST))
    return refused(
      'cadence_exceeded',
      `${severity} allows ${durationOf(limit ?? FURTHEST)}; you asked ${durationOf(asked)}.`,
    )
  return { dueAt: plus(publishedAt, asked) }
}

const refused = (code: string, message: string): NextBriefing => ({
  refused: { field: 'next_briefing_in', code, message },
})
