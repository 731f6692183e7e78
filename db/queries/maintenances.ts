import { and, asc, desc, eq, gte, inArray, lt, lte, or, type SQL, sql } from 'drizzle-orm'
import type { MaintenanceStatus } from '../../api/domain/maintenance.ts'
import type { Transaction } from '../client.ts'
import { announcements, components, maintenanceComponents, maintenances, maintenanceUpdates } from '../schema.ts'
import type { Reader } from './cadence.ts'

export type Maintenance = typeof maintenances.$inferSelect
export type MaintenanceUpdate = typeof maintenanceUpdates.$inferSelect

/** Takes the maintenance's row lock, which every change of it takes first (standards R12). */
export async function lockMaintenance(tx: Transaction, id: string): Promise<Maintenance | null> {
  const [row] = await tx.select().from(maintenances).where(eq(maintenances.id, id)).for('update')
  return row ?? null
}

/** The maintenances whose next step is due, the one that has waited longest first. */
export async function dueMaintenances(reader: Reader): Promise<string[]> {
  const rows = await reader
    .select({ id: maintenances.id })
    .from(maintenances)
    .where(lte(maintenances.nextStepAt, sql`(select sitrep_now())`))
    .orderBy(asc(maintenances.nextStepAt), asc(maintenances.id))
  return rows.map(({ id }) => id)
}

/** Locks a maintenance whose next step is due; null when it no longer is, or somebody else has it in hand. */
export async function lockDueMaintenance(tx: Transaction, id: string, now: Date): Promise<Maintenance | null> {
  const [row] = await tx
    .select()
    .from(maintenances)
    .where(and(eq(maintenances.id, id), lte(maintenances.nextStepAt, now)))
    .for('update', { skipLocked: true })
  return row ?? null
}

export async function maintenanceById(reader: Reader, id: string): Promise<Maintenance | null> {
  const [row] = await reader.select().from(maintenances).where(eq(maintenances.id, id))
  return row ?? null
}

/** The components each maintenance concerns, by its id, in page order. */
export async function componentsOfMaintenances(
  reader: Reader,
  ids: readonly string[],
): Promise<Map<string, { id: string; name: string }[]>> {
  if (ids.length === 0) return new Map()
  const rows = await reader
    .select({ maintenanceId: maintenanceComponents.maintenanceId, id: components.id, name: components.name })
    .from(maintenanceComponents)
    .innerJoin(components, eq(components.id, maintenanceComponents.componentId))
    .where(inArray(maintenanceComponents.maintenanceId, [...ids]))
    .orderBy(asc(components.position), asc(components.id))
  return Map.groupBy(rows, (row) => row.maintenanceId)
}

/** The ids of the components that a maintenance concerns, in page order. */
export const componentIdsOf = async (reader: Reader, maintenanceId: string): Promise<string[]> =>
  ((await componentsOfMaintenances(reader, [maintenanceId])).get(maintenanceId) ?? []).map(({ id }) => id)

/** What was told of several maintenances, reminders too, each one's newest first. */
export const updatesOfMaintenances = async (reader: Reader, ids: readonly string[]): Promise<MaintenanceUpdate[]> =>
  ids.length === 0
    ? []
    : reader
        .select()
        .from(maintenanceUpdates)
        .where(inArray(maintenanceUpdates.maintenanceId, [...ids]))
        .orderBy(asc(maintenanceUpdates.maintenanceId), desc(maintenanceUpdates.seq))

/** The announcements of what was told of these maintenances, by the update's id. */
export async function announcementsOfMaintenances(
  reader: Reader,
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await reader
    .select({ id: announcements.id, updateId: maintenanceUpdates.id })
    .from(announcements)
    .innerJoin(maintenanceUpdates, eq(maintenanceUpdates.id, announcements.maintenanceUpdateId))
    .where(inArray(maintenanceUpdates.maintenanceId, [...ids]))
  return new Map(rows.map(({ id, updateId }) => [updateId, id]))
}

/** One step of a maintenance; null when it has no such step. */
export async function stepOf(
  reader: Reader,
  maintenanceId: string,
  updateId: string,
): Promise<MaintenanceUpdate | null> {
  const [row] = await reader
    .select()
    .from(maintenanceUpdates)
    .where(and(eq(maintenanceUpdates.id, updateId), eq(maintenanceUpdates.maintenanceId, maintenanceId)))
  return row ?? null
}

export const MAINTENANCE_STATES = ['upcoming', 'active', 'past', 'all'] as const
export type MaintenanceState = (typeof MAINTENANCE_STATES)[number]

const STATUSES_OF: Record<Exclude<MaintenanceState, 'all'>, MaintenanceStatus[]> = {
  upcoming: ['scheduled'],
  active: ['in_progress', 'verifying'],
  past: ['completed', 'cancelled'],
}

export interface MaintenanceFilter {
  state: MaintenanceState
  /** Begins at or after this. */
  since?: Date | undefined
  /** Begins before this. */
  until?: Date | undefined
  /** Continue after this one: it begins then, with this id. */
  after?: { scheduledFor: Date; id: string } | undefined
  limit: number
}

/** Maintenances by their start, latest first. */
export const listMaintenances = (reader: Reader, filter: MaintenanceFilter): Promise<Maintenance[]> =>
  reader
    .select()
    .from(maintenances)
    .where(and(...conditions(filter)))
    .orderBy(desc(maintenances.scheduledFor), desc(maintenances.id))
    .limit(filter.limit)

function conditions({ state, since, until, after }: MaintenanceFilter): (SQL | undefined)[] {
  return [
    state === 'all' ? undefined : inArray(maintenances.status, STATUSES_OF[state]),
    since && gte(maintenances.scheduledFor, since),
    until && lt(maintenances.scheduledFor, until),
    after &&
      or(
        lt(maintenances.scheduledFor, after.scheduledFor),
        and(eq(maintenances.scheduledFor, after.scheduledFor), lt(maintenances.id, after.id)),
      ),
  ]
}

/** Whatever shows this component as under maintenance now; null when nothing does. */
export async function runningMaintenanceOf(reader: Reader, componentId: string): Promise<string | null> {
  const [row] = await reader
    .select({ id: maintenances.id })
    .from(maintenanceComponents)
    .innerJoin(maintenances, eq(maintenances.id, maintenanceComponents.maintenanceId))
    .where(and(eq(maintenanceComponents.componentId, componentId), inArray(maintenances.status, STATUSES_OF.active)))
    .limit(1)
  return row?.id ?? null
}
