import { dayStart } from './days.ts'
import {
  byNewest,
  byUrgency,
  type Change,
  type ComponentRecord,
  type IncidentSeen,
  newerChange,
  type Snapshot,
} from './snapshot.ts'

/**
 * What outsiders see after changes that gave incidents new words and nothing else: `before` with these incidents as they
 * are now, `newest` the last of the changes. Null where a day has begun meanwhile, which moves what is listed.
 */
export function withNewWords(before: Snapshot, fresh: readonly IncidentSeen[], newest: Change): Snapshot | null {
  const last = { revision: newest.revision, at: newest.at > before.last.at ? newest.at : before.last.at }
  if (dayStart(last.at).getTime() !== dayStart(before.last.at).getTime()) return null
  return {
    ...before,
    last,
    lastOf: { ...before.lastOf, incident: newerChange(before.lastOf.incident, newest) },
    open: replaced(before.open, fresh).sort(byUrgency),
    recent: replaced(before.recent, fresh).sort(byNewest),
    newest: replaced(before.newest, fresh).sort(byNewest),
  }
}

/** A component's record after the same changes. */
export const recordWithNewWords = (before: ComponentRecord, fresh: readonly IncidentSeen[]): ComponentRecord => {
  const incidents = replaced(before.incidents, fresh)
  return { ...before, incidents, changed: incidents.map((each) => each.changed).reduce(newerChange, before.changed) }
}

const replaced = (incidents: readonly IncidentSeen[], fresh: readonly IncidentSeen[]): IncidentSeen[] =>
  incidents.map((incident) => fresh.find(({ id }) => id === incident.id) ?? incident)
