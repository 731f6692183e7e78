import { approvalWait } from './approval.ts'
import { type CadencePolicy, longestSilence, promiseOfDeclaration, promiseOfUpdate } from './cadence.ts'
import { type DatedRung, datedRungs } from './rungs-ahead.ts'
import type { Severity } from './severity.ts'

/** What a cadence asks of one severity, told by the example of an incident declared at `declaredAt`. */
export interface CadenceExample {
  declaredAt: Date
  /** By when the first update is owed after a declaration without words; null: no such clock. */
  firstDueAt: Date | null
  /** The longest silence after an update, in milliseconds; null: none is asked for. */
  every: number | null
  monitoringEvery: number | null
  /** The promise that speaking at `spokeAt` gives, and the rungs of staying silent after it; null: nothing is promised. */
  silence: { spokeAt: Date; dueAt: Date; rungs: DatedRung[] } | null
  /** For how long an update waits for a second person's approval at most, in milliseconds; null: it does not. */
  approval: number | null
}

/** Plays one severity through by the rules that run in an incident: its promises and its ladder. */
export function exampleOf(policy: CadencePolicy, severity: Severity, declaredAt: Date): CadenceExample {
  const asked = { severity, status: 'investigating', publishedAt: declaredAt, asked: null } as const
  const promised = promiseOfUpdate(policy, asked)
  const firstDueAt = promiseOfDeclaration(policy, severity, declaredAt)
  const dueAt = 'dueAt' in promised ? (promised.dueAt ?? firstDueAt) : null
  return {
    declaredAt,
    firstDueAt,
    every: longestSilence(policy, severity, 'investigating'),
    monitoringEvery: longestSilence(policy, severity, 'monitoring'),
    approval: approvalWait(policy, [severity]),
    silence: dueAt && {
      spokeAt: declaredAt,
      dueAt,
      rungs: datedRungs(policy[severity].ladder, { lastSpokeAt: declaredAt, dueAt }),
    },
  }
}

/** When the example's incident is declared: 14:00 of an ordinary day. */
export const EXAMPLE_AT = new Date('2026-01-05T14:00:00Z')
