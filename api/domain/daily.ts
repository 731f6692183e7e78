import type { CadencePolicy, Rung } from './cadence.ts'
import type { IncidentStatus } from './lifecycle.ts'
import type { Severity } from './severity.ts'

/** What the daily reminder needs of an incident. */
export interface Unhurried {
  severity: Severity
  status: IncidentStatus
  /** When we last spoke, or declared it. */
  lastSpokeAt: Date
  nextUpdateDueAt: Date | null
}

/** Whom the daily reminder reaches, and how: it is no alarm, so nobody's phone rings for it. */
export const DAILY: Pick<Rung, 'to' | 'channels'> = { to: ['commander'], channels: ['email'] }

/**
 * The reminder of one day, as a rung of its own: it is decided once like any other, whoever looks and however often
 * (standards R11). No rung of a policy can have such a name.
 */
export interface Reminder {
  rung: string
  at: Date
}

/** What the rung of a day is called, such as `daily_2026-11-12`. */
export const DAILY_NAME = /^daily_\d{4}-\d\d-\d\d$/

/** Whether a rung is a daily reminder. */
export const isDaily = (rung: string): boolean => DAILY_NAME.test(rung)

/** An open SEV4 that promises nothing is reminded of once a day; a promise has a ladder of its own (standards C1, C2). */
export const isRemindedDaily = (incident: Pick<Unhurried, 'severity' | 'status' | 'nextUpdateDueAt'>): boolean =>
  incident.severity === 'SEV4' && incident.status !== 'resolved' && incident.nextUpdateDueAt === null

type When = Pick<CadencePolicy, 'time_zone' | 'daily_reminder_at'>

/** The first reminder after an instant. */
export const nextReminder = (when: When, after: Date): Reminder => around(when, after).find(({ at }) => at > after)!

/** The reminder that is due at `now`: the latest one since `since`; null when none has come since then. */
export const reminderDue = (when: When, since: Date, now: Date): Reminder | null =>
  around(when, now).findLast(({ at }) => at > since && at <= now) ?? null

/**
 * The reminders of the days about an instant, by the wall clock of the policy's zone. A day on which the time does not
 * exist has it when the clocks have jumped, one on which it comes twice has it the first time: once either way
 * (standards R19).
 */
function around({ time_zone, daily_reminder_at }: When, instant: Date): Reminder[] {
  const today = Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(time_zone).toPlainDate()
  return [-1, 0, 1, 2].map((days) => {
    const day = today.add({ days })
    const at = day.toZonedDateTime({ timeZone: time_zone, plainTime: daily_reminder_at })
    return { rung: `daily_${day}`, at: new Date(at.epochMilliseconds) }
  })
}
