import { z } from 'zod'
import type { Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import type { Maintenance } from '../../db/queries/maintenances.ts'
import { wake } from '../../db/queries/wake.ts'
import { maintenances, organisation } from '../../db/schema.ts'
import { faultOfRule } from '../domain/recurrence.ts'
import { refuseField } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'
import { zone } from './fields.ts'
import { concernComponents, maintenanceFields, refuseWindow } from './maintenance-fields.ts'
import { publishMaintenance, tellMaintenance } from './tell-maintenance.ts'

const { title, body, scheduled_for, scheduled_until, ...rest } = maintenanceFields

/** What planning takes; title, body and window are required (contract section 4, `/maintenances`). */
export const planMaintenanceInput = z.strictObject({
  title,
  body,
  scheduled_for,
  scheduled_until,
  rrule: z.string().max(500).nullable().optional(),
  time_zone: zone.optional(),
  ...z.object(rest).partial().shape,
})
export type PlanMaintenance = z.infer<typeof planMaintenanceInput>

const REMINDERS = ['-PT24H', '-PT1H']

/**
 * Plans work that customers should know of. It is announced at once, unless it begins at once: then its beginning is.
 * What recurs is planned ahead by the clock, occurrence by occurrence.
 */
export const planMaintenance = (acting: Acting, input: PlanMaintenance): Promise<Maintenance> =>
  acting.db.transaction(async (tx) => {
    const now = await acting.clock(tx)
    refuseWindow(input.scheduled_for, input.scheduled_until, now)
    const written = await writeMaintenance(tx, input, now)
    await concernComponents(tx, written, input.components ?? [])
    const beginsNow = written.autoStart && written.scheduledFor <= now
    const telling = { step: 'planned', body: input.body, notify: written.notify && !beginsNow } as const
    const { maintenance } = await tellMaintenance(tx, acting, written, telling, {}, now)
    await publishMaintenance(tx, [maintenance], now)
    await wake(tx, 'cadence')
    return maintenance
  })

async function writeMaintenance(tx: Transaction, input: PlanMaintenance, now: Date): Promise<Maintenance> {
  const timeZone = input.time_zone ?? (await zoneOfOrganisation(tx))
  const rrule = input.rrule ?? null
  refuseRule(rrule, input.scheduled_for, timeZone)
  const id = newId()
  const [maintenance] = await tx
    .insert(maintenances)
    .values({
      id,
      seriesId: rrule === null ? null : id,
      occurrenceAt: rrule === null ? null : input.scheduled_for,
      title: input.title,
      subjectTitle: input.title,
      body: input.body,
      scheduledFor: input.scheduled_for,
      scheduledUntil: input.scheduled_until,
      rrule,
      timeZone,
      reminders: input.reminders ?? REMINDERS,
      autoStart: input.auto_start ?? true,
      autoComplete: input.auto_complete ?? true,
      notify: input.notify ?? true,
      createdAt: now,
      updatedAt: now,
    })
    .returning()
  return maintenance!
}

function refuseRule(rrule: string | null, firstStart: Date, timeZone: string): void {
  const fault = rrule === null ? null : faultOfRule(rrule, firstStart, timeZone)
  if (fault) throw refuseField(fault.field, fault.code, fault.message)
}

async function zoneOfOrganisation(tx: Transaction): Promise<string> {
  const [row] = await tx.select({ timeZone: organisation.timeZone }).from(organisation)
  return row?.timeZone ?? 'Etc/UTC'
}
