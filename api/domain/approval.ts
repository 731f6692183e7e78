import type { CadencePolicy } from './cadence.ts'
import { millisecondsOf } from './duration.ts'
import type { Severity } from './severity.ts'

/**
 * A second person's approval of what is to be published (standards C15). Where the cadence asks for it, a posted update
 * waits as a held one; approval can never make an update late:
 *
 *   waiting → approved       by another person, and gone as soon as its author's own hold is over
 *           → glass_broken   by anybody who may speak, with a reason
 *           → lapsed         nobody decided until the break-glass timer, or the promise, came: it went out by itself
 */
export const APPROVAL_OUTCOMES = ['approved', 'glass_broken', 'lapsed'] as const
export type ApprovalOutcome = (typeof APPROVAL_OUTCOMES)[number]

/**
 * For how many milliseconds words wait for approval at most; null where none is asked. Where they change the severity the
 * stricter terms count: nobody lowers it to speak alone. What reopens an incident has no promise to come before: it waits
 * no longer than a first word may take.
 */
export function approvalWait(
  policy: CadencePolicy,
  severities: readonly Severity[],
  { reopens }: { reopens: boolean } = { reopens: false },
): number | null {
  const lengthsOf = (term: 'approval' | 'first_update') =>
    severities.flatMap((severity) => policy[severity][term] ?? []).map((length) => millisecondsOf(length)!)
  const waits = lengthsOf('approval')
  if (waits.length === 0) return null
  return Math.min(Math.max(...waits), ...(reopens ? lengthsOf('first_update') : []))
}

/** Who wrote an update: a person, a program by its key, or neither (the command line). */
export interface Author {
  authorId: string | null
  authorKeyId: string | null
}

/** Why somebody may not approve an update; null where they may. A second person is a person, and another one. */
export function approvalHindrance(
  { authorId, authorKeyId }: Author,
  approver: { kind: string; id: string | null; personId: string | null },
): 'own_update' | 'approver_unknown' | null {
  if (authorKeyId !== null && approver.kind === 'key' && approver.id === authorKeyId) return 'own_update'
  if (approver.personId === null) return 'approver_unknown'
  return approver.personId === authorId ? 'own_update' : null
}
