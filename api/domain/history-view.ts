import { affectedBy } from './incident-view.ts'
import { concernedBy } from './maintenance-view.ts'
import type { HistoryEntry } from './pages.ts'
import type { ComponentRecord, ListedIncident, ListedMaintenance, MonthSeen, Snapshot } from './snapshot.ts'

/** How many rows a component's page holds (contract section 5). */
const MOST = 50

/** What a month's page lists, newest first. */
export const monthEntries = ({ incidents, maintenances }: MonthSeen): HistoryEntry[] =>
  newestFirst([...incidents.map(incidentEntry), ...maintenances.map(maintenanceEntry)])

/** What concerned a component, newest first; each row names the others that it concerned. */
export const componentEntries = (snapshot: Snapshot, { incidents, maintenances }: ComponentRecord): HistoryEntry[] =>
  newestFirst([
    ...incidents.map((incident) =>
      incidentEntry({ ...incident, components: affectedBy(snapshot, incident).map(({ name }) => name) }),
    ),
    ...maintenances.map((maintenance) =>
      maintenanceEntry({ ...maintenance, components: concernedBy(snapshot, maintenance) }),
    ),
  ]).slice(0, MOST)

const newestFirst = (entries: HistoryEntry[]): HistoryEntry[] =>
  entries.sort((one, other) => compare(other.from, one.from) || compare(one.id, other.id))

/** By code units: times of one form sort by instant, and no locale has a say. */
const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

const incidentEntry = (incident: ListedIncident): HistoryEntry => ({
  kind: 'incident',
  id: incident.id,
  title: incident.title,
  severity: incident.severity,
  retracted: incident.retracted,
  from: incident.startedAt.toISOString(),
  to: incident.resolvedAt?.toISOString() ?? null,
  components: incident.components,
})

/** What ended before it began was called off: it keeps the window for which it was planned. */
function maintenanceEntry(maintenance: ListedMaintenance): HistoryEntry {
  const { id, title, status, scheduledFor, scheduledUntil, startedAt, endedAt, components } = maintenance
  const from = startedAt ?? scheduledFor
  const to = endedAt !== null && endedAt >= from ? endedAt : scheduledUntil
  return {
    kind: 'maintenance',
    id,
    title,
    status,
    from: from.toISOString(),
    to: to.toISOString(),
    components,
  }
}
