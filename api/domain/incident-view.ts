import { badness, worstStatus } from './component.ts'
import { MINUTE } from './duration.ts'
import { renderHtml } from './markdown.ts'
import type { CorrectionView, IncidentPage, IncidentView, PromiseView, UpdateView } from './pages.ts'
import type { CorrectionSeen, IncidentSeen, Snapshot, UpdateSeen } from './snapshot.ts'

/** An incident as pages print it. */
export const incidentView = (snapshot: Snapshot, incident: IncidentSeen): IncidentView => ({
  id: incident.id,
  title: incident.title,
  severity: incident.severity,
  status: incident.status,
  retracted: incident.retracted,
  mergedInto: mergedInto(incident),
  startedAt: incident.startedAt.toISOString(),
  resolvedAt: incident.resolvedAt?.toISOString() ?? null,
  affected: affectedBy(snapshot, incident),
  updates: incident.updates.map(updateView),
  notices: incident.notices.map(({ id, publishedAt, words }) => ({ id, at: publishedAt.toISOString(), words })),
  promise: promiseView(incident),
})

/** The incident that this one is told in from now on; null where it stands for itself. Updates are newest first. */
const mergedInto = ({ updates }: IncidentSeen): string | null => updates[0]?.mergedInto ?? null

const updateView = (update: UpdateSeen): UpdateView => ({
  id: update.id,
  seq: update.seq,
  status: update.status,
  severity: update.severity,
  at: update.publishedAt.toISOString(),
  headline: update.headline,
  html: renderHtml(update.body),
  noChange: update.noChange,
  corrections: update.corrections.map(correctionView),
  lateByMinutes: lateByMinutes(update),
  retractionReason: update.retractionReason,
  mergedInto: update.mergedInto,
})

const correctionView = ({ id, createdAt, previousBody, reason, notify }: CorrectionSeen): CorrectionView => ({
  id,
  at: createdAt.toISOString(),
  previousHtml: renderHtml(previousBody),
  reason,
  told: notify,
})

function lateByMinutes({ promiseKept, answeredDueAt, publishedAt }: UpdateSeen): number | null {
  if (promiseKept !== false || answeredDueAt === null) return null
  return Math.max(1, minutesBetween(answeredDueAt, publishedAt))
}

const promiseView = ({ nextUpdateDueAt, late, teamAlerted }: IncidentSeen): PromiseView | null =>
  nextUpdateDueAt && { dueAt: nextUpdateDueAt.toISOString(), late, teamAlerted: late && teamAlerted }

/**
 * What an incident affects, worst first. While it is open: what it holds now, under the names of today. Once resolved:
 * the worst it did to each, as its updates told it, so that its page does not change when components do.
 */
export function affectedBy(snapshot: Snapshot, incident: IncidentSeen): IncidentView['affected'] {
  const affected = incident.status === 'resolved' ? wasAffected(incident) : isAffected(snapshot, incident)
  return affected.sort((one, other) => badness(other.status) - badness(one.status))
}

const isAffected = (snapshot: Snapshot, incident: IncidentSeen): IncidentView['affected'] =>
  snapshot.components.flatMap(({ id, name }) => {
    const held = incident.components.find((component) => component.id === id)
    return held ? [{ name, status: held.status }] : []
  })

function wasAffected(incident: IncidentSeen): IncidentView['affected'] {
  const told = new Map<string, IncidentView['affected'][number]>()
  for (const { id, name, old_status, new_status } of incident.updates.toReversed().flatMap((update) => update.affected))
    told.set(id, { name, status: worstStatus([told.get(id)?.status ?? 'operational', old_status, new_status]) })
  return [...told.values()]
}

/**
 * How the promise of speaking was kept (standards C33): of the promises answered, and the one that is broken now, how
 * many were kept; and the longest silence between two updates. Nothing is counted against a false alarm.
 */
export function recordOf(incident: IncidentSeen): IncidentPage['record'] {
  if (incident.updates.length === 0 || incident.retracted) return null
  const answered = incident.updates.filter((update) => update.promiseKept !== null)
  const silences = incident.updates
    .slice(1)
    .map((earlier, index) => minutesBetween(earlier.publishedAt, incident.updates[index]!.publishedAt))
  return {
    kept: answered.filter((update) => update.promiseKept).length,
    made: answered.length + (incident.late ? 1 : 0),
    longestSilenceMinutes: Math.max(0, ...silences),
  }
}

const minutesBetween = (from: Date, to: Date): number => Math.floor((to.getTime() - from.getTime()) / MINUTE)
