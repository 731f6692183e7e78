import { and, asc, desc, eq, gt, isNotNull, sql } from 'drizzle-orm'
import type { Transaction } from '../client.ts'
import { maintenances, maintenanceUpdates } from '../schema.ts'
import type { Reader } from './cadence.ts'
import type { Maintenance } from './maintenances.ts'

/** Everything that recurs, by the ids of the first occurrences. */
export async function allSeries(reader: Reader): Promise<string[]> {
  const rows = await reader
    .select({ id: maintenances.id })
    .from(maintenances)
    .where(and(isNotNull(maintenances.seriesId), eq(maintenances.id, maintenances.seriesId)))
    .orderBy(asc(maintenances.id))
  return rows.map(({ id }) => id)
}

/** Takes the lock under which occurrences are planned; null when somebody else plans them, or ends the series. */
export async function lockSeries(tx: Transaction, seriesId: string): Promise<Maintenance | null> {
  const [row] = await tx
    .select()
    .from(maintenances)
    .where(eq(maintenances.id, seriesId))
    .for('update', { skipLocked: true })
  return row ?? null
}

/** Takes the same lock for ending the series, waiting for it. */
export const lockSeriesToEnd = (tx: Transaction, seriesId: string) =>
  tx.select({ id: maintenances.id }).from(maintenances).where(eq(maintenances.id, seriesId)).for('update')

/** The occurrence furthest ahead, which the next ones are planned after. */
export async function lastOccurrence(reader: Reader, seriesId: string): Promise<Maintenance> {
  const [row] = await reader
    .select()
    .from(maintenances)
    .where(eq(maintenances.seriesId, seriesId))
    .orderBy(desc(maintenances.occurrenceAt))
    .limit(1)
  return row!
}

/** How many occurrences that have not begun are ahead. */
export const occurrencesAhead = (reader: Transaction, seriesId: string, now: Date): Promise<number> =>
  reader.$count(
    maintenances,
    and(eq(maintenances.seriesId, seriesId), eq(maintenances.status, 'scheduled'), gt(maintenances.scheduledFor, now)),
  )

/** The occurrences after one of them that have not begun, in their order, locked. */
export const lockLaterOccurrences = (
  tx: Transaction,
  { seriesId, occurrenceAt }: Maintenance,
): Promise<Maintenance[]> =>
  tx
    .select()
    .from(maintenances)
    .where(
      and(
        eq(maintenances.seriesId, seriesId!),
        gt(maintenances.occurrenceAt, occurrenceAt!),
        eq(maintenances.status, 'scheduled'),
      ),
    )
    .orderBy(asc(maintenances.occurrenceAt))
    .for('update')

/** For how long the work was planned to take, whatever became of it, in milliseconds. */
export async function plannedLength(reader: Reader, maintenanceId: string): Promise<number> {
  const [planned] = await reader
    .select({ from: maintenanceUpdates.scheduledFor, until: maintenanceUpdates.scheduledUntil })
    .from(maintenanceUpdates)
    .where(and(eq(maintenanceUpdates.maintenanceId, maintenanceId), eq(maintenanceUpdates.step, 'planned')))
  return planned!.until.getTime() - planned!.from.getTime()
}

/** Makes an occurrence concern what another does, but for components that are gone since. */
export const concernAlike = (tx: Transaction, from: string, to: string) =>
  tx.execute(sql`
    insert into maintenance_components (maintenance_id, component_id)
    select ${to}, work.component_id
    from maintenance_components as work join components on components.id = work.component_id
    where work.maintenance_id = ${from} and components.archived_at is null`)
