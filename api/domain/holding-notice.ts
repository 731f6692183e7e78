import type { CadencePolicy } from './cadence.ts'
import type { IncidentStatus, Visibility } from './lifecycle.ts'
import type { Severity } from './severity.ts'

/**
 * The holding notice: where the cadence asks for it, what customers are told by itself when a promised update is late. It
 * is no update: it has no number, answers no promise and resets no clock, and there is one for each silence at most. A
 * silence lasts from one update to the next, so a promise that becomes nearer meanwhile brings no second one. Where nobody
 * has spoken yet it is the first that outsiders hear: that we are aware of it, under the title that was declared for them.
 * Of what is internal nothing ever goes out.
 */
export interface Silent {
  severity: Severity
  status: IncidentStatus
  visibility: Visibility
}

/** Whether a promise that has just been broken is told by a holding notice; `policy` is the one it was given under. */
export const wantsHoldingNotice = (policy: CadencePolicy, incident: Silent): boolean =>
  policy[incident.severity].holding_notice && incident.visibility === 'public' && incident.status !== 'resolved'
