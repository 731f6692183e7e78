import { z } from 'zod'
import type { Maintenance, MaintenanceUpdate } from '../../db/queries/maintenances.ts'
import { wake } from '../../db/queries/wake.ts'
import { type MaintenanceStatus, type MaintenanceStep, mayMove } from '../domain/maintenance.ts'
import { saidText } from '../domain/placeholders.ts'
import { refuseConflict } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'
import { lockLiving } from './maintenance-fields.ts'
import { type MaintenanceColumns, publishMaintenance, tellMaintenance } from './tell-maintenance.ts'

/** What a word on a maintenance takes; with a status it starts, verifies or completes the work by hand. */
export const postMaintenanceUpdateInput = z.strictObject({
  status: z.enum(['in_progress', 'verifying', 'completed']).optional(),
  body: saidText(5000),
  notify: z.boolean().optional(),
})
export type PostMaintenanceUpdate = z.infer<typeof postMaintenanceUpdateInput>

/** Says something about planned work, and moves it on where a new status is given. */
export const postMaintenanceUpdate = (
  acting: Acting,
  id: string,
  input: PostMaintenanceUpdate,
  expectedVersion: number | null = null,
): Promise<MaintenanceUpdate> =>
  acting.db.transaction(async (tx) => {
    const before = await lockLiving(tx, id, expectedVersion)
    const status = input.status ?? before.status
    const now = await acting.clock(tx)
    refuseStep(before, status, now)
    const telling = { step: stepTo(before, status), body: input.body, notify: input.notify ?? before.notify }
    const { maintenance, update } = await tellMaintenance(
      tx,
      acting,
      before,
      telling,
      columnsFor(before, status, now),
      now,
    )
    await publishMaintenance(tx, [maintenance], now)
    await wake(tx, 'cadence')
    return update
  })

function refuseStep(before: Maintenance, status: MaintenanceStatus, now: Date): void {
  if (status === before.status) return
  if (!mayMove(before.status, status))
    throw refuseConflict(
      'illegal_transition',
      `A maintenance does not go from ${before.status} to ${status}.`,
      'status',
    )
  if (status === 'in_progress' && before.autoComplete && before.scheduledUntil <= now)
    throw refuseConflict('illegal_transition', 'Its window is over; extend it, then start it.', 'status')
}

/** Work that goes on after a look at it is a note: it has been told to begin already. */
function stepTo(before: Maintenance, status: MaintenanceStatus): MaintenanceStep {
  if (status === before.status || (status === 'in_progress' && before.status === 'verifying')) return 'note'
  return status === 'in_progress' ? 'started' : status === 'scheduled' ? 'note' : status
}

const columnsFor = (before: Maintenance, status: MaintenanceStatus, now: Date): MaintenanceColumns => ({
  status,
  startedAt: before.startedAt ?? (status === 'in_progress' ? now : null),
  endedAt: status === 'completed' ? now : null,
})
