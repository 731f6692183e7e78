import { desc, eq } from 'drizzle-orm'
import { addComponent } from '../../api/actions/add-component.ts'
import { type PlanMaintenance, planMaintenance, planMaintenanceInput } from '../../api/actions/plan-maintenance.ts'
import { HOUR, plus } from '../../api/domain/duration.ts'
import { componentById } from '../../db/queries/components.ts'
import { type MaintenanceUpdate, maintenanceById } from '../../db/queries/maintenances.ts'
import { announcements, maintenanceUpdates, siteChanges } from '../../db/schema.ts'
import { actingAs, setUpNorthwind } from './acting.ts'
import { testDatabase } from './database.ts'

/** When these tests begin. */
export const NOW = new Date('2026-11-12T14:00:00.000Z')
/** When work begins unless told otherwise: in three days, for two hours. */
export const BEGIN = plus(NOW, 72 * HOUR)
export const END = plus(BEGIN, 2 * HOUR)

/** A database with Northwind and its storage in it, whose clock stands at `NOW`. */
export async function maintaining() {
  const { db, clock, connection } = await testDatabase()
  await clock.set(NOW)
  await setUpNorthwind(db)
  const acting = actingAs(db, clock)
  const storage = await addComponent(acting, { name: 'Storage EU' })
  const told = (id: string): Promise<MaintenanceUpdate[]> =>
    db.select().from(maintenanceUpdates).where(eq(maintenanceUpdates.maintenanceId, id)).orderBy(maintenanceUpdates.seq)
  return {
    db,
    clock,
    connection,
    acting,
    storage: storage.id,
    /** Plans work on storage as the API would. */
    plan: (more: Partial<Record<keyof PlanMaintenance, unknown>> = {}) =>
      planMaintenance(
        acting,
        planMaintenanceInput.parse({
          title: 'Storage upgrade',
          body: 'We replace disks. Uploads pause for a few minutes.',
          components: [storage.id],
          scheduled_for: BEGIN.toISOString(),
          scheduled_until: END.toISOString(),
          ...more,
        }),
      ),
    /** What was told, in order. */
    told,
    /** The steps in order; one that was announced is marked. */
    async steps(id: string): Promise<string[]> {
      const rows = await db.select({ updateId: announcements.maintenanceUpdateId }).from(announcements)
      const announced = new Set(rows.map(({ updateId }) => updateId))
      return (await told(id)).map((update) => `${update.step}${announced.has(update.id) ? ' !' : ''}`)
    },
    read: async (id: string) => (await maintenanceById(db, id))!,
    shown: async () => (await componentById(db, storage.id))!.shownStatus,
    /** Public changes of this maintenance, oldest first. */
    changes: async (id: string) =>
      (await db.select().from(siteChanges).where(eq(siteChanges.maintenanceId, id)).orderBy(siteChanges.revision)).map(
        ({ movedComponents, at }) => ({ movedComponents, at }),
      ),
    lastDay: async () =>
      (await db.select().from(siteChanges).where(eq(siteChanges.topic, 'day')).orderBy(desc(siteChanges.revision))).map(
        ({ at }) => at.toISOString(),
      ),
  }
}
