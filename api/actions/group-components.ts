import { and, eq, isNull, sql } from 'drizzle-orm'
import { z } from 'zod'
import { newId } from '../../db/ids.ts'
import { audit } from '../../db/queries/audit.ts'
import { recordChange } from '../../db/queries/site-changes.ts'
import { componentGroups, components } from '../../db/schema.ts'
import { bodyText, oneLine } from '../domain/names.ts'
import { refuseConflict, refuseMissing } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'

const fields = {
  name: oneLine(80),
  description: bodyText(500).nullable(),
  position: z.int().min(0).max(100_000),
}
export const addGroupInput = z.strictObject({
  name: fields.name,
  ...z.object(fields).omit({ name: true }).partial().shape,
})
export const changeGroupInput = z.strictObject(z.object(fields).partial().shape)
type Group = typeof componentGroups.$inferSelect

/** Adds a group of components, last unless a position is given. */
export const addGroup = (acting: Acting, input: z.infer<typeof addGroupInput>): Promise<Group> =>
  acting.db.transaction(async (tx) => {
    const now = await acting.clock(tx)
    const last = sql<number>`(select coalesce(max(position), 0) + 1 from component_groups)`
    const [group] = await tx
      .insert(componentGroups)
      .values({
        id: newId(),
        name: input.name,
        description: input.description ?? null,
        position: input.position ?? last,
        createdAt: now,
        updatedAt: now,
      })
      .returning()
    const subject = { kind: 'component_group', id: group!.id }
    await audit(tx, acting.actor, { action: 'component_group.added', subject, after: { ...input } })
    await recordChange(tx, { topic: 'components' }, now)
    return group!
  })

/** Changes a group's name, description or place. */
export const changeGroup = (acting: Acting, id: string, input: z.infer<typeof changeGroupInput>): Promise<Group> =>
  acting.db.transaction(async (tx) => {
    const now = await acting.clock(tx)
    const [group] = await tx
      .update(componentGroups)
      .set({ ...input, updatedAt: now })
      .where(and(eq(componentGroups.id, id), isNull(componentGroups.archivedAt)))
      .returning()
    if (!group) throw refuseMissing('component group')
    const subject = { kind: 'component_group', id }
    await audit(tx, acting.actor, { action: 'component_group.changed', subject, after: { ...input } })
    await recordChange(tx, { topic: 'components' }, now)
    return group
  })

/** Takes an empty group off the page. */
export const archiveGroup = (acting: Acting, id: string): Promise<void> =>
  acting.db.transaction(async (tx) => {
    const [group] = await tx
      .select()
      .from(componentGroups)
      .where(and(eq(componentGroups.id, id), isNull(componentGroups.archivedAt)))
      .for('update')
    if (!group) throw refuseMissing('component group')
    const [member] = await tx
      .select({ id: components.id })
      .from(components)
      .where(and(eq(components.groupId, id), isNull(components.archivedAt)))
      .limit(1)
    if (member) throw refuseConflict('in_use', 'This group still has components; move them first.')
    const now = await acting.clock(tx)
    await tx.update(componentGroups).set({ archivedAt: now, updatedAt: now }).where(eq(componentGroups.id, id))
    await audit(tx, acting.actor, { action: 'component_group.archived', subject: { kind: 'component_group', id } })
    await recordChange(tx, { topic: 'components' }, now)
  })
