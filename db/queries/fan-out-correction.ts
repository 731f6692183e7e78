import { sql } from 'drizzle-orm'
import type { Channel } from '../../api/domain/attempt.ts'
import type { Scope } from '../../api/domain/eyes.ts'
import type { Transaction } from '../client.ts'
import { listens, mayHear, suppressed, textArray, toldAs } from './audience.ts'
import { now } from './deliveries.ts'
import { chunkAfter, expiry, lastOf, whenAwake } from './fan-out.ts'
import type { Announcement } from './told.ts'

/**
 * Tells a correction to the next chunk of readers: those who were sent the words it corrects, as an update, a welcome or an
 * earlier correction, and still are subscribed and may hear it. Whose words still wait, and certainly never left, is not told that they
 * were wrong: their row joins the queue anew and says it right at once. Whatever else waits is replaced in the same
 * statement; a row that somebody claims meanwhile counts as sent. Who was queued after the correction is told the right words anyway. Answers the last reader of the chunk, or null when
 * there are no more.
 */
export async function tellNextOfThoseTold(
  tx: Transaction,
  { id, incidentId, updateId, correctionId, priority, expiresAt, createdAt, fanOutCursor }: Announcement,
  scopes: readonly Scope[],
  channels: readonly Channel[],
): Promise<string | null> {
  const chunk = chunkAfter(fanOutCursor)
  // As for updates: what was written a moment ago has no statistics yet.
  await tx.execute(sql`set local enable_nestloop = off`)
  const ofTheseWords = sql`sent.incident_id = ${incidentId} and sent.update_id = ${updateId}
    and sent.queued_at < ${createdAt.toISOString()}::timestamptz and sent.subscriber_id > ${fanOutCursor}`
  const [row] = await tx.execute<{ last: string | null }>(sql`
    with chunk as materialized (
      select distinct sent.subscriber_id as id from deliveries as sent
      where ${ofTheseWords} order by sent.subscriber_id limit ${chunk}
    ), anew as (
      update deliveries as sent set queued_at = greatest(${now}, ${createdAt.toISOString()}::timestamptz)
      where ${ofTheseWords} and sent.subscriber_id <= (select max(id) from chunk)
        and sent.state in ('queued', 'failed_for_now') and ${neverLeft}
      returning sent.id
    ), reached as materialized (
      select distinct sent.subscriber_id, sent.channel from deliveries as sent
      where ${ofTheseWords} and sent.subscriber_id <= (select max(id) from chunk)
        and sent.state in ('queued', 'failed_for_now', 'claimed', 'sending', 'unknown', 'accepted', 'delivered')
        and sent.id not in (select id from anew)
    ), mended as (
      insert into deliveries (id, announcement_id, incident_id, update_id, correction_id, subscriber_id, audience, lane,
                              priority, channel, address, expires_at, queued_at, next_attempt_at)
      select new_id(), ${id}, ${incidentId}, ${updateId}, ${correctionId}, subscribers.id, ${toldAs(sql`subscribers.list`)}, 'public',
             ${priority}::int, reached.channel, subscribers.address, ${expiry(sql`reached.channel`, expiresAt)}, ${now}, ${whenAwake}
      from reached join subscribers on subscribers.id = reached.subscriber_id and subscribers.channel = reached.channel
      where ${listens} and ${mayHear(scopes)} and not ${suppressed} and reached.channel = any(${textArray(channels)})
      on conflict do nothing
    ), replaced as (
      update deliveries as sent set state = 'superseded', next_attempt_at = null
      where ${ofTheseWords} and sent.subscriber_id <= (select max(id) from chunk)
        and sent.state in ('queued', 'failed_for_now') and sent.channel <> 'webhook' and not ${neverLeft}
    )
    select ${lastOf(chunk)} as last from chunk`)
  return row?.last ?? null
}

/** SQL: the words that were wrong themselves, of which no attempt is in doubt. An event log holds both. */
const neverLeft = sql`(sent.correction_id is null and sent.unknowns = 0 and sent.channel <> 'webhook')`
