import { type SQL, sql } from 'drizzle-orm'
import { type Channel, isEventLog } from '../../api/domain/attempt.ts'
import { deliveries } from '../schema.ts'

/** SQL conditions on a row of `deliveries`: what else is told to the same reader on the same channel, and in which order. */

/** SQL: it goes to a reader, who wants the latest word; a program wants every event (`isEventLog`). */
export const isNews: SQL = sql`${deliveries.channel} <> 'webhook'`

const sameReader = (other: SQL): SQL =>
  sql`${other}.subscriber_id = ${deliveries.subscriberId} and ${other}.channel = ${deliveries.channel}`

/** SQL: something newer is told in its place, so this row may not be sent any more (standards R7, E35). Events stay. */
export const overtaken: SQL = sql`exists (select from overtaken_among(array[${deliveries.id}]))`

/** SQL: this other row is on its way at this moment, or is to be claimed before this one. */
const goesFirst = (other: SQL): SQL => sql`(
  ${other}.id <> ${deliveries.id} and ${sameReader(other)} and (
    ${other}.state in ('claimed', 'sending')
    or (${other}.state in ('queued', 'failed_for_now')
        and ${other}.next_attempt_at <= (select sitrep_now()) and ${other}.expires_at > (select sitrep_now())
        and (${other}.priority, ${other}.queued_at, ${other}.id)
            < (${deliveries.priority}, ${deliveries.queuedAt}, ${deliveries.id}))))`

/** Another word on the same incident goes to this reader first: two at once could arrive in either order. */
const otherWordFirst: SQL = sql`exists (
  select 1 from deliveries as other where other.incident_id = ${deliveries.incidentId} and ${goesFirst(sql`other`)})`

/** Another step of the same maintenance goes to this reader first. */
const otherStepFirst: SQL = sql`exists (
  select 1 from deliveries as other where other.maintenance_id = ${deliveries.maintenanceId} and ${goesFirst(sql`other`)})`

/** Its words have been corrected since it was queued, and the correction is about to take its place. */
const beingCorrected: SQL = sql`exists (
  select 1
  from announcements as mending
  where mending.update_id = ${deliveries.updateId} and mending.kind = 'correction' and mending.fanned_out_at is null
    and mending.created_at > ${deliveries.queuedAt})`

/** Where an announcement stands in the order of what was said; steps that one transaction takes have one time. */
const placeOf = (said: SQL): SQL => sql`(
  ${said}.created_at,
  coalesce((select seq from updates where updates.id = ${said}.update_id), 0),
  coalesce((select seq from maintenance_updates as steps where steps.id = ${said}.maintenance_update_id), 0),
  ${said}.correction_id is not null,
  ${said}.id)`

/**
 * An earlier event still goes to the same endpoint, whether it is on its way, waits, or waits for a second try; or what
 * was said earlier has not reached everybody's rows yet, so that it is not known whether it is told here.
 */
const earlierEvent: SQL = sql`(${deliveries.subscriberId} is not null and exists (
  select 1 from announcements as own
  where own.id = ${deliveries.announcementId} and (
    exists (
      select 1 from deliveries as earlier join announcements as said on said.id = earlier.announcement_id
      where earlier.subscriber_id = ${deliveries.subscriberId} and earlier.channel = 'webhook' and earlier.id <> ${deliveries.id}
        and (earlier.state in ('claimed', 'sending')
             or (earlier.state in ('queued', 'failed_for_now') and earlier.expires_at > (select sitrep_now())
                 and ${placeOf(sql`said`)} < ${placeOf(sql`own`)})))
    or exists (
      select 1 from announcements as said
      where said.fanned_out_at is null and said.audience = 'public' and said.id <> own.id and said.created_at <= own.created_at
        and (said.guarded_at is null or said.released_at is not null)))))`

/** SQL: what must not be so when a row of this channel is claimed. */
export const waitsForAnother = (channel: Channel): SQL =>
  isEventLog(channel) ? earlierEvent : sql`(${otherWordFirst} or ${otherStepFirst} or ${beingCorrected})`
