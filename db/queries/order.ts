import { type SQL, sql } from 'drizzle-orm'
import { deliveries } from '../schema.ts'

/** SQL conditions on a row of `deliveries`: what else is told to the same reader on the same channel, and in which order. */

const sameReader = (other: SQL): SQL =>
  sql`${other}.subscriber_id = ${deliveries.subscriberId} and ${other}.channel = ${deliveries.channel}`

/** A newer word on the same incident waits or went. A correction is overtaken by nothing but a newer one. */
const newerWord: SQL = sql`(${deliveries.correctionId} is null and exists (
  select 1
  from deliveries as newer
    join updates as newer_update on newer_update.id = newer.update_id
    join updates as own_update on own_update.id = ${deliveries.updateId}
  where newer.incident_id = ${deliveries.incidentId} and ${sameReader(sql`newer`)}
    and newer.correction_id is null and newer_update.seq > own_update.seq))`

/** A correction of these very words waits or went: nobody is sent words that we know to be wrong. */
const mended: SQL = sql`exists (
  select 1
  from deliveries as newer join corrections as mending on mending.id = newer.correction_id
  where newer.incident_id = ${deliveries.incidentId} and ${sameReader(sql`newer`)}
    and newer.update_id = ${deliveries.updateId} and newer.id <> ${deliveries.id}
    and mending.created_at > coalesce(
      (select own.created_at from corrections as own where own.id = ${deliveries.correctionId}), ${deliveries.queuedAt}))`

/** A newer step of the same maintenance waits or went. */
const newerStep: SQL = sql`exists (
  select 1
  from deliveries as newer
    join announcements as newer_told on newer_told.id = newer.announcement_id
    join maintenance_updates as newer_step on newer_step.id = newer_told.maintenance_update_id
    join announcements as own_told on own_told.id = ${deliveries.announcementId}
    join maintenance_updates as own_step on own_step.id = own_told.maintenance_update_id
  where newer.maintenance_id = ${deliveries.maintenanceId} and ${sameReader(sql`newer`)}
    and newer_step.seq > own_step.seq)`

/** Something newer is told in its place, so this row may not be sent any more (standards R7, E35). */
export const overtaken: SQL = sql`(${newerWord} or ${mended} or ${newerStep})`

/** SQL: this other row is on its way at this moment, or is to be claimed before this one. */
const goesFirst = (other: SQL): SQL => sql`(
  ${other}.id <> ${deliveries.id} and ${sameReader(other)} and (
    ${other}.state in ('claimed', 'sending')
    or (${other}.state in ('queued', 'failed_for_now')
        and ${other}.next_attempt_at <= (select sitrep_now()) and ${other}.expires_at > (select sitrep_now())
        and (${other}.priority, ${other}.queued_at, ${other}.id)
            < (${deliveries.priority}, ${deliveries.queuedAt}, ${deliveries.id}))))`

/** Another word on the same incident goes to this reader first: two at once could arrive in either order. */
export const otherWordFirst: SQL = sql`exists (
  select 1 from deliveries as other where other.incident_id = ${deliveries.incidentId} and ${goesFirst(sql`other`)})`

/** Another step of the same maintenance goes to this reader first. */
export const otherStepFirst: SQL = sql`exists (
  select 1 from deliveries as other where other.maintenance_id = ${deliveries.maintenanceId} and ${goesFirst(sql`other`)})`

/** Its words have been corrected since it was queued, and the correction is about to take its place. */
export const beingCorrected: SQL = sql`exists (
  select 1
  from announcements as mending
  where mending.update_id = ${deliveries.updateId} and mending.kind = 'correction' and mending.fanned_out_at is null
    and mending.created_at > ${deliveries.queuedAt})`
