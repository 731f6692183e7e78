import { DAY, plus } from './duration.ts'
import { incidentView } from './incident-view.ts'
import type { PastEntry } from './pages.ts'
import type { IncidentSeen, Snapshot } from './snapshot.ts'

/** The UTC day of an instant, YYYY-MM-DD. */
export const utcDay = (at: Date): string => at.toISOString().slice(0, 10)

/**
 * The seven UTC days up to the day of the last change, newest first: resolved incidents on the day they began (on the
 * first day shown, if they began earlier), and runs of days without any. A day with an open incident is not quiet, and
 * the incident stands further up on the page already.
 */
export function pastWeek(snapshot: Snapshot): PastEntry[] {
  const days = Array.from({ length: 7 }, (_, ago) => utcDay(plus(snapshot.last.at, -ago * DAY)))
  const first = days.at(-1)!
  return days
    .flatMap((day): PastEntry[] => {
      const begun = snapshot.recent.filter((incident) => dayShown(incident, first) === day)
      if (begun.length > 0)
        return begun.map((incident) => ({ kind: 'incident', day, incident: incidentView(snapshot, incident) }))
      return isTroubled(snapshot, day) ? [] : [{ kind: 'quiet', from: day, to: day }]
    })
    .reduce<PastEntry[]>(joinQuiet, [])
}

function dayShown(incident: IncidentSeen, first: string): string {
  const day = utcDay(incident.startedAt)
  return day < first ? first : day
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
