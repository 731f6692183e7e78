import { and, asc, desc, eq, lte, type SQL, sql } from 'drizzle-orm'
import { type Scope, scopesOf } from '../../api/domain/eyes.ts'
import { isMilestone } from '../../api/domain/freshness.ts'
import { SEVERITIES, type Severity, severityRank } from '../../api/domain/severity.ts'
import type { Queryable } from '../client.ts'
import { components, incidentComponents, subscribers, updates } from '../schema.ts'
import { audiencesOf } from './eyes.ts'
import type { Update } from './incidents.ts'

/** What an update concerns, as far as it decides who wants to hear it. */
export interface Concern {
  /** Null before it is declared: nobody can follow it yet. */
  incidentId: string | null
  /** What the public and each audience may see of it; whoever is in none of these hears nothing. */
  scopes: Scope[]
  /** All that it concerns, as staff see it. */
  whole: Scope
  /** The worst the incident ever was in public: who was told of it hears its end, lowered or not. */
  worst: Severity
  milestone: boolean
}

/** What a published update concerns: every component the incident holds or has ever told of, and their groups. */
export async function concernOf(db: Queryable, update: Update): Promise<Concern> {
  const spoken = await db
    .select()
    .from(updates)
    .where(
      and(
        eq(updates.incidentId, update.incidentId),
        eq(updates.state, 'published'),
        eq(updates.audience, 'public'),
        lte(updates.seq, update.seq),
      ),
    )
    .orderBy(desc(updates.seq))
  const told = spoken.flatMap((each) => each.affected.map((component) => component.id))
  const named = await componentsOf(db, update.incidentId, told)
  const severities = [update.severity, ...spoken.map((each) => each.severity)]
  return {
    incidentId: update.incidentId,
    scopes: await scopesAbout(db, named),
    whole: wholeOf(named),
    worst: SEVERITIES.find((severity) => severities.includes(severity))!,
    milestone: isMilestone(update, spoken.find((each) => each.seq < update.seq) ?? null),
  }
}

/** What the public and each audience may see of an incident. */
export const scopesOfIncident = async (db: Queryable, incidentId: string): Promise<Scope[]> =>
  scopesAbout(db, await componentsOf(db, incidentId, []))

/** What the public and each audience may see of these components. */
export const scopesAbout = async (
  db: Queryable,
  named: readonly { id: string; groupId: string | null }[],
): Promise<Scope[]> =>
  scopesOf(
    await audiencesOf(
      db,
      named.map(({ id }) => id),
    ),
    named,
  )

/** All of these components, whoever may see them. */
export const wholeOf = (named: readonly { id: string; groupId: string | null }[]): Scope => ({
  audienceId: null,
  componentIds: named.map(({ id }) => id),
  groupIds: [...new Set(named.flatMap(({ groupId }) => groupId ?? []))],
})

/** The components that an incident holds, or has told of by these ids. */
export const componentsOf = (db: Queryable, incidentId: string, told: readonly string[]) =>
  db
    .select({ id: components.id, groupId: components.groupId })
    .from(components)
    .where(
      sql`${components.id} in (select ${incidentComponents.componentId} from ${incidentComponents}
                               where ${incidentComponents.incidentId} = ${incidentId})
          or ${components.id} = any(${textArray(told)})`,
    )
    .orderBy(asc(components.id))

/** SQL: the subscriber of this row is there and has not asked for a pause. */
export const listens: SQL = sql`(
  ${subscribers.state} = 'active'
  and (${subscribers.pausedUntil} is null or ${subscribers.pausedUntil} <= (select sitrep_now())))`

/** SQL: nothing is sent to the address of this subscriber's row any more (standards E42). */
export const suppressed: SQL = sql`exists (
  select 1 from suppressions
  where suppressions.channel = ${subscribers.channel} and suppressions.address_key = ${subscribers.addressKey}
    and suppressions.lifted_at is null)`

/** SQL: the subscriber of this row is one of staff, and what they came by stands at this moment. */
const isStaff: SQL = sql`(${subscribers.list} = 'staff' and exists (
  select 1 from staff_rights where staff_rights.subscriber_id = ${subscribers.id}))`

/** SQL: the subscriber of this row is anybody, on the list that is everybody's. */
const isPublic: SQL = sql`${subscribers.list} = 'public'`

/** SQL: for whom a row of the ledger is that tells this subscriber something. */
export const toldAs = (list: SQL): SQL => sql`(case when ${list} = 'staff' then 'internal' else 'public' end)`

/** SQL: the subscriber of this row belongs to the audience, at this moment; everybody belongs to the public. */
const belongsTo = ({ audienceId }: Scope): SQL =>
  audienceId === null
    ? sql`true`
    : sql`exists (
        select 1 from subscriber_rights
        where subscriber_rights.subscriber_id = ${subscribers.id} and subscriber_rights.audience_id = ${audienceId})`

/** SQL: in one of these scopes at least. */
const inOneOf = (scopes: readonly Scope[], holds: (scope: Scope) => SQL): SQL =>
  scopes.length === 0 ? sql`false` : sql`(${sql.join(scopes.map(holds), sql` or `)})`

/** SQL: the subscriber of this row may hear what these scopes are of, whatever they chose. */
export const mayHear = (scopes: readonly Scope[]): SQL =>
  sql`(${isStaff} or (${isPublic} and ${inOneOf(scopes, belongsTo)}))`

/** SQL: what the subscriber of this row chose touches what the scope shows; nothing chosen means everything. */
const chosenIn = ({ componentIds, groupIds }: Scope): SQL => sql`(
  (cardinality(${subscribers.componentIds}) = 0 and cardinality(${subscribers.groupIds}) = 0)
  or ${subscribers.componentIds} && ${textArray(componentIds)}
  or ${subscribers.groupIds} && ${textArray(groupIds)})`

/** SQL: its severity and its moment are what the subscriber of this row wants to hear of. */
const grave = ({ worst, milestone }: Concern): SQL => sql`(
  substr(${subscribers.minSeverity}, 4)::int >= ${severityRank(worst)}
  and (${subscribers.events} = 'all' or ${milestone}))`

/** SQL: the subscriber of this row is anybody who may hear it and wants to. Who follows it hears all of it. */
export const wants = (concern: Concern): SQL => sql`(
  ${isPublic} and ${listens}
  and ${inOneOf(
    concern.scopes,
    (scope) => sql`(${belongsTo(scope)} and (
      ${concern.incidentId}::text = any(${subscribers.followedIncidentIds})
      or (
        not ${subscribers.onlyFollowed} and ${chosenIn(scope)} and ${grave(concern)}
      )))`,
  )})`

/** SQL: the subscriber of this row is one of staff and wants to hear it; nothing is hidden from them. */
export const wantsAsStaff = (concern: Concern): SQL =>
  sql`(${isStaff} and ${listens} and ${chosenIn(concern.whole)} and ${grave(concern)})`

/** SQL: the subscriber of this row is one of staff and wants to hear what is noted for them of these components. */
export const hearsAsStaff = (whole: Scope, severity: Severity): SQL => sql`(
  ${isStaff} and ${listens} and ${chosenIn(whole)}
  and substr(${subscribers.minSeverity}, 4)::int >= ${severityRank(severity)})`

/** SQL: the subscriber of this row is told it, on whichever list they stand. */
export const hears = (concern: Concern): SQL => sql`(${wants(concern)} or ${wantsAsStaff(concern)})`

/** What planned work concerns; no component named means everything. */
export interface WorkConcern {
  scopes: Scope[]
  /** All that it concerns, as staff see it. */
  whole: Scope
  /** Those who want milestones only hear it. */
  milestone: boolean
}

/** SQL: the subscriber of this row is anybody who may hear of this work and wants to. It has no severity to be measured by. */
export const wantsWork = ({ scopes, milestone }: WorkConcern): SQL => sql`(
  ${isPublic} and ${listens} and ${subscribers.maintenance} and not ${subscribers.onlyFollowed}
  and ${inOneOf(scopes, (scope) => sql`(${belongsTo(scope)} and ${worksOn(scope)})`)}
  and (${subscribers.events} = 'all' or ${milestone}))`

/** SQL: the subscriber of this row is told of this work, on whichever list they stand. */
export const hearsOfWork = (concern: WorkConcern): SQL => sql`(${wantsWork(concern)} or (
  ${isStaff} and ${listens} and ${subscribers.maintenance} and ${worksOn(concern.whole)}
  and (${subscribers.events} = 'all' or ${concern.milestone})))`

const worksOn = (scope: Scope): SQL => sql`(${scope.componentIds.length === 0} or ${chosenIn(scope)})`

/** SQL: a text[] of these words, as one parameter however many they are. */
export const textArray = (words: readonly string[]): SQL => sql`${sql.param(words)}::text[]`

/** Names of chosen components and groups, for telling somebody what they chose. */
export async function namesOfComponents(
  db: Queryable,
  componentIds: readonly string[],
  groupIds: readonly string[],
): Promise<string[]> {
  if (componentIds.length === 0 && groupIds.length === 0) return []
  const rows = await db.execute<{ name: string }>(sql`
    select name from component_groups where id = any(${textArray(groupIds)})
    union all
    select name from components where id = any(${textArray(componentIds)})`)
  return [...rows].map((row) => row.name)
}
