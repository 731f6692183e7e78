import { and, asc, eq, inArray, isNotNull, isNull, ne, notInArray, or, type SQL, sql } from 'drizzle-orm'
import type { Channel } from '../../api/domain/attempt.ts'
import { EVENT_LIFE } from '../../api/domain/freshness.ts'
import type { Transaction } from '../client.ts'
import { announcements, deliveries, subscribers } from '../schema.ts'
import { waysTo } from './announcements.ts'
import { type Concern, hears, suppressed, textArray, toldAs } from './audience.ts'
import { now } from './deliveries.ts'
import { isNews } from './order.ts'
import type { Reached } from './recipients.ts'
import type { Announcement } from './told.ts'

/** SQL: until when a row of this channel is news; an event is kept while its endpoint may still come back. */
export const expiry = (channel: SQL, news: Date): SQL => sql`(case when ${channel} = 'webhook'
  then ${now} + make_interval(secs => ${EVENT_LIFE / 1000}::double precision)
  else ${news.toISOString()}::timestamptz end)`

/** Subscribers told in one transaction; the first few at once, so that their messages need not wait for thousands. */
const FIRST_CHUNK = 500
const CHUNK = 5_000

/** SQL: the last id of a chunk of at most so many; null when there can be no more. */
export const lastOf = (chunk: number): SQL => sql`case when count(*) = ${chunk} then max(id) end`

/** How many subscribers the next transaction tells, by how far the fan-out has come. */
export const chunkAfter = (cursor: string): number => (cursor === '' ? FIRST_CHUNK : CHUNK)

/**
 * Takes the most urgent announcement that has not reached everybody, unless another process is at it; null when none. What
 * the blast guard holds back is left alone until it is confirmed; alerts are taken by `takeAlerts`.
 */
export async function takeAnnouncement(tx: Transaction): Promise<Announcement | null> {
  const [row] = await tx
    .select()
    .from(announcements)
    .where(
      and(
        isNull(announcements.fannedOutAt),
        ne(announcements.kind, 'alert'),
        or(isNull(announcements.guardedAt), isNotNull(announcements.releasedAt)),
        sql`not ${earlierUnderWay}`,
      ),
    )
    .orderBy(asc(announcements.priority), asc(announcements.createdAt))
    .limit(1)
    .for('update', { skipLocked: true })
  return row ?? null
}

/**
 * Takes alerts that have reached nobody, the oldest first, but for these and for those that other processes are at. They
 * are small and many come due together, so they are told together.
 */
export const takeAlerts = (tx: Transaction, limit: number, except: string[]): Promise<Announcement[]> =>
  tx
    .select()
    .from(announcements)
    .where(
      and(isNull(announcements.fannedOutAt), eq(announcements.kind, 'alert'), notInArray(announcements.id, except)),
    )
    .orderBy(asc(announcements.priority), asc(announcements.createdAt))
    .limit(limit)
    .for('update', { skipLocked: true })

/** SQL: a correction waits until everybody has their row of what it corrects: only then is it known who is sent it. */
const earlierUnderWay: SQL = sql`exists (
  select 1
  from announcements as earlier
  where ${announcements.kind} = 'correction' and earlier.update_id = ${announcements.updateId}
    and earlier.id <> ${announcements.id} and earlier.fanned_out_at is null
    and earlier.created_at <= ${announcements.createdAt})`

/**
 * Writes the rows of the next chunk of those who want to hear it, in the order of their ids, and lets them overtake older
 * words on the same incident that still wait for the same reader. A second time writes nothing: the rows are unique
 * (standards R3). Answers the last id of the chunk, or null when there is nobody more.
 */
export async function tellNextSubscribers(
  tx: Transaction,
  { id, incidentId, updateId, priority, expiresAt, fanOutCursor }: Announcement,
  concern: Concern,
  channels: readonly Channel[],
): Promise<string | null> {
  const chunk = chunkAfter(fanOutCursor)
  // What was written a moment ago has no statistics yet, and guessing few rows would join each with each.
  await tx.execute(sql`set local enable_nestloop = off`)
  const [row] = await tx.execute<{ last: string | null }>(sql`
    with chunk as materialized (
      select ${subscribers.id}, ${subscribers.list}, ${subscribers.channel}, ${subscribers.address}, ${suppressed} as suppressed, ${whenAwake} as awake
      from ${subscribers}
      where ${subscribers.id} > ${fanOutCursor} and ${hears(concern)} and ${subscribers.channel} = any(${textArray(channels)})
      order by ${subscribers.id} limit ${chunk}
    ), known as materialized (
      select written.subscriber_id, written.channel, bool_or(written.update_id = ${updateId}) as same,
             bool_or(updates.seq > (select seq from updates where id = ${updateId}) and written.channel <> 'webhook') as newer
      from deliveries as written join updates on updates.id = written.update_id
      where written.incident_id = ${incidentId}
        and written.subscriber_id > ${fanOutCursor} and written.subscriber_id <= (select max(id) from chunk)
      group by written.subscriber_id, written.channel
    ), told as (
      insert into deliveries (id, announcement_id, incident_id, update_id, subscriber_id, audience, lane, priority,
                              channel, address, expires_at, queued_at, state, next_attempt_at)
      select new_id(), ${id}, ${incidentId}, ${updateId}, chunk.id, ${toldAs(sql`chunk.list`)}, 'public', ${priority}::int,
             chunk.channel, chunk.address, ${expiry(sql`chunk.channel`, expiresAt)}, ${now},
             case when known.newer then 'superseded' when chunk.suppressed then 'suppressed' else 'queued' end,
             case when known.newer or chunk.suppressed then null else chunk.awake end
      from chunk left join known on known.subscriber_id = chunk.id and known.channel = chunk.channel
      where known.same is not true
      on conflict do nothing
      returning subscriber_id, channel, state
    ), overtaken as (
      update deliveries set state = 'superseded', next_attempt_at = null
      from told
      where told.state = 'queued' and deliveries.incident_id = ${incidentId}
        and deliveries.subscriber_id > ${fanOutCursor} and deliveries.subscriber_id <= (select max(id) from chunk)
        and deliveries.subscriber_id = told.subscriber_id and deliveries.channel = told.channel
        and deliveries.state in ('queued', 'failed_for_now') and deliveries.update_id <> ${updateId}
        and deliveries.correction_id is null and ${isNews}
    )
    select ${lastOf(chunk)} as last from chunk`)
  return row?.last ?? null
}

/**
 * Writes the rows of an announcement that overtakes nothing for the next chunk of the subscribers it is for. A second time
 * writes nothing (standards R3). Answers the last id of the chunk, or null when there is nobody more.
 */
export async function tellNextOf(
  tx: Transaction,
  { id, incidentId, priority, expiresAt, fanOutCursor }: Announcement,
  isFor: SQL,
  channels: readonly Channel[],
): Promise<string | null> {
  const chunk = chunkAfter(fanOutCursor)
  const [row] = await tx.execute<{ last: string | null }>(sql`
    with chunk as materialized (
      select ${subscribers.id}, ${subscribers.list}, ${subscribers.channel}, ${subscribers.address}, ${suppressed} as suppressed, ${whenAwake} as awake
      from ${subscribers}
      where ${subscribers.id} > ${fanOutCursor} and ${isFor} and ${subscribers.channel} = any(${textArray(channels)})
      order by ${subscribers.id} limit ${chunk}
    ), told as (
      insert into deliveries (id, announcement_id, incident_id, subscriber_id, audience, lane, priority, channel, address,
                              expires_at, queued_at, state, next_attempt_at)
      select new_id(), ${id}, ${incidentId}, chunk.id, ${toldAs(sql`chunk.list`)}, 'public', ${priority}::int, chunk.channel,
             chunk.address, ${expiry(sql`chunk.channel`, expiresAt)}, ${now},
             case when chunk.suppressed then 'suppressed' else 'queued' end,
             case when not chunk.suppressed then chunk.awake end
      from chunk
      on conflict do nothing
    )
    select ${lastOf(chunk)} as last from chunk`)
  return row?.last ?? null
}

/** SQL: when this subscriber may be written to: now, or when their quiet hours end. */
export const whenAwake: SQL = sql`case
  when ${subscribers.quietFrom} is null then (select sitrep_now())
  else after_quiet((select sitrep_now()), ${subscribers.quietFrom}, ${subscribers.quietTo}, ${subscribers.timeZone}) end`

/** Notes how far the fan-out has come. */
export const moveCursor = (tx: Transaction, id: string, cursor: string) =>
  tx.update(announcements).set({ fanOutCursor: cursor }).where(eq(announcements.id, id))

/** Notes that everybody has their row. */
export const finishFanOut = (tx: Transaction, ids: string[]) =>
  tx.update(announcements).set({ fannedOutAt: now }).where(inArray(announcements.id, ids))

/** An alert, with whom it reaches and on which channels. */
export interface ReachedBy {
  announcement: Announcement
  people: readonly Reached[]
  channels: readonly Channel[]
}

/** Writes the rows of alerts, in the lane of staff: each person on each of these channels they can be reached on. */
export async function tellPeople(tx: Transaction, reached: readonly ReachedBy[]): Promise<void> {
  const rows = reached.flatMap(({ announcement, people, channels }) => {
    const { id, incidentId, audience, priority, expiresAt } = announcement
    const told = { announcementId: id, incidentId, audience, priority, expiresAt, lane: 'staff' as const }
    return people.flatMap((person) =>
      waysTo(person, channels).map((to) => ({ ...told, ...to, id: sql<string>`new_id()`, personId: person.id })),
    )
  })
  if (rows.length > 0) await tx.insert(deliveries).values(rows).onConflictDoNothing()
}
