import type { CadencePolicy } from '../domain/cadence.ts'
import { firstRungAt } from '../domain/ladder.ts'
import type { Severity } from '../domain/severity.ts'

/** The columns of an incident that together say what is promised and when the ladder moves next. */
export const promiseColumns = (
  policy: CadencePolicy,
  promise: { severity: Severity; lastSpokeAt: Date; dueAt: Date | null },
) => ({
  lastSpokeAt: promise.lastSpokeAt,
  nextUpdateDueAt: promise.dueAt,
  nextRungAt: firstRungAt(policy[promise.severity].ladder, promise.lastSpokeAt, promise.dueAt),
  cadenceVersion: policy.version,
})
