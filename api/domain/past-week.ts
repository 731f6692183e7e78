import { utcDay } from './days.ts'
import { DAY, plus } from './duration.ts'
import { incidentView } from './incident-view.ts'
import { maintenanceView } from './maintenance-view.ts'
import type { PastEntry } from './pages.ts'
import type { Snapshot } from './snapshot.ts'

/**
 * The seven UTC days up to the day of the last change, newest first: resolved incidents and ended maintenance on the day
 * they began (on the first day shown, if they began earlier), and runs of days without any. A day with an open incident
 * is not quiet, and the incident stands further up on the page already; maintenance that goes on disturbs no day.
 */
export function pastWeek(snapshot: Snapshot): PastEntry[] {
  const days = Array.from({ length: 7 }, (_, ago) => utcDay(plus(snapshot.last.at, -ago * DAY)))
  const begun = begunSince(snapshot, days.at(-1)!)
  return days
    .flatMap((day): PastEntry[] => {
      const entries = begun.flatMap(({ entry }) => (entry.day === day ? [entry] : []))
      if (entries.length > 0) return entries
      return isTroubled(snapshot, day) ? [] : [{ kind: 'quiet', from: day, to: day }]
    })
    .reduce<PastEntry[]>(joinQuiet, [])
}

interface Begun {
  at: Date
  entry: Exclude<PastEntry, { kind: 'quiet' }>
}

/** What is over, newest first. */
function begunSince(snapshot: Snapshot, first: string): Begun[] {
  const dayShown = (at: Date) => (utcDay(at) < first ? first : utcDay(at))
  const incidents = snapshot.recent.map((incident): Begun => {
    const at = incident.startedAt
    return { at, entry: { kind: 'incident', day: dayShown(at), incident: incidentView(snapshot, incident) } }
  })
  const maintenances = snapshot.recentMaintenances.map((maintenance): Begun => {
    // What was called off never began: it stands on the day on which that was said.
    const at = maintenance.startedAt ?? maintenance.endedAt ?? maintenance.scheduledFor
    const day = dayShown(at)
    return { at, entry: { kind: 'maintenance', day, maintenance: maintenanceView(snapshot, maintenance) } }
  })
  return [...incidents, ...maintenances].sort((one, other) => other.at.getTime() - one.at.getTime())
}

const isTroubled = ({ open, recent }: Snapshot, day: string): boolean =>
  [...open, ...recent].some(
    ({ startedAt, resolvedAt }) => utcDay(startedAt) <= day && (resolvedAt === null || day <= utcDay(resolvedAt)),
  )

/** Joins a quiet day to the quiet run before it in the list, which is the later one. */
function joinQuiet(entries: PastEntry[], entry: PastEntry): PastEntry[] {
  const later = entries.at(-1)
  if (entry.kind !== 'quiet' || later?.kind !== 'quiet' || !follows(entry.to, later.from)) return [...entries, entry]
  return [...entries.slice(0, -1), { kind: 'quiet', from: entry.from, to: later.to }]
}

const follows = (day: string, next: string): boolean => utcDay(plus(new Date(day), DAY)) === next
