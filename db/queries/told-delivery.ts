import { eq } from 'drizzle-orm'
import type { List } from '../../api/domain/audience.ts'
import { deliveries, incidentComponents, maintenanceComponents, subscribers } from '../schema.ts'
import type { Reader } from './cadence.ts'

/** What a subscriber was told of, and the components that it concerns now. */
export interface ToldDelivery {
  subscriberId: string
  list: List
  incidentId: string | null
  maintenanceId: string | null
  componentIds: string[]
}

/** What a delivery told a subscriber of; null where there is no such row any more. */
export async function toldDelivery(db: Reader, id: string): Promise<ToldDelivery | null> {
  const [row] = await db
    .select({
      subscriberId: subscribers.id,
      list: subscribers.list,
      incidentId: deliveries.incidentId,
      maintenanceId: deliveries.maintenanceId,
    })
    .from(deliveries)
    .innerJoin(subscribers, eq(subscribers.id, deliveries.subscriberId))
    .where(eq(deliveries.id, id))
  if (!row || !(row.incidentId ?? row.maintenanceId)) return null
  return { ...row, componentIds: await concerned(db, row) }
}

type Subject = Pick<typeof deliveries.$inferSelect, 'incidentId' | 'maintenanceId'>

async function concerned(db: Reader, { incidentId, maintenanceId }: Subject): Promise<string[]> {
  const rows = incidentId
    ? await db
        .select({ id: incidentComponents.componentId })
        .from(incidentComponents)
        .where(eq(incidentComponents.incidentId, incidentId))
    : await db
        .select({ id: maintenanceComponents.componentId })
        .from(maintenanceComponents)
        .where(eq(maintenanceComponents.maintenanceId, maintenanceId!))
  return rows.map((row) => row.id)
}
