import { asc, eq, inArray } from 'drizzle-orm'
import { z } from 'zod'
import type { Transaction } from '../../db/client.ts'
import { componentIdsOf, lockMaintenance, type Maintenance } from '../../db/queries/maintenances.ts'
import { components, maintenanceComponents } from '../../db/schema.ts'
import { DAY, MINUTE, millisecondsOf } from '../domain/duration.ts'
import { isOver } from '../domain/maintenance.ts'
import { oneLine } from '../domain/names.ts'
import { saidText } from '../domain/placeholders.ts'
import { Refusal, refuseConflict, refuseField, refuseMissing } from '../domain/refusal.ts'
import { idSchema, instant } from './fields.ts'

const EARLIEST_REMINDER = 30 * DAY
const LATEST_REMINDER = 5 * MINUTE

const reminder = z
  .string()
  .max(20)
  .refine((text) => isReminder(millisecondsOf(text)), {
    error: 'Use a negative ISO 8601 duration from -PT5M to -P30D, such as -PT24H.',
  })

const isReminder = (offset: number | null): boolean =>
  offset !== null && offset <= -LATEST_REMINDER && offset >= -EARLIEST_REMINDER

/** What can be said of a maintenance when it is planned, and changed later. */
export const maintenanceFields = {
  title: oneLine(120),
  body: saidText(5000),
  components: z.array(idSchema).max(200),
  scheduled_for: instant,
  scheduled_until: instant,
  reminders: z.array(reminder).max(5, { error: 'Use at most 5 reminders.' }),
  auto_start: z.boolean(),
  auto_complete: z.boolean(),
  notify: z.boolean(),
}

/** Locks a maintenance that still lives, or refuses: unknown, changed since the caller looked (412), or over (409). */
export async function lockLiving(tx: Transaction, id: string, expectedVersion: number | null): Promise<Maintenance> {
  const maintenance = await lockMaintenance(tx, id)
  if (!maintenance) throw refuseMissing('maintenance')
  if (expectedVersion !== null && expectedVersion !== maintenance.version)
    throw new Refusal('stale', 'Somebody changed this maintenance since you looked; look again, then change it.')
  if (isOver(maintenance.status))
    throw refuseConflict('illegal_transition', `This maintenance is ${maintenance.status}; plan another.`)
  return maintenance
}

/** Refuses a window that ends before it begins, or has passed. */
export function refuseWindow(scheduledFor: Date, scheduledUntil: Date, now: Date): void {
  if (scheduledUntil <= scheduledFor)
    throw refuseField('scheduled_until', 'order', 'A maintenance ends after it begins.')
  if (scheduledUntil <= now)
    throw refuseField('scheduled_until', 'in_the_past', 'This window has passed; record what happened as an incident.')
}

/**
 * Makes the maintenance concern exactly these components; refuses unknown or archived ones by index. All that it
 * concerned and will concern are locked first, in the order of their ids, as everybody locks components.
 */
export async function concernComponents(tx: Transaction, { id }: Maintenance, ids: readonly string[]): Promise<void> {
  const until = await componentIdsOf(tx, id)
  const living = await lockLivingAmong(tx, [...until, ...ids])
  refuseUnknown(living, ids)
  await tx.delete(maintenanceComponents).where(eq(maintenanceComponents.maintenanceId, id))
  if (ids.length > 0)
    await tx.insert(maintenanceComponents).values(ids.map((componentId) => ({ maintenanceId: id, componentId })))
}

async function lockLivingAmong(tx: Transaction, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await tx
    .select({ id: components.id, archivedAt: components.archivedAt })
    .from(components)
    .where(inArray(components.id, [...ids]))
    .orderBy(asc(components.id))
    .for('no key update')
  return new Set(rows.filter((row) => row.archivedAt === null).map((row) => row.id))
}

function refuseUnknown(living: ReadonlySet<string>, ids: readonly string[]): void {
  const errors = ids.flatMap((id, index) => {
    const field = `components.${index}`
    if (!living.has(id)) return [{ field, code: 'unknown', message: `There is no component ${id}.` }]
    if (ids.indexOf(id) !== index) return [{ field, code: 'duplicate', message: 'Name each component once.' }]
    return []
  })
  if (errors.length > 0) throw new Refusal('invalid', errors[0]!.message, errors)
}
