import { and, asc, desc, eq, gt, gte, inArray, isNotNull, isNull } from 'drizzle-orm'
import { isRunning } from '../../api/domain/maintenance.ts'
import { bySchedule, type Change, type MaintenanceSeen, type Snapshot } from '../../api/domain/snapshot.ts'
import type { Queryable } from '../client.ts'
import { publicMaintenanceComponents, publicMaintenances, publicMaintenanceUpdates } from '../schema/views.ts'
import { siteChanges } from '../schema.ts'
import { collect } from './collect.ts'

type Row = typeof publicMaintenances.$inferSelect

/** How many of all states feeds and lists hold (contract section 5). */
const NEWEST = 50
/** Of so many the calendar says that they are off, whatever else is planned. */
const CANCELLED_LATELY = 25
/** More planned work than this is not shown at once. */
const MOST_AHEAD = 100

const newestFirst = [desc(publicMaintenances.scheduledFor), asc(publicMaintenances.id)]

/** What pages and feeds list: what runs and is to come, what ended since `since`, the newest, and what is off. */
export async function readListedMaintenances(
  tx: Queryable,
  since: Date,
): Promise<Pick<Snapshot, 'maintenances' | 'recentMaintenances' | 'newestMaintenances' | 'cancelledMaintenances'>> {
  const [ahead, recent, newest] = await Promise.all([
    tx
      .select()
      .from(publicMaintenances)
      .where(isNull(publicMaintenances.endedAt))
      .orderBy(asc(publicMaintenances.scheduledFor), asc(publicMaintenances.id))
      .limit(MOST_AHEAD),
    tx
      .select()
      .from(publicMaintenances)
      .where(and(isNotNull(publicMaintenances.endedAt), gte(publicMaintenances.endedAt, since)))
      .orderBy(...newestFirst)
      .limit(NEWEST),
    tx
      .select()
      .from(publicMaintenances)
      .orderBy(...newestFirst)
      .limit(NEWEST),
  ])
  const cancelled = await tx
    .select()
    .from(publicMaintenances)
    .where(eq(publicMaintenances.status, 'cancelled'))
    .orderBy(desc(publicMaintenances.endedAt), asc(publicMaintenances.id))
    .limit(CANCELLED_LATELY)
  const rows = new Map([...ahead, ...recent, ...newest, ...cancelled].map((row) => [row.id, row]))
  const seen = new Map((await withSteps(tx, [...rows.values()])).map((maintenance) => [maintenance.id, maintenance]))
  const pick = (chosen: readonly { id: string }[]): MaintenanceSeen[] => chosen.map(({ id }) => seen.get(id)!)
  return {
    maintenances: pick(ahead).sort(runningFirst),
    recentMaintenances: pick(recent),
    newestMaintenances: pick(newest),
    cancelledMaintenances: pick(cancelled),
  }
}

const runningFirst = (one: MaintenanceSeen, other: MaintenanceSeen): number =>
  Number(isRunning(other.status)) - Number(isRunning(one.status)) || bySchedule(one, other)

/** The maintenances among `ids`. */
export async function readMaintenances(tx: Queryable, ids: readonly string[]): Promise<MaintenanceSeen[]> {
  if (ids.length === 0) return []
  return withSteps(
    tx,
    await tx
      .select()
      .from(publicMaintenances)
      .where(inArray(publicMaintenances.id, [...ids])),
  )
}

/** The next `count` maintenances after the id `after`, in the order of ids. */
export async function maintenancesAfter(tx: Queryable, after: string, count: number): Promise<MaintenanceSeen[]> {
  const rows = await tx
    .select()
    .from(publicMaintenances)
    .where(gt(publicMaintenances.id, after))
    .orderBy(asc(publicMaintenances.id))
    .limit(count)
  return withSteps(tx, rows)
}

/** The newest maintenances that named a component. */
export async function maintenancesOfComponent(tx: Queryable, componentId: string): Promise<MaintenanceSeen[]> {
  const named = tx
    .select({ id: publicMaintenanceComponents.maintenanceId })
    .from(publicMaintenanceComponents)
    .where(eq(publicMaintenanceComponents.componentId, componentId))
  const rows = await tx
    .select()
    .from(publicMaintenances)
    .where(inArray(publicMaintenances.id, named))
    .orderBy(...newestFirst)
    .limit(NEWEST)
  return withSteps(tx, rows)
}

async function withSteps(tx: Queryable, rows: readonly Row[]): Promise<MaintenanceSeen[]> {
  if (rows.length === 0) return []
  const ids = rows.map((row) => row.id)
  const steps = await tx
    .select()
    .from(publicMaintenanceUpdates)
    .where(inArray(publicMaintenanceUpdates.maintenanceId, ids))
    .orderBy(desc(publicMaintenanceUpdates.seq))
  const updates = collect(steps, ({ maintenanceId, ...update }) => [maintenanceId, update])
  const components = await componentsOf(tx, ids)
  const changed = await newestChanges(tx, ids)
  return rows.map((row) => ({
    ...row,
    changed: changed.get(row.id) ?? null,
    componentIds: components.get(row.id) ?? [],
    updates: updates.get(row.id) ?? [],
  }))
}

async function componentsOf(tx: Queryable, ids: string[]): Promise<Map<string, string[]>> {
  const rows = await tx
    .select()
    .from(publicMaintenanceComponents)
    .where(inArray(publicMaintenanceComponents.maintenanceId, ids))
    .orderBy(publicMaintenanceComponents.componentId)
  return collect(rows, ({ maintenanceId, componentId }) => [maintenanceId, componentId])
}

async function newestChanges(tx: Queryable, ids: string[]): Promise<Map<string, Change>> {
  const rows = await tx
    .selectDistinctOn([siteChanges.maintenanceId])
    .from(siteChanges)
    .where(inArray(siteChanges.maintenanceId, ids))
    .orderBy(siteChanges.maintenanceId, desc(siteChanges.revision))
  return new Map(rows.map(({ maintenanceId, revision, at }) => [maintenanceId!, { revision, at }]))
}
