import { eq, sql } from 'drizzle-orm'
import type { Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { queueMaintenanceAnnouncement } from '../../db/queries/announcements.ts'
import { audit } from '../../db/queries/audit.ts'
import { trackShownStatus } from '../../db/queries/component-spans.ts'
import { componentsOfMaintenances, type Maintenance, type MaintenanceUpdate } from '../../db/queries/maintenances.ts'
import { recordChange } from '../../db/queries/site-changes.ts'
import { maintenances, maintenanceUpdates } from '../../db/schema.ts'
import { type MaintenanceStep, nextStep } from '../domain/maintenance.ts'
import { filled } from '../domain/placeholders.ts'
import { maintenanceFacts } from '../domain/template-facts.ts'
import type { Acting } from './acting.ts'
import { organisationName } from './choose-words.ts'
import { guardAnnouncement } from './guard-announcement.ts'
import { templateForSituation } from './message-templates.ts'

export type MaintenanceColumns = Partial<typeof maintenances.$inferInsert>

/** One step of a maintenance: what is said, and whether those who asked to hear are told. */
export interface Telling {
  step: MaintenanceStep
  body: string
  notify: boolean
  /** Which one, for the step `reminder`. */
  reminder?: string
}

/**
 * Tells one step of a locked maintenance: what changes with it, the step as it stays on record, the audit and the
 * announcement stand or fall with the caller's transaction. What outsiders see of it is published by `publishMaintenance`.
 */
export async function tellMaintenance(
  tx: Transaction,
  acting: Acting,
  maintenance: Maintenance,
  telling: Telling,
  columns: MaintenanceColumns,
  now: Date,
): Promise<{ maintenance: Maintenance; update: MaintenanceUpdate }> {
  const after = await moveMaintenance(tx, maintenance, { ...columns, updateSeq: maintenance.updateSeq + 1 }, now)
  const update = await writeUpdate(tx, acting, after, telling, now)
  await audit(tx, acting.actor, {
    action: `maintenance.${telling.step}`,
    subject: { kind: 'maintenance', id: maintenance.id },
    before: { status: maintenance.status },
    after: { seq: update.seq, status: after.status, notify: telling.notify, ...columns },
  })
  if (telling.notify) await guardAnnouncement(tx, acting, await queueMaintenanceAnnouncement(tx, update, now), now)
  return { maintenance: after, update }
}

/** Writes what changes of a maintenance, and when the clock has to look at it next. */
export async function moveMaintenance(
  tx: Transaction,
  maintenance: Maintenance,
  columns: MaintenanceColumns,
  now: Date,
): Promise<Maintenance> {
  const after = { ...maintenance, ...columns }
  const [row] = await tx
    .update(maintenances)
    .set({
      ...columns,
      nextStepAt: nextStep(after, now)?.at ?? null,
      version: sql`${maintenances.version} + 1`,
      updatedAt: now,
    })
    .where(eq(maintenances.id, maintenance.id))
    .returning()
  return row!
}

async function writeUpdate(
  tx: Transaction,
  { actor }: Acting,
  maintenance: Maintenance,
  telling: Telling,
  now: Date,
): Promise<MaintenanceUpdate> {
  const [update] = await tx
    .insert(maintenanceUpdates)
    .values({
      id: newId(),
      maintenanceId: maintenance.id,
      seq: maintenance.updateSeq,
      step: telling.step,
      status: maintenance.status,
      body: telling.body,
      notify: telling.notify,
      scheduledFor: maintenance.scheduledFor,
      scheduledUntil: maintenance.scheduledUntil,
      reminder: telling.reminder ?? null,
      authorId: actor.personId,
      authorKeyId: actor.kind === 'key' ? actor.id : null,
      publishedAt: now,
    })
    .returning()
  return update!
}

/** Where a maintenance was listed until now: with components that it no longer concerns, in a month (YYYY-MM) that it left. */
interface Left {
  components?: readonly string[]
  month?: string | null
  /** It is not there for everybody any more. */
  hides?: boolean
}

/**
 * Makes outsiders see these maintenances as they are now: all their components before any revision, which is the order
 * in which locks are taken. `left`: what one of them, the only one then, was until now and is no longer.
 */
export async function publishMaintenance(
  tx: Transaction,
  changed: readonly Maintenance[],
  now: Date,
  left: Left = {},
): Promise<void> {
  const begun = changed.filter(({ startedAt }) => startedAt !== null).map(({ id }) => id)
  const concerned = [...(await componentsOfMaintenances(tx, begun)).values()].flat().map(({ id }) => id)
  const movedComponents = await trackShownStatus(tx, [...new Set([...concerned, ...(left.components ?? [])])], now)
  for (const { id } of changed)
    await recordChange(
      tx,
      { topic: 'maintenance', maintenanceId: id, movedComponents, leftMonth: left.month ?? null },
      now,
    )
  for (const componentId of left.components ?? []) await recordChange(tx, { topic: 'component', componentId }, now)
  if (left.hides) await recordChange(tx, { topic: 'audiences' }, now)
}

/** Our own words for a step that nobody wrote any for. */
export async function wordsForStep(
  tx: Transaction,
  acting: Acting,
  step: 'reminder' | 'moved' | 'started' | 'completed',
  maintenance: Pick<Maintenance, 'title' | 'scheduledFor' | 'scheduledUntil'>,
  now: Date,
): Promise<string> {
  const overrun = step === 'started' && maintenance.scheduledUntil <= now
  const moment = overrun ? 'maintenance_overrun' : (`maintenance_${step}` as const)
  const { body } = await templateForSituation({ ...acting, db: tx }, { moment })
  return filled(body, maintenanceFacts(maintenance, await organisationName(tx), now))
}
