import type { CadencePolicy } from './cadence.ts'
import type { IncidentStatus, Visibility } from './lifecycle.ts'
import type { Severity } from './severity.ts'

/**
 * The holding notice: where the cadence asks for it, what customers are told by itself when a promised update is late. It
 * is no update: it has no number, answers no promise and resets no clock, and there is one for each silence at most. A
 * silence lasts from one update to the next, so a promise that becomes nearer meanwhile brings no second one.
 */
export interface Silent {
  severity: Severity
  status: IncidentStatus
  visibility: Visibility
  /** Null while nothing has been said outside: outsiders do not know of the incident, and a notice would be the first word. */
  firstPublicUpdateAt: Date | null
}

/** Whether a promise that has just been broken is told by a holding notice; `policy` is the one it was given under. */
export const wantsHoldingNotice = (policy: CadencePolicy, incident: Silent): boolean =>
  policy[incident.severity].holding_notice &&
  incident.visibility === 'public' &&
  incident.firstPublicUpdateAt !== null &&
  incident.status !== 'resolved'
