import { type SQL, sql } from 'drizzle-orm'
import type { IncidentStatus } from '../../api/domain/lifecycle.ts'
import type { IncidentFacts } from '../../api/domain/metrics.ts'
import type { Severity } from '../../api/domain/severity.ts'
import type { Reader } from './cadence.ts'

export interface FactsRange {
  since: Date
  until: Date
  severity?: Severity | undefined
}

/**
 * The incidents declared in a range, newest first, each with a version that is another one after every change: whoever
 * says or corrects anything writes the incident's row. Drills and near misses stay outside (C30).
 */
export async function versionsBetween(
  reader: Reader,
  { since, until, severity }: FactsRange,
  most: number,
): Promise<[id: string, version: string][]> {
  const [all] = await reader.execute<{ versions: [string, string][] | null }>(sql`
    select json_agg(json_build_array(id, version)) as versions from (
      select id, xmin::text as version from incidents
      where kind = 'incident' and declared_at >= ${since.toISOString()}::timestamptz
        and declared_at < ${until.toISOString()}::timestamptz ${severity ? sql`and severity = ${severity}` : sql``}
      order by declared_at desc, id desc limit ${most}) as chosen`)
  return all?.versions ?? []
}

/** What is measured of one incident. */
export const factsOf = async (reader: Reader, incidentId: string): Promise<IncidentFacts> =>
  (await factsOfAll(reader, [incidentId]))[0]!

/** Milliseconds since 1970, or null. */
type Instant = number | null
type Spoken = [
  status: IncidentStatus,
  publishedAt: number,
  answeredDueAt: Instant,
  nextUpdateDueAt: Instant,
  noChange: boolean,
  merges: boolean,
]
type Row = [
  named: [id: string, title: string, severity: Severity, retracted: boolean, backfilled: boolean],
  times: [started: number, detected: Instant, declared: number, ...laterOrPromised: Instant[]],
  updates: Spoken[] | null,
]

/**
 * What is measured of these incidents, in any order, with their published updates, oldest first, without their words: all of
 * them in one value. Ten thousand as rows, each with its dates to be read, took twice as long.
 */
export async function factsOfAll(reader: Reader, ids: readonly string[]): Promise<IncidentFacts[]> {
  const [all] = await reader.execute<{ facts: Row[] | null }>(sql`
    with chosen as materialized (
      select id, title, severity, retracted, backfilled, started_at, detected_at, declared_at, acknowledged_at,
        first_public_update_at, mitigated_at, resolved_at, next_update_due_at
      from incidents where id = any (${sql.param([...ids])}::text[])
    ), spoken as (
      select incident_id, json_agg(json_build_array(updates.status, ${ms('published_at')}, ${ms('answered_due_at')},
        ${ms('updates.next_update_due_at')}, no_change, merged_into is not null) order by seq) as updates
      from updates join chosen on chosen.id = incident_id
      where state = 'published' group by incident_id
    )
    select json_agg(json_build_array(
      json_build_array(id, title, severity, retracted, backfilled),
      json_build_array(${ms('started_at')}, ${ms('detected_at')}, ${ms('declared_at')}, ${ms('acknowledged_at')},
        ${ms('first_public_update_at')}, ${ms('mitigated_at')}, ${ms('resolved_at')}, ${ms('next_update_due_at')}),
      updates)) as facts
    from chosen left join spoken on spoken.incident_id = chosen.id`)
  return (all?.facts ?? []).map(factsIn)
}

const ms = (column: string): SQL => sql`(date_part('epoch', ${sql.raw(column)}) * 1000)::bigint`

function factsIn([[id, title, severity, retracted, backfilled], times, updates]: Row): IncidentFacts {
  const [started, detected, declared, acknowledged, spokeFirst, mitigated, resolved, due] = times
  const spoken = updates ?? []
  return {
    id,
    title,
    severity,
    retracted,
    merged: spoken.at(-1)?.[5] ?? false,
    startedAt: new Date(started),
    detectedAt: instant(detected),
    declaredAt: new Date(declared),
    acknowledgedAt: instant(acknowledged),
    // What was written down when it was over was told to nobody in its time: nothing is measured of how it was told.
    firstPublicUpdateAt: backfilled ? null : instant(spokeFirst),
    mitigatedAt: instant(mitigated),
    resolvedAt: instant(resolved),
    nextUpdateDueAt: instant(due),
    updates: backfilled ? [] : spoken.map(spokenIn),
  }
}

const spokenIn = ([status, publishedAt, answered, next, noChange]: Spoken): IncidentFacts['updates'][number] => ({
  status,
  publishedAt: new Date(publishedAt),
  answeredDueAt: instant(answered),
  nextUpdateDueAt: instant(next),
  noChange,
})

const instant = (milliseconds: Instant | undefined): Date | null =>
  milliseconds === null || milliseconds === undefined ? null : new Date(milliseconds)
