import { isOverdue } from './cadence.ts'
import type { IncidentStatus } from './lifecycle.ts'

/** A published update, as far as it answers one promise and gives the next. */
export interface Spoken {
  status: IncidentStatus
  publishedAt: Date
  /** The promise it answered; null where none was open. */
  answeredDueAt: Date | null
  /** The promise it gave. */
  nextUpdateDueAt: Date | null
}

export interface PromisesOfIncident {
  declaredAt: Date
  /** Null while it is open. */
  resolvedAt: Date | null
  /** The promise that is open now. */
  nextUpdateDueAt: Date | null
  /** Published ones, oldest first. */
  updates: readonly Spoken[]
}

/** How the promises to speak were kept (standards C33); lengths in milliseconds. */
export interface CadenceKept {
  /** Deadlines that came due, the one that is broken now included. */
  due: number
  met: number
  /** Ended before they were due, by the end of the incident or by an earlier one in their place: outside (C8). */
  voided: number
  overdue: number
  longestSilence: number
  /** Since the last word, while the incident is open. */
  openSilence: number | null
}

/**
 * Counts what became of every deadline. Met means published at or before the promised instant. A resolution ends the
 * promise: in time it voids the deadline, late it was as silent as any other late word.
 */
export function cadenceKept(incident: PromisesOfIncident, now: Date): CadenceKept {
  const { updates, resolvedAt, nextUpdateDueAt: dueAt } = incident
  const open = resolvedAt === null
  const answered = updates.flatMap(deadlineOf)
  const broken = open && isOverdue(dueAt, now) ? [lateBy(dueAt!, now)] : []
  const late = [...answered.flatMap((deadline) => (deadline.late > 0 ? [deadline.late] : [])), ...broken]
  const met = answered.filter(({ late, voided }) => late === 0 && !voided).length
  const silences = silencesOf(incident)
  const openSilence = open ? Math.max(0, lateBy(updates.at(-1)?.publishedAt ?? incident.declaredAt, now)) : null
  return {
    due: met + late.length,
    met,
    voided: answered.filter(({ voided }) => voided).length + replaced(incident),
    overdue: late.reduce((sum, each) => sum + each, 0),
    longestSilence: Math.max(0, openSilence ?? 0, ...silences),
    openSilence,
  }
}

const lateBy = (dueAt: Date, at: Date): number => at.getTime() - dueAt.getTime()

function deadlineOf({ answeredDueAt, publishedAt, status }: Spoken): { late: number; voided: boolean }[] {
  if (answeredDueAt === null) return []
  const late = Math.max(0, lateBy(answeredDueAt, publishedAt))
  return [{ late, voided: late === 0 && status === 'resolved' }]
}

/** Promises that a raised severity put an earlier one in the place of. */
function replaced({ updates, nextUpdateDueAt: dueAt }: PromisesOfIncident): number {
  const came = [...updates.slice(1).map((update) => update.answeredDueAt), dueAt]
  const gave = updates.map((update) => update.nextUpdateDueAt)
  return gave.filter((given, index) => given && came[index] && came[index] < given).length
}

/** From declaring to the first word, and from word to word; nobody waits while an incident is resolved. */
function silencesOf({ declaredAt, updates }: PromisesOfIncident): number[] {
  return updates.map(({ publishedAt }, index) => {
    const before = updates[index - 1]
    return before?.status === 'resolved' ? 0 : lateBy(before?.publishedAt ?? declaredAt, publishedAt)
  })
}
