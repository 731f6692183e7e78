import { and, eq, gte } from 'drizzle-orm'
import { z } from 'zod'
import type { Transaction } from '../../db/client.ts'
import { lockLaterOccurrences, lockSeriesToEnd } from '../../db/queries/maintenance-series.ts'
import { type Maintenance, maintenanceById } from '../../db/queries/maintenances.ts'
import { wake } from '../../db/queries/wake.ts'
import { maintenances } from '../../db/schema.ts'
import { endedBefore } from '../domain/recurrence.ts'
import { refuseField, refuseMissing } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'
import { lockLiving, maintenanceFields } from './maintenance-fields.ts'
import { publishMaintenance, tellMaintenance } from './tell-maintenance.ts'

export const cancelMaintenanceInput = z.strictObject({
  body: maintenanceFields.body,
  whole_series: z.boolean().optional(),
})
export type CancelMaintenance = z.infer<typeof cancelMaintenanceInput>

/**
 * Calls planned or running work off, and says so. With `whole_series` no occurrence follows either: those that are
 * planned already are called off without a word of their own.
 */
export const cancelMaintenance = (
  acting: Acting,
  id: string,
  input: CancelMaintenance,
  expectedVersion: number | null = null,
): Promise<Maintenance> =>
  acting.db.transaction(async (tx) => {
    if (input.whole_series) await lockSeriesOf(tx, id)
    const before = await lockLiving(tx, id, expectedVersion)
    const now = await acting.clock(tx)
    const later = input.whole_series ? await lockLaterOccurrences(tx, before) : []
    if (input.whole_series) await endSeries(tx, before)
    const told = await callOff(tx, acting, before, { body: input.body, notify: before.notify }, now)
    const silent = []
    for (const each of later) silent.push(await callOff(tx, acting, each, { body: input.body, notify: false }, now))
    await publishMaintenance(tx, [told, ...silent], now)
    await wake(tx, 'cadence')
    return told
  })

/** Occurrences are planned under this lock, so none is added while the series ends. */
async function lockSeriesOf(tx: Transaction, id: string): Promise<void> {
  const maintenance = await maintenanceById(tx, id)
  if (!maintenance) throw refuseMissing('maintenance')
  if (!maintenance.seriesId) throw refuseField('whole_series', 'no_series', 'This maintenance does not recur.')
  await lockSeriesToEnd(tx, maintenance.seriesId)
}

/** Its rule fires no more from this occurrence on, which is also how calendars write it. */
const endSeries = (tx: Transaction, { seriesId, occurrenceAt, rrule }: Maintenance) =>
  tx
    .update(maintenances)
    .set({ rrule: endedBefore(rrule!, occurrenceAt!) })
    .where(and(eq(maintenances.seriesId, seriesId!), gte(maintenances.occurrenceAt, occurrenceAt!)))

const callOff = async (
  tx: Transaction,
  acting: Acting,
  maintenance: Maintenance,
  said: { body: string; notify: boolean },
  now: Date,
): Promise<Maintenance> => {
  const columns = { status: 'cancelled', endedAt: now, sequence: maintenance.sequence + 1 } as const
  return (await tellMaintenance(tx, acting, maintenance, { step: 'cancelled', ...said }, columns, now)).maintenance
}
