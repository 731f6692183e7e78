import { and, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import { GUARDED_KINDS, LATELY, THIS_HOUR, type Volume } from '../../api/domain/blast-guard.ts'
import { plus } from '../../api/domain/duration.ts'
import type { Transaction } from '../client.ts'
import { deliveries, subscribers, updates } from '../schema.ts'
import { concernOf, wantsWork } from './audience.ts'
import type { Reader } from './cadence.ts'
import { concernOfNotice, toldNotice } from './holding-notices.ts'
import { reachOf } from './reach.ts'
import type { Announcement } from './told.ts'
import { concernOfWork, toldMaintenance } from './told-maintenance.ts'

/** SQL: a time as the database compares it. */
const instant = (at: Date): SQL => sql`${at.toISOString()}::timestamptz`

/** SQL: what was announced to subscribers in the time before, this one aside; what waits or was withdrawn reached nobody. */
const announcedWithin = ({ id }: Announcement, length: number, at: Date): SQL => sql`
  from announcements as sent left join maintenance_updates as step on step.id = sent.maintenance_update_id
  where sent.kind in (${sql.join(
    GUARDED_KINDS.map((kind) => sql`${kind}`),
    sql`, `,
  )})
    and sent.created_at > ${instant(plus(at, -length))} and sent.created_at <= ${instant(at)} and sent.id <> ${id}
    and (sent.guarded_at is null or sent.released_at is not null)`

/** SQL: it is about the same incident, or the same maintenance. */
const sameSubject = ({ incidentId, maintenanceUpdateId }: Announcement): SQL =>
  incidentId
    ? sql`sent.incident_id = ${incidentId}`
    : sql`step.maintenance_id = (select maintenance_id from maintenance_updates where id = ${maintenanceUpdateId})`

/** How much has been announced besides this, as of then. Read from an index of an hour's announcements, so a post hardly pays for it. */
export async function volumeAt(reader: Reader, announcement: Announcement, at: Date): Promise<Volume> {
  const [row] = await reader.execute<{ lately: number; this_hour: number }>(sql`
    select count(*) filter (where sent.created_at > ${instant(plus(at, -LATELY))} and ${sameSubject(announcement)})::int
             as lately,
           count(*)::int as this_hour
    ${announcedWithin(announcement, THIS_HOUR, at)}`)
  return { lately: row!.lately, thisHour: row!.this_hour }
}

/**
 * Messages queued by what was announced within the hour. What has no rows yet counts as much as this one would: a script
 * that runs wild is faster than any fan-out.
 */
export async function queuedThisHour(
  tx: Transaction,
  announcement: Announcement,
  reach: number,
  at: Date,
): Promise<number> {
  const [row] = await tx.execute<{ queued: number }>(sql`
    with sent as (select sent.id, sent.fanned_out_at ${announcedWithin(announcement, THIS_HOUR, at)})
    select (select count(*) from deliveries where announcement_id in (select id from sent where fanned_out_at is not null))::int
           + ${reach}::int * (select count(*) from sent where fanned_out_at is null)::int as queued`)
  return row!.queued
}

export async function activeSubscribers(tx: Transaction): Promise<number> {
  return tx.$count(subscribers, and(eq(subscribers.state, 'active'), eq(subscribers.list, 'public')))
}

/** How many an announcement to subscribers would reach. A correction reaches those who were sent what it corrects. */
export async function reachOfAnnouncement(tx: Transaction, announcement: Announcement): Promise<number> {
  const { updateId, correctionId, maintenanceUpdateId, holdingNoticeId } = announcement
  if (holdingNoticeId) return reachOf(tx, await concernOfNotice(tx, await toldNotice(tx, holdingNoticeId)))
  if (correctionId) return sentWordsOf(tx, updateId!)
  if (maintenanceUpdateId) {
    const concern = await concernOfWork(tx, await toldMaintenance(tx, maintenanceUpdateId))
    return tx.$count(subscribers, wantsWork(concern))
  }
  const [update] = await tx.select().from(updates).where(eq(updates.id, updateId!))
  return reachOf(tx, await concernOf(tx, update!))
}

const sentWordsOf = (tx: Transaction, updateId: string): Promise<number> =>
  tx.$count(
    deliveries,
    and(
      eq(deliveries.updateId, updateId),
      isNull(deliveries.correctionId),
      inArray(deliveries.state, ['queued', 'failed_for_now', 'claimed', 'sending', 'unknown', 'accepted', 'delivered']),
    ),
  )

/** Whether this is the first word of an incident that anybody is to be told. */
export async function isFirstWord(tx: Transaction, { id, incidentId }: Announcement): Promise<boolean> {
  const [row] = await tx.execute<{ told: boolean }>(sql`
    select exists (select 1 from announcements
                   where incident_id = ${incidentId} and kind = 'update' and id <> ${id}) as told`)
  return !row!.told
}
