import { eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { audit } from '../../db/queries/audit.ts'
import { trackShownStatus } from '../../db/queries/component-spans.ts'
import { recordChange } from '../../db/queries/site-changes.ts'
import { componentGroups, components } from '../../db/schema.ts'
import { COMPONENT_STATUSES } from '../domain/component.ts'
import { bodyText, oneLine } from '../domain/names.ts'
import { refuseField } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'
import { idSchema } from './fields.ts'
import { keepComponent } from './keep-component.ts'

export const componentFields = {
  name: oneLine(80),
  description: bodyText(500).nullable(),
  group_id: idSchema.nullable(),
  position: z.int().min(0).max(100_000),
  status: z.enum(COMPONENT_STATUSES),
  start_date: z.iso.date({ error: 'Use a date such as 2026-11-12.' }).nullable(),
  only_show_if_degraded: z.boolean(),
  /** Audiences that may see it; none: everybody. */
  audience_ids: z.array(idSchema).max(50),
}

export const addComponentInput = z.strictObject({
  name: componentFields.name,
  ...z.object(componentFields).omit({ name: true }).partial().shape,
})
export type AddComponent = z.infer<typeof addComponentInput>

/** Adds a component to the page, last in its place unless a position is given. */
export const addComponent = (acting: Acting, input: AddComponent): Promise<typeof components.$inferSelect> =>
  acting.db.transaction(async (tx) => {
    await requireGroup(tx, input.group_id)
    const now = await acting.clock(tx)
    const [component] = await tx
      .insert(components)
      .values({
        id: newId(),
        name: input.name,
        description: input.description ?? null,
        groupId: input.group_id ?? null,
        position: input.position ?? (await nextPosition(tx)),
        status: input.status ?? 'operational',
        startDate: input.start_date ?? now.toISOString().slice(0, 10),
        onlyShowIfDegraded: input.only_show_if_degraded ?? false,
        createdAt: now,
        updatedAt: now,
      })
      .returning()
    await trackShownStatus(tx, [component!.id], now)
    await audit(tx, acting.actor, {
      action: 'component.added',
      subject: { kind: 'component', id: component!.id },
      after: { ...input },
    })
    await keepComponent(tx, component!.id, input.audience_ids, now, { born: true })
    await recordChange(tx, { topic: 'component', componentId: component!.id }, now)
    return component!
  })

/** Refuses a group that does not exist or is archived. */
export async function requireGroup(tx: Transaction, groupId: string | null | undefined): Promise<void> {
  if (!groupId) return
  const [group] = await tx.select().from(componentGroups).where(eq(componentGroups.id, groupId))
  if (!group || group.archivedAt) throw refuseField('group_id', 'unknown', `There is no component group ${groupId}.`)
}

async function nextPosition(tx: Transaction): Promise<number> {
  const [row] = await tx.select({ last: sql<number>`coalesce(max(${components.position}), 0)::int` }).from(components)
  return row!.last + 1
}
