import type { ChangeTopic } from '../../db/schema.ts'
import { monthsSince, utcMonth } from '../domain/days.ts'
import type { IncidentSeen, MaintenanceSeen, Snapshot } from '../domain/snapshot.ts'
import type { Single } from './documents.ts'

/** A public change as it is recorded. */
export interface RecordedChange {
  revision: number
  topic: ChangeTopic
  incidentId: string | null
  maintenanceId: string | null
  componentId: string | null
  movedComponents: boolean
  movedEntry: boolean
  leftMonth: string | null
  at: Date
}

/** Which documents changes touch, by the ids and months that name them. */
export interface Touched {
  singles: Set<Single>
  incidents: Set<string>
  maintenances: Set<string>
  components: Set<string>
  months: Set<string>
  /** Every month, component or maintenance there is. */
  all: Set<'months' | 'components' | 'maintenances'>
}

/** What the changes speak of, as it is now. */
export interface Spoken {
  snapshot: Snapshot
  /** When the last change was made that has been published. */
  since: Date
  incidents: readonly IncidentSeen[]
  maintenances: readonly MaintenanceSeen[]
}

/** Documents that there is one of and that every statement moves. */
const TOLD: readonly Single[] = ['home', 'status_json', 'statuspage', 'history_feeds', 'update_feeds']
const NAMED: readonly Single[] = ['home', 'subscribe', 'status_json', 'statuspage', 'sitemap']

/**
 * The documents that changes touch, so that the cost of a post does not grow with history. The pages of open incidents
 * say what still works, so whatever moves a component touches them; those of resolved ones stay. A new organisation or
 * build, and another choice of who may see what, touch everything and are not asked here.
 */
export function touchedBy(changes: readonly RecordedChange[], spoken: Spoken): Touched {
  const touched: Touched = {
    singles: new Set(),
    incidents: new Set(),
    maintenances: new Set(),
    components: new Set(),
    months: new Set(),
    all: new Set(),
  }
  for (const change of changes) {
    touch(touched, change, spoken)
    if (change.leftMonth) touchLeftMonth(touched, change.leftMonth, spoken.snapshot)
    if (change.movedComponents || change.topic === 'component' || change.topic === 'components')
      addAll(
        touched.incidents,
        spoken.snapshot.open.map(({ id }) => id),
      )
  }
  touchTurnedMonths(touched, spoken)
  return touched
}

function touch(touched: Touched, change: RecordedChange, spoken: Spoken): void {
  switch (change.topic) {
    case 'incident':
      touchIncident(touched, spoken, change)
      break
    case 'maintenance':
      touchMaintenance(touched, spoken, change.maintenanceId!)
      break
    case 'component':
      touched.components.add(change.componentId!)
      addAll(touched.singles, NAMED)
      break
    case 'components':
      addAll(touched.singles, [...NAMED, 'maintenance_list', 'calendar'])
      addAll(touched.all, ['months', 'components', 'maintenances'])
      break
    case 'day':
      addAll(touched.singles, ['home', 'status_json'])
      touched.all.add('components')
      break
    case 'audiences':
    case 'organisation':
      break
  }
}

function touchIncident(
  touched: Touched,
  { snapshot, incidents }: Spoken,
  { incidentId, movedEntry }: RecordedChange,
): void {
  const incident = incidents.find((each) => each.id === incidentId)
  if (!incident) return
  touched.incidents.add(incident.id)
  addAll(touched.singles, TOLD)
  addAll(
    touched.components,
    incident.components.map((component) => component.id),
  )
  if (movedEntry) touchMonth(touched, snapshot, incident.startedAt)
}

function touchMaintenance(touched: Touched, { snapshot, maintenances }: Spoken, id: string): void {
  const maintenance = maintenances.find((each) => each.id === id)
  if (!maintenance) return
  touched.maintenances.add(id)
  addAll(touched.singles, [...TOLD, 'maintenance_list', 'calendar'])
  addAll(touched.components, maintenance.componentIds)
  touchMonth(touched, snapshot, maintenance.scheduledFor)
}

/** With what began first of all, the history reaches further back: every month's page shows the way there. */
function touchMonth(touched: Touched, { began }: Snapshot, at: Date): void {
  touched.months.add(utcMonth(at))
  if (at <= began) touchEveryMonth(touched)
}

/** Where what began first of all began later after all, the history reaches less far back than before. */
function touchLeftMonth(touched: Touched, month: string, { began }: Snapshot): void {
  touched.months.add(month)
  if (month < utcMonth(began)) touchEveryMonth(touched)
}

function touchEveryMonth({ all, singles }: Touched): void {
  all.add('months')
  singles.add('sitemap')
}

/** Whatever was first to happen in a month, after however long a sleep: that month comes, and the ones before lead to it. */
function touchTurnedMonths({ months, singles }: Touched, { snapshot, since }: Spoken): void {
  const turned = monthsSince(since, snapshot.last.at)
  if (turned.length === 1) return
  addAll(months, turned)
  singles.add('sitemap')
}

function addAll<T>(set: Set<T>, values: readonly T[]): void {
  for (const value of values) set.add(value)
}

const INDEX = /(^|\/)index\.html$/
const ROOT = /^([a-z]{2}\/)?index\.html$/

/** Order of writing: what is pointed to before what points to it, `/` last. Smaller is earlier. */
export function writingOrder(path: string): number {
  if (ROOT.test(path)) return 3
  if (path.startsWith('_')) return 0
  return INDEX.test(path) ? 1 : 2
}
