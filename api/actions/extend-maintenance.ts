import { z } from 'zod'
import type { Maintenance } from '../../db/queries/maintenances.ts'
import { wake } from '../../db/queries/wake.ts'
import { refuseField } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'
import { lockLiving, maintenanceFields } from './maintenance-fields.ts'
import { publishMaintenance, tellMaintenance } from './tell-maintenance.ts'

export const extendMaintenanceInput = z.strictObject({
  scheduled_until: maintenanceFields.scheduled_until,
  body: maintenanceFields.body,
})
export type ExtendMaintenance = z.infer<typeof extendMaintenanceInput>

/** Gives planned work more time, and says why. */
export const extendMaintenance = (
  acting: Acting,
  id: string,
  input: ExtendMaintenance,
  expectedVersion: number | null = null,
): Promise<Maintenance> =>
  acting.db.transaction(async (tx) => {
    const before = await lockLiving(tx, id, expectedVersion)
    const now = await acting.clock(tx)
    if (input.scheduled_until <= now || input.scheduled_until <= before.scheduledUntil)
      throw refuseField('scheduled_until', 'not_later', 'An extension ends later than now and than planned before.')
    const telling = { step: 'extended', body: input.body, notify: before.notify } as const
    const columns = { scheduledUntil: input.scheduled_until, sequence: before.sequence + 1 }
    const { maintenance } = await tellMaintenance(tx, acting, before, telling, columns, now)
    await publishMaintenance(tx, [maintenance], now)
    await wake(tx, 'cadence')
    return maintenance
  })
