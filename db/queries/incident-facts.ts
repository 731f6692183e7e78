import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import type { IncidentFacts } from '../../api/domain/metrics.ts'
import type { Severity } from '../../api/domain/severity.ts'
import { updates } from '../schema.ts'
import type { Reader } from './cadence.ts'
import { type Incident, listIncidents } from './incidents.ts'

/** Incidents read at a time, so that a long range holds no other reader up. */
const BATCH = 1_000

export interface FactsRange {
  since: Date
  until: Date
  severity?: Severity | undefined
}

/** What is measured of the incidents declared in a range, newest first; drills and near misses stay outside (C30). */
export async function factsBetween(reader: Reader, range: FactsRange, most: number): Promise<IncidentFacts[]> {
  const facts: IncidentFacts[] = []
  for (let last: Incident | undefined; facts.length < most; ) {
    const limit = Math.min(BATCH, most - facts.length)
    const batch = await listIncidents(reader, { ...range, state: 'all', kind: 'incident', after: last, limit })
    facts.push(...(await factsOf(reader, batch)))
    if (batch.length < limit) break
    last = batch.at(-1)
  }
  return facts
}

/** What is measured of these incidents. */
export async function factsOf(reader: Reader, incidents: readonly Incident[]): Promise<IncidentFacts[]> {
  const spoken = await spokenIn(
    reader,
    incidents.map((incident) => incident.id),
  )
  return incidents.map((incident) => factsIn(incident, spoken.get(incident.id) ?? []))
}

/** What was written down when it was over was told to nobody in its time: nothing is measured of how it was told. */
const factsIn = (incident: Incident, updates: IncidentFacts['updates']): IncidentFacts =>
  incident.backfilled ? { ...incident, firstPublicUpdateAt: null, updates: [] } : { ...incident, updates }

/** Published updates of incidents, oldest first, without their words. */
async function spokenIn(reader: Reader, ids: readonly string[]) {
  if (ids.length === 0) return new Map()
  const rows = await reader
    .select({
      incidentId: updates.incidentId,
      status: updates.status,
      publishedAt: sql<Date>`${updates.publishedAt}`.mapWith(updates.publishedAt),
      answeredDueAt: updates.answeredDueAt,
      nextUpdateDueAt: updates.nextUpdateDueAt,
      noChange: updates.noChange,
    })
    .from(updates)
    .where(and(inArray(updates.incidentId, [...ids]), eq(updates.state, 'published')))
    .orderBy(asc(updates.incidentId), asc(updates.seq))
  return Map.groupBy(rows, (row) => row.incidentId)
}
