import { asc, eq } from 'drizzle-orm'
import type { Queryable } from '../client.ts'
import { components, maintenanceComponents, maintenances, maintenanceUpdates } from '../schema.ts'
import { scopesAbout, type WorkConcern, wholeOf } from './audience.ts'

/** A step of a maintenance with what is told beside it. */
export interface ToldMaintenance {
  step: typeof maintenanceUpdates.$inferSelect
  maintenance: typeof maintenances.$inferSelect
  /** In page order. */
  components: { id: string; name: string; groupId: string | null }[]
}

export async function toldMaintenance(db: Queryable, maintenanceUpdateId: string): Promise<ToldMaintenance> {
  const [row] = await db
    .select()
    .from(maintenanceUpdates)
    .innerJoin(maintenances, eq(maintenances.id, maintenanceUpdates.maintenanceId))
    .where(eq(maintenanceUpdates.id, maintenanceUpdateId))
  const { maintenance_updates: step, maintenances: maintenance } = row!
  return { step, maintenance, components: await componentsOf(db, maintenance.id) }
}

const componentsOf = (db: Queryable, maintenanceId: string): Promise<ToldMaintenance['components']> =>
  db
    .select({ id: components.id, name: components.name, groupId: components.groupId })
    .from(maintenanceComponents)
    .innerJoin(components, eq(components.id, maintenanceComponents.componentId))
    .where(eq(maintenanceComponents.maintenanceId, maintenanceId))
    .orderBy(asc(components.position), asc(components.id))

/** Whom a step concerns: a note is no milestone. */
export const concernOfWork = async (
  db: Queryable,
  { step, components: named }: ToldMaintenance,
): Promise<WorkConcern> => ({
  scopes: await scopesAbout(db, named),
  whole: wholeOf(named),
  milestone: step.step !== 'note',
})
