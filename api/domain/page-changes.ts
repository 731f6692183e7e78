import { monthBounds } from './days.ts'
import {
  type Change,
  type ComponentRecord,
  type IncidentSeen,
  type MaintenanceSeen,
  type MonthSeen,
  newerChange,
  type Snapshot,
} from './snapshot.ts'

/**
 * The change by which each page was last touched: its stamp, and the time of its file. A page must not carry a newer one
 * than what it shows, nor be left as it is by a change that moves this; `touchedBy` in `publish/touched.ts` is the twin.
 */

const newestOf = (first: Change, ...others: (Change | null)[]): Change => others.reduce<Change>(newerChange, first)

/** What is said of an incident: its own change, or that of whose page it is. */
export const ownChange = ({ lastOf }: Snapshot, { changed }: Pick<IncidentSeen, 'changed'>): Change =>
  newestOf(lastOf.organisation, changed)

/**
 * The page of an open incident says what still works elsewhere, so what moves any component touches it; that of a
 * resolved one changes with its own incident and with the organisation only.
 */
export const incidentChange = (snapshot: Snapshot, incident: IncidentSeen): Change =>
  incident.status === 'resolved'
    ? ownChange(snapshot, incident)
    : newestOf(ownChange(snapshot, incident), snapshot.lastOf.components, snapshot.lastOf.moved)

/** A component's bars move on each day; changes that do not concern it leave its page alone. */
export const componentChange = ({ lastOf }: Snapshot, { changed }: Pick<ComponentRecord, 'changed'>): Change =>
  newestOf(changed, lastOf.day, lastOf.names, lastOf.organisation)

/**
 * A month's page comes when the month begins, and leads to the next one when that does: no revision is of those two
 * moments, so the newest revision of what it lists is given their time.
 */
export function monthChange(
  { last, lastOf }: Snapshot,
  { month, changed }: Pick<MonthSeen, 'month' | 'changed'>,
): Change {
  const { revision, at } = newestOf(changed, lastOf.names, lastOf.organisation)
  const { from, until } = monthBounds(month)
  const turns = [from, until].filter((turn) => turn <= last.at)
  return { revision, at: new Date(Math.max(at.getTime(), ...turns.map((turn) => turn.getTime()))) }
}

export const maintenanceListChange = ({ lastOf }: Snapshot): Change =>
  newestOf(lastOf.maintenance, lastOf.names, lastOf.organisation)

/** A maintenance's page names components, as they are called now. */
export const maintenanceChange = ({ lastOf }: Snapshot, { changed }: Pick<MaintenanceSeen, 'changed'>): Change =>
  newestOf(lastOf.organisation, lastOf.names, changed)

export const subscribeChange = ({ lastOf }: Snapshot): Change => newestOf(lastOf.components, lastOf.organisation)
