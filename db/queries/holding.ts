import { asc, eq, isNull } from 'drizzle-orm'
import { incidentComponents, incidents } from '../schema.ts'
import type { Reader } from './cadence.ts'

/** Which open incidents hold which component, in which status, whoever may see them. */
export const openHolds = (reader: Reader) =>
  reader
    .select({
      componentId: incidentComponents.componentId,
      status: incidentComponents.status,
      id: incidents.id,
      title: incidents.title,
    })
    .from(incidentComponents)
    .innerJoin(incidents, eq(incidents.id, incidentComponents.incidentId))
    .where(isNull(incidents.resolvedAt))
    .orderBy(asc(incidents.declaredAt))
