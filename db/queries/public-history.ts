import { asc, eq, inArray, sql } from 'drizzle-orm'
import { monthBounds } from '../../api/domain/days.ts'
import {
  type Change,
  type ComponentRecord,
  type ComponentSeen,
  type ListedIncident,
  type ListedMaintenance,
  type MonthSeen,
  newerChange,
  type Snapshot,
} from '../../api/domain/snapshot.ts'
import type { Queryable } from '../client.ts'
import {
  publicIncidentComponents,
  publicIncidents,
  publicMaintenanceComponents,
  publicMaintenances,
} from '../schema/views.ts'
import { components } from '../schema.ts'
import { collect } from './collect.ts'
import type { Known } from './known.ts'
import { incidentsOfComponent } from './public-incidents.ts'
import { maintenancesOfComponent } from './public-maintenances.ts'

/** How much of its history a component's page and feeds hold (contract section 5). */
const NEWEST = 50

/** What began in a month, without its words: a fixed number of queries however long the history is. */
export async function readMonth(tx: Queryable, month: string, snapshot: Snapshot): Promise<MonthSeen> {
  const bounds = monthBounds(month)
  const [incidents, maintenances] = await Promise.all([listedIncidents(tx, bounds), listedMaintenances(tx, bounds)])
  const changed = await newestAmong(tx, incidents, maintenances)
  return { month, incidents, maintenances, changed: newerChange(snapshot.lastOf.organisation, changed) }
}

interface Bounds {
  from: Date
  until: Date
}

async function listedIncidents(tx: Queryable, { from, until }: Bounds): Promise<ListedIncident[]> {
  const { id, title, severity, status, retracted, startedAt, resolvedAt } = publicIncidents
  const rows = await tx
    .select({ id, title, severity, status, retracted, startedAt, resolvedAt })
    .from(publicIncidents)
    .where(
      sql`${startedAt} >= ${from.toISOString()}::timestamptz and ${startedAt} < ${until.toISOString()}::timestamptz`,
    )
    .orderBy(sql`${startedAt} desc`, asc(id))
  const names = await namesOf(tx, publicIncidentComponents.incidentId, publicIncidentComponents, rows)
  return rows.map((row) => ({ ...row, components: names.get(row.id) ?? [] }))
}

async function listedMaintenances(tx: Queryable, { from, until }: Bounds): Promise<ListedMaintenance[]> {
  const { id, title, status, scheduledFor, scheduledUntil, startedAt, endedAt } = publicMaintenances
  const rows = await tx
    .select({ id, title, status, scheduledFor, scheduledUntil, startedAt, endedAt })
    .from(publicMaintenances)
    .where(
      sql`${scheduledFor} >= ${from.toISOString()}::timestamptz and ${scheduledFor} < ${until.toISOString()}::timestamptz`,
    )
    .orderBy(sql`${scheduledFor} desc`, asc(id))
  const names = await namesOf(tx, publicMaintenanceComponents.maintenanceId, publicMaintenanceComponents, rows)
  return rows.map((row) => ({ ...row, components: names.get(row.id) ?? [] }))
}

type Holding = typeof publicIncidentComponents | typeof publicMaintenanceComponents
type Holder = typeof publicIncidentComponents.incidentId | typeof publicMaintenanceComponents.maintenanceId

/** Names of the components that each row concerns, archived ones too, in page order. */
async function namesOf(tx: Queryable, holder: Holder, holding: Holding, rows: readonly { id: string }[]) {
  if (rows.length === 0) return new Map<string, string[]>()
  const ids = rows.map((row) => row.id)
  const named = await tx
    .select({ holder: sql<string>`${holder}`, name: components.name })
    .from(holding)
    .innerJoin(components, eq(components.id, holding.componentId))
    .where(inArray(holder, ids))
    .orderBy(asc(components.position), asc(components.id))
  return collect(named, (row) => [row.holder, row.name])
}

/** The newest change of what is listed of these incidents and maintenances; null where there are none. */
async function newestAmong(
  tx: Queryable,
  incidents: readonly { id: string }[],
  maintenances: readonly { id: string }[],
): Promise<Change | null> {
  const ids = (rows: readonly { id: string }[]) =>
    sql`array[${sql.join([sql`null`, ...rows.map(({ id }) => sql`${id}`)], sql`, `)}]::text[]`
  const [row] = await tx.execute<{ revision: number; at: string }>(sql`
    select revision, at from site_changes where revision = (
      select greatest(
        (select max(revision) from site_changes where moved_entry and incident_id = any(${ids(incidents)})),
        (select max(revision) from site_changes where maintenance_id = any(${ids(maintenances)}))))`)
  return row ? { revision: row.revision, at: new Date(row.at) } : null
}

/** A component with what concerned it. */
export async function readComponentRecord(
  tx: Queryable,
  component: ComponentSeen,
  known?: Known,
): Promise<ComponentRecord> {
  const [incidents, maintenances, own] = await Promise.all([
    incidentsOfComponent(tx, component.id, NEWEST, known),
    maintenancesOfComponent(tx, component.id),
    ownChange(tx, component),
  ])
  const changed = [...incidents, ...maintenances].map((each) => each.changed).reduce<Change>(newerChange, own)
  return { component, incidents, maintenances, changed }
}

async function ownChange(tx: Queryable, { id, createdAt }: ComponentSeen): Promise<Change> {
  const [row] = await tx.execute<{ revision: number; at: string }>(sql`
    select revision, at from site_changes where revision = greatest(
      (select max(revision) from site_changes where topic = 'components'),
      (select max(revision) from site_changes where topic = 'component' and component_id = ${id}))`)
  return row ? { revision: row.revision, at: new Date(row.at) } : { revision: 0, at: createdAt }
}
