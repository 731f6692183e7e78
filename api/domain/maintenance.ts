import { millisecondsOf, plus } from './duration.ts'

/**
 * The life of a maintenance (standards C12), moved by the clock, or by hand where it is told to wait:
 *
 *   scheduled → in_progress → verifying → completed
 *       |___________|_____________|→ cancelled
 *
 * `verifying` may be skipped. What has ended stays as it is; what recurs is planned anew as an occurrence of its own.
 */
export const MAINTENANCE_STATUSES = ['scheduled', 'in_progress', 'verifying', 'completed', 'cancelled'] as const
export type MaintenanceStatus = (typeof MAINTENANCE_STATUSES)[number]

/** What is told of a maintenance; each has its words in `templates/maintenance/`. `reminder` is told and not shown. */
export const MAINTENANCE_STEPS = [
  'planned',
  'reminder',
  'moved',
  'started',
  'extended',
  'verifying',
  'completed',
  'cancelled',
  'note',
] as const
export type MaintenanceStep = (typeof MAINTENANCE_STEPS)[number]

const NEXT: Record<MaintenanceStatus, readonly MaintenanceStatus[]> = {
  scheduled: ['in_progress', 'cancelled'],
  in_progress: ['verifying', 'completed', 'cancelled'],
  verifying: ['in_progress', 'completed', 'cancelled'],
  completed: [],
  cancelled: [],
}

/** Whether a maintenance may move from one status to another. */
export const mayMove = (from: MaintenanceStatus, to: MaintenanceStatus): boolean => NEXT[from].includes(to)

/** Work is under way, so the components show it. */
export const isRunning = (status: MaintenanceStatus): boolean => status === 'in_progress' || status === 'verifying'

/** Nothing more comes of it. */
export const isOver = (status: MaintenanceStatus): boolean => status === 'completed' || status === 'cancelled'

/** What the clock needs to know of a maintenance. */
export interface Scheduled {
  status: MaintenanceStatus
  scheduledFor: Date
  scheduledUntil: Date
  /** Signed ISO 8601 durations counted from the start. */
  reminders: readonly string[]
  autoStart: boolean
  autoComplete: boolean
}

/** One thing that the clock does; a reminder says which of them it is. */
export type ClockStep = { step: 'reminder'; reminder: string } | { step: 'started' } | { step: 'completed' }
export type NextStep = ClockStep & { at: Date }

/**
 * The nearest thing the clock has to do after `now`; null where it has not. Reminders whose time has passed are void, a
 * start or an end that has passed is still to be done.
 */
export function nextStep(maintenance: Scheduled, now: Date): NextStep | null {
  const { status, scheduledFor, scheduledUntil, autoStart, autoComplete } = maintenance
  if (isRunning(status)) return autoComplete ? { step: 'completed', at: scheduledUntil } : null
  if (isOver(status)) return null
  const ahead = remindersOf(maintenance).find(({ at }) => at > now)
  return ahead ?? (autoStart ? { step: 'started', at: scheduledFor } : null)
}

/**
 * What the clock does at `now`, woken for `dueAt`. Whoever slept over several reminders is sent the newest only, and
 * none once the work should have begun; whoever slept over start and end is told both.
 */
export function dueSteps(maintenance: Scheduled, dueAt: Date, now: Date): ClockStep[] {
  const { status, scheduledFor, scheduledUntil, autoStart, autoComplete } = maintenance
  const end: ClockStep[] = autoComplete && scheduledUntil <= now ? [{ step: 'completed' }] : []
  if (isRunning(status)) return end
  if (isOver(status)) return []
  if (scheduledFor <= now) return autoStart ? [{ step: 'started' }, ...end] : []
  const missed = remindersOf(maintenance).findLast(({ at }) => at >= dueAt && at <= now)
  return missed ? [{ step: 'reminder', reminder: missed.reminder }] : []
}

/** The reminders with their times, in the order of these. */
const remindersOf = ({ reminders, scheduledFor }: Scheduled) =>
  reminders
    .map((reminder) => ({ step: 'reminder' as const, reminder, at: plus(scheduledFor, millisecondsOf(reminder) ?? 0) }))
    .sort((one, other) => one.at.getTime() - other.at.getTime())
