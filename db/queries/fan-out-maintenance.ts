import { sql } from 'drizzle-orm'
import type { Channel } from '../../api/domain/attempt.ts'
import type { Transaction } from '../client.ts'
import { subscribers } from '../schema.ts'
import { hearsOfWork, suppressed, textArray, toldAs, type WorkConcern } from './audience.ts'
import { now } from './deliveries.ts'
import { chunkAfter, expiry, lastOf, whenAwake } from './fan-out.ts'
import { isNews } from './order.ts'
import type { Announcement } from './told.ts'
import type { ToldMaintenance } from './told-maintenance.ts'

/**
 * Writes the rows of a maintenance's step for the next chunk of those who want to hear it, and lets them overtake older steps of it that
 * still wait for the same reader. A second time writes nothing: the rows are unique (standards R3). Answers the last id of
 * the chunk, or null when there is nobody more.
 */
export async function tellNextOfWork(
  tx: Transaction,
  { id, priority, expiresAt, fanOutCursor }: Announcement,
  { step }: ToldMaintenance,
  concern: WorkConcern,
  channels: readonly Channel[],
): Promise<string | null> {
  const chunk = chunkAfter(fanOutCursor)
  // As for updates: what was written a moment ago has no statistics yet.
  await tx.execute(sql`set local enable_nestloop = off`)
  const [row] = await tx.execute<{ last: string | null }>(sql`
    with chunk as materialized (
      select ${subscribers.id}, ${subscribers.list}, ${subscribers.channel}, ${subscribers.address}, ${suppressed} as suppressed, ${whenAwake} as awake
      from ${subscribers}
      where ${subscribers.id} > ${fanOutCursor} and ${hearsOfWork(concern)}
        and ${subscribers.channel} = any(${textArray(channels)})
      order by ${subscribers.id} limit ${chunk}
    ), known as materialized (
      select written.id, written.subscriber_id, written.channel, written.state, steps.seq
      from deliveries as written
        join announcements on announcements.id = written.announcement_id
        join maintenance_updates as steps on steps.id = announcements.maintenance_update_id
      where written.maintenance_id = ${step.maintenanceId}
        and written.subscriber_id > ${fanOutCursor} and written.subscriber_id <= (select max(id) from chunk)
    ), newer as (
      select distinct subscriber_id, channel from known where seq > ${step.seq} and channel <> 'webhook'
    ), told as (
      insert into deliveries (id, announcement_id, maintenance_id, subscriber_id, audience, lane, priority, channel,
                              address, expires_at, queued_at, state, next_attempt_at)
      select new_id(), ${id}, ${step.maintenanceId}, chunk.id, ${toldAs(sql`chunk.list`)}, 'public', ${priority}::int, chunk.channel,
             chunk.address, ${expiry(sql`chunk.channel`, expiresAt)}, ${now},
             case when newer.channel is not null then 'superseded' when chunk.suppressed then 'suppressed' else 'queued' end,
             case when newer.channel is null and not chunk.suppressed then chunk.awake end
      from chunk left join newer on newer.subscriber_id = chunk.id and newer.channel = chunk.channel
      on conflict do nothing
      returning subscriber_id, channel, state
    ), overtaken as (
      update deliveries set state = 'superseded', next_attempt_at = null
      from known join told on told.subscriber_id = known.subscriber_id and told.channel = known.channel
      where deliveries.id = known.id and told.state = 'queued' and known.seq < ${step.seq} and deliveries.state in ('queued', 'failed_for_now')
        and ${isNews}
    )
    select ${lastOf(chunk)} as last from chunk`)
  return row?.last ?? null
}
