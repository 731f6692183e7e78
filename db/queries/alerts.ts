import { and, desc, eq, inArray, isNotNull } from 'drizzle-orm'
import { alerts, announcements, deliveries } from '../schema.ts'
import type { Reader } from './cadence.ts'

/** Alerts of an incident, newest first, each with the deliveries it became. */
export async function alertsOf(reader: Reader, incidentId: string) {
  const rows = await reader
    .select()
    .from(alerts)
    .where(eq(alerts.incidentId, incidentId))
    .orderBy(desc(alerts.firedAt), desc(alerts.deadlineSeq))
    .limit(200)
  const sent = await deliveriesOfAlerts(
    reader,
    rows.map((row) => row.id),
  )
  return rows.map((row) => ({ ...row, deliveries: sent.get(row.id) ?? [] }))
}

async function deliveriesOfAlerts(reader: Reader, alertIds: readonly string[]) {
  if (alertIds.length === 0) return new Map<string, never[]>()
  const rows = await reader
    .select({
      alertId: announcements.alertId,
      id: deliveries.id,
      personId: deliveries.personId,
      channel: deliveries.channel,
      state: deliveries.state,
    })
    .from(deliveries)
    .innerJoin(announcements, eq(announcements.id, deliveries.announcementId))
    .where(and(isNotNull(announcements.alertId), inArray(announcements.alertId, [...alertIds])))
  return Map.groupBy(rows, (row) => row.alertId!)
}
