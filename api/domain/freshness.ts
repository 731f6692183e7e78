import { DAY, HOUR, MINUTE, plus } from './duration.ts'
import type { IncidentStatus } from './lifecycle.ts'
import type { MaintenanceStep } from './maintenance.ts'
import { isRaise, type Severity } from './severity.ts'

/** What decides how long an update stays news and who wants to hear it. */
export interface Spoken {
  severity: Severity
  status: IncidentStatus
  nextUpdateDueAt: Date | null
}

/**
 * When an update is no longer news (contract section 6): a SEV1 or SEV2 update 15 minutes after the next one is
 * promised, any other update, and every resolution, after a day.
 */
export function expiryOfUpdate(update: Spoken, now: Date): Date {
  const grave = update.severity === 'SEV1' || update.severity === 'SEV2'
  if (grave && update.status !== 'resolved' && update.nextUpdateDueAt) return plus(update.nextUpdateDueAt, 15 * MINUTE)
  return plus(now, DAY)
}

/** The latest word, told to a new reader, is news to them for a quarter of an hour even where its promise is broken. */
export const expiryOfWelcome = (update: Spoken, now: Date): Date =>
  new Date(Math.max(expiryOfUpdate(update, now).getTime(), plus(now, 15 * MINUTE).getTime()))

/**
 * An event of a webhook is kept for as long as its endpoint may still come back: the ten attempts take three days and
 * three hours (standards W6), those of the events before it as many again.
 */
export const EVENT_LIFE = 7 * DAY

/** That an endpoint has been disabled is news to its owner for as long as a mail server may be down. */
export const expiryOfNotice = (now: Date): Date => plus(now, 3 * DAY)

/** A correction does not become stale with the next update: it mends what was told. */
export const expiryOfCorrection = (now: Date): Date => plus(now, DAY)

/** That an update is late is news for an hour; by then the silence is the news, and the page has it. */
export const expiryOfHoldingNotice = (now: Date): Date => plus(now, HOUR)

/** What is said of work to come is no longer news once it has begun. */
const AHEAD: readonly MaintenanceStep[] = ['planned', 'reminder', 'moved']

/** A step of a maintenance is news for a day; what only announces the work, not beyond its beginning. */
export function expiryOfMaintenance(update: { step: MaintenanceStep; scheduledFor: Date }, now: Date): Date {
  const day = plus(now, DAY)
  return AHEAD.includes(update.step) && update.scheduledFor > now && update.scheduledFor < day
    ? update.scheduledFor
    : day
}

/** What staff are told beside the public words is news for a day. */
export const expiryOfStaffNote = (now: Date): Date => plus(now, DAY)

/** A briefing is news until the next one, and for a day where none is promised. */
export const expiryOfBriefing = (nextDueAt: Date | null, now: Date): Date => nextDueAt ?? plus(now, DAY)

/** How long the signed link of a briefing opens it; whoever signs in reads it for ever. */
export const BRIEFING_LINK_LIFE = 3 * DAY

/** An alert to staff is no longer news after an hour. */
export const expiryOfAlert = (now: Date): Date => plus(now, HOUR)

/**
 * Until when a code answers what it stands in, unless somebody speaks before: four hours beyond the promise. Whoever finds
 * a message later than that no longer knows how things stand.
 */
export const expiryOfCode = (dueAt: Date | null, now: Date): Date =>
  plus(new Date(Math.max(dueAt?.getTime() ?? 0, now.getTime())), 4 * HOUR)

/** Whether those who want milestones only hear this one: first word, severity raised, resolved, reopened. */
export function isMilestone(
  update: Pick<Spoken, 'severity' | 'status'>,
  previous: Pick<Spoken, 'severity' | 'status'> | null,
): boolean {
  if (!previous) return true
  return update.status === 'resolved' || previous.status === 'resolved' || isRaise(previous.severity, update.severity)
}
