import { z } from 'zod'
import type { Transaction } from '../../db/client.ts'
import { audit } from '../../db/queries/audit.ts'
import { componentIdsOf, type Maintenance } from '../../db/queries/maintenances.ts'
import { wake } from '../../db/queries/wake.ts'
import { utcMonth } from '../domain/days.ts'
import { isRunning } from '../domain/maintenance.ts'
import { refuseConflict } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'
import { concernComponents, lockLiving, maintenanceFields, refuseWindow } from './maintenance-fields.ts'
import { goesOutOfSight } from './out-of-sight.ts'
import {
  type MaintenanceColumns,
  moveMaintenance,
  publishMaintenance,
  tellMaintenance,
  wordsForStep,
} from './tell-maintenance.ts'

/** What may be changed of one maintenance until it is over; absent = unchanged. */
export const changeMaintenanceInput = z.strictObject(z.object(maintenanceFields).partial().shape)
export type ChangeMaintenance = z.infer<typeof changeMaintenanceInput>

/**
 * Changes facts about a maintenance; of what recurs, this occurrence alone. A new window is told to everybody, and its
 * reminders are given anew; anything else is shown and not told.
 */
export const changeMaintenance = (
  acting: Acting,
  id: string,
  input: ChangeMaintenance,
  expectedVersion: number | null = null,
): Promise<Maintenance> =>
  acting.db.transaction(async (tx) => {
    const maintenance = await lockLiving(tx, id, expectedVersion)
    const now = await acting.clock(tx)
    const isMoved = moves(maintenance, input)
    if (isMoved) refuseMove(maintenance, input, now)
    const until = await componentIdsOf(tx, id)
    if (input.components) await concernComponents(tx, maintenance, input.components)
    const columns = columnsOf(maintenance, input, isMoved)
    const after = await write(tx, acting, maintenance, columns, { isMoved, input, until, now })
    const hides = input.components !== undefined && (await goesOutOfSight(tx, until, input.components))
    await publishMaintenance(tx, [after], now, { ...leftBy(maintenance, after, until, input), hides })
    await wake(tx, 'cadence')
    return after
  })

/** Where it was listed until now and is no longer. */
const leftBy = (before: Maintenance, after: Maintenance, until: string[], { components }: ChangeMaintenance) => ({
  components: until.filter((id) => components !== undefined && !components.includes(id)),
  month: utcMonth(after.scheduledFor) === utcMonth(before.scheduledFor) ? null : utcMonth(before.scheduledFor),
})

const moves = ({ scheduledFor, scheduledUntil }: Maintenance, input: ChangeMaintenance): boolean =>
  (input.scheduled_for ?? scheduledFor).getTime() !== scheduledFor.getTime() ||
  (input.scheduled_until ?? scheduledUntil).getTime() !== scheduledUntil.getTime()

function refuseMove(maintenance: Maintenance, input: ChangeMaintenance, now: Date): void {
  const field = input.scheduled_for ? 'scheduled_for' : 'scheduled_until'
  if (isRunning(maintenance.status))
    throw refuseConflict('illegal_transition', 'This maintenance has begun; extend it or complete it.', field)
  refuseWindow(
    input.scheduled_for ?? maintenance.scheduledFor,
    input.scheduled_until ?? maintenance.scheduledUntil,
    now,
  )
}

function columnsOf({ sequence }: Maintenance, input: ChangeMaintenance, isMoved: boolean): MaintenanceColumns {
  const isForCalendars = isMoved || [input.title, input.body, input.components].some((value) => value !== undefined)
  return present({
    title: input.title,
    body: input.body,
    scheduledFor: input.scheduled_for,
    scheduledUntil: input.scheduled_until,
    reminders: input.reminders,
    autoStart: input.auto_start,
    autoComplete: input.auto_complete,
    notify: input.notify,
    sequence: isForCalendars ? sequence + 1 : undefined,
  })
}

async function write(
  tx: Transaction,
  acting: Acting,
  maintenance: Maintenance,
  columns: MaintenanceColumns,
  { isMoved, input, until, now }: { isMoved: boolean; input: ChangeMaintenance; until: string[]; now: Date },
): Promise<Maintenance> {
  const names = Object.keys(columns) as (keyof MaintenanceColumns & keyof Maintenance)[]
  await audit(tx, acting.actor, {
    action: 'maintenance.changed',
    subject: { kind: 'maintenance', id: maintenance.id },
    before: { ...Object.fromEntries(names.map((name) => [name, maintenance[name]])), components: until },
    after: { ...columns, components: input.components ?? until },
  })
  if (!isMoved) return moveMaintenance(tx, maintenance, columns, now)
  const after = { ...maintenance, ...columns }
  const body = await wordsForStep(tx, acting, 'moved', after, now)
  const telling = { step: 'moved', body, notify: after.notify } as const
  return (await tellMaintenance(tx, acting, maintenance, telling, columns, now)).maintenance
}

/** Leaves out what is undefined, so that absent means unchanged. */
const present = (columns: MaintenanceColumns): MaintenanceColumns =>
  Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined))
