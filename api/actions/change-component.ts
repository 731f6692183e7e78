import { and, eq, ne } from 'drizzle-orm'
import { z } from 'zod'
import type { Transaction } from '../../db/client.ts'
import { audit } from '../../db/queries/audit.ts'
import { queueChoiceGone } from '../../db/queries/choice-gone.ts'
import { trackShownStatus } from '../../db/queries/component-spans.ts'
import { audiencesOf } from '../../db/queries/eyes.ts'
import { runningMaintenanceOf } from '../../db/queries/maintenances.ts'
import { recordChange } from '../../db/queries/site-changes.ts'
import { components, incidentComponents, incidents } from '../../db/schema.ts'
import { refuseConflict, refuseMissing } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'
import { componentFields, requireGroup } from './add-component.ts'
import { keepComponent } from './keep-component.ts'

export const changeComponentInput = z.strictObject(z.object(componentFields).partial().shape)
export type ChangeComponent = z.infer<typeof changeComponentInput>
type Component = typeof components.$inferSelect

/** Changes a component; a status set by hand shows only while no open incident holds it. */
export const changeComponent = (acting: Acting, id: string, input: ChangeComponent): Promise<Component> =>
  acting.db.transaction(async (tx) => {
    const before = await lockComponent(tx, id)
    await requireGroup(tx, input.group_id)
    const now = await acting.clock(tx)
    const [after] = await tx
      .update(components)
      .set({
        name: input.name,
        description: input.description,
        groupId: input.group_id,
        position: input.position,
        status: input.status,
        startDate: input.start_date,
        onlyShowIfDegraded: input.only_show_if_degraded,
        updatedAt: now,
      })
      .where(eq(components.id, id))
      .returning()
    const movedComponents = await trackShownStatus(tx, [id], now)
    await audit(tx, acting.actor, {
      action: 'component.changed',
      subject: { kind: 'component', id },
      before: { ...before },
      after: { ...input },
    })
    const privately = (await audiencesOf(tx, [id])).has(id)
    await recordChange(
      tx,
      isNamedOtherwise(before, after!) && !privately
        ? { topic: 'components', movedComponents }
        : { topic: 'component', componentId: id, movedComponents },
      now,
    )
    await keepComponent(tx, id, input.audience_ids, now)
    return after!
  })

/** Whether pages that print names print others now, or in another order. */
const isNamedOtherwise = (before: Component, after: Component): boolean =>
  after.name !== before.name || after.groupId !== before.groupId || after.position !== before.position

/** Takes a component off the page for good; its history stays. Refused while an open incident or work under way names it. */
export const archiveComponent = (acting: Acting, id: string): Promise<void> =>
  acting.db.transaction(async (tx) => {
    await lockComponent(tx, id)
    const [holding] = await tx
      .select({ id: incidents.id })
      .from(incidentComponents)
      .innerJoin(incidents, eq(incidents.id, incidentComponents.incidentId))
      .where(and(eq(incidentComponents.componentId, id), ne(incidents.status, 'resolved')))
      .limit(1)
    if (holding) throw refuseConflict('in_use', `Incident ${holding.id} is open and names this component.`)
    const work = await runningMaintenanceOf(tx, id)
    if (work) throw refuseConflict('in_use', `Maintenance ${work} is under way and concerns this component.`)
    const now = await acting.clock(tx)
    await tx.update(components).set({ archivedAt: now, updatedAt: now }).where(eq(components.id, id))
    await audit(tx, acting.actor, { action: 'component.archived', subject: { kind: 'component', id } })
    await recordChange(tx, { topic: 'component', componentId: id }, now)
    // Pages of maintenance and history name it no more, or otherwise; none of everybody's names what is private.
    if (!(await audiencesOf(tx, [id])).has(id)) await recordChange(tx, { topic: 'components' }, now)
    await queueChoiceGone(tx, id, now)
  })

async function lockComponent(tx: Transaction, id: string): Promise<Component> {
  const [component] = await tx.select().from(components).where(eq(components.id, id)).for('no key update')
  if (!component || component.archivedAt) throw refuseMissing('component')
  return component
}
