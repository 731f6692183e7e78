import { and, asc, desc, eq, inArray, isNotNull, max } from 'drizzle-orm'
import { alerts, announcements, deliveries, incidents, people, updates } from '../schema.ts'
import type { Reader } from './cadence.ts'

/** When each of these incidents was spoken of, oldest first, by incident id. */
export async function wordsOf(reader: Reader, incidentIds: readonly string[]): Promise<Map<string, Date[]>> {
  if (incidentIds.length === 0) return new Map()
  const rows = await reader
    .select({ incidentId: updates.incidentId, at: updates.publishedAt })
    .from(updates)
    .where(and(inArray(updates.incidentId, [...incidentIds]), isNotNull(updates.publishedAt)))
    .orderBy(asc(updates.publishedAt))
  const byIncident = Map.groupBy(rows, (row) => row.incidentId)
  return new Map([...byIncident].map(([id, words]) => [id, words.map((word) => word.at!)]))
}

export interface LastAlert {
  at: Date
  to: string[]
}

/** The last alert about the present promise of each of these incidents, and whom it was sent to; by incident id. */
export async function lastAlertsOf(reader: Reader, incidentIds: readonly string[]): Promise<Map<string, LastAlert>> {
  if (incidentIds.length === 0) return new Map()
  const rows = await reader
    .selectDistinctOn([alerts.incidentId], {
      id: alerts.id,
      incidentId: alerts.incidentId,
      at: alerts.firedAt,
    })
    .from(alerts)
    .innerJoin(incidents, and(eq(incidents.id, alerts.incidentId), eq(incidents.deadlineSeq, alerts.deadlineSeq)))
    .where(
      and(inArray(alerts.incidentId, [...incidentIds]), eq(alerts.audience, 'public'), eq(alerts.state, 'alerted')),
    )
    .orderBy(alerts.incidentId, desc(alerts.firedAt))
  const told = await peopleTold(
    reader,
    rows.map((row) => row.id),
  )
  return new Map(rows.map(({ id, incidentId, at }) => [incidentId, { at, to: told.get(id) ?? [] }]))
}

async function peopleTold(reader: Reader, alertIds: readonly string[]): Promise<Map<string, string[]>> {
  if (alertIds.length === 0) return new Map()
  const rows = await reader
    .selectDistinct({ alertId: announcements.alertId, name: people.name })
    .from(deliveries)
    .innerJoin(announcements, eq(announcements.id, deliveries.announcementId))
    .innerJoin(people, eq(people.id, deliveries.personId))
    .where(inArray(announcements.alertId, [...alertIds]))
    .orderBy(asc(people.name))
  const byAlert = Map.groupBy(rows, (row) => row.alertId!)
  return new Map([...byAlert].map(([id, found]) => [id, found.map((row) => row.name)]))
}

/** When an incident was last resolved; null when there never was one. */
export async function lastResolved(reader: Reader): Promise<Date | null> {
  const [row] = await reader.select({ at: max(incidents.resolvedAt) }).from(incidents)
  return row?.at ?? null
}
