import type { CadencePolicy } from '../domain/cadence.ts'
import { isRemindedDaily, nextReminder } from '../domain/daily.ts'
import { firstRungAt } from '../domain/ladder.ts'
import type { IncidentStatus } from '../domain/lifecycle.ts'
import type { Severity } from '../domain/severity.ts'

/** The columns of an incident that together say what is promised and when the ladder, or the daily reminder, moves next. */
export const promiseColumns = (
  policy: CadencePolicy,
  promise: { severity: Severity; status: IncidentStatus; lastSpokeAt: Date; dueAt: Date | null },
) => ({
  lastSpokeAt: promise.lastSpokeAt,
  nextUpdateDueAt: promise.dueAt,
  nextRungAt: isRemindedDaily({ ...promise, nextUpdateDueAt: promise.dueAt })
    ? nextReminder(policy, promise.lastSpokeAt).at
    : firstRungAt(policy[promise.severity].ladder, promise.lastSpokeAt, promise.dueAt),
  cadenceVersion: policy.version,
})
