import { desc, eq, inArray, sql } from 'drizzle-orm'
import type { Channel } from '../../api/domain/attempt.ts'
import type { Queryable, Transaction } from '../client.ts'
import { holdingNotices, incidents, subscribers } from '../schema.ts'
import { type Concern, suppressed, textArray, wants } from './audience.ts'
import type { Reader } from './cadence.ts'
import { collect } from './collect.ts'
import { now } from './deliveries.ts'
import { chunkAfter, expiry, lastOf, whenAwake } from './fan-out.ts'
import { componentsHeldBy, type HeldComponent, type Incident } from './incidents.ts'
import type { Announcement } from './told.ts'

export type HoldingNotice = typeof holdingNotices.$inferSelect

/** The holding notices of these incidents, by incident, newest first. */
export async function holdingNoticesOf(
  reader: Reader,
  incidentIds: readonly string[],
): Promise<Map<string, HoldingNotice[]>> {
  if (incidentIds.length === 0) return new Map()
  const rows = await reader
    .select()
    .from(holdingNotices)
    .where(inArray(holdingNotices.incidentId, [...incidentIds]))
    .orderBy(desc(holdingNotices.publishedAt))
  return collect(rows, (notice) => [notice.incidentId, notice])
}

/** A holding notice with its incident as it stands, and what that holds. */
export interface ToldNotice {
  notice: HoldingNotice
  incident: Incident
  held: HeldComponent[]
}

export async function toldNotice(db: Queryable, id: string): Promise<ToldNotice> {
  const [row] = await db
    .select({ notice: holdingNotices, incident: incidents })
    .from(holdingNotices)
    .innerJoin(incidents, eq(incidents.id, holdingNotices.incidentId))
    .where(eq(holdingNotices.id, id))
  const held = (await componentsHeldBy(db, [row!.incident.id])).get(row!.incident.id) ?? []
  return { ...row!, held }
}

/**
 * Writes the rows of a holding notice for the next chunk of those who want every word on its incident. They belong to no
 * update: nothing older is overtaken by a notice, and who composes one drops it once we have spoken. A second time writes
 * nothing: the rows are unique (standards R3). Answers the last id of the chunk, or null when there is nobody more.
 */
export async function tellNextOfNotice(
  tx: Transaction,
  { id, incidentId, priority, expiresAt, fanOutCursor }: Announcement,
  concern: Concern,
  channels: readonly Channel[],
): Promise<string | null> {
  const [row] = await tx.execute<{ last: string | null }>(sql`
    with chunk as materialized (
      select ${subscribers.id}, ${subscribers.channel}, ${subscribers.address}, ${suppressed} as suppressed, ${whenAwake} as awake
      from ${subscribers}
      where ${subscribers.id} > ${fanOutCursor} and ${wants(concern)} and ${subscribers.channel} = any(${textArray(channels)})
      order by ${subscribers.id} limit ${chunkAfter(fanOutCursor)}
    ), told as (
      insert into deliveries (id, announcement_id, incident_id, subscriber_id, audience, lane, priority, channel, address,
                              expires_at, queued_at, state, next_attempt_at)
      select new_id(), ${id}, ${incidentId}, chunk.id, 'public', 'public', ${priority}::int, chunk.channel, chunk.address,
             ${expiry(sql`chunk.channel`, expiresAt)}, ${now},
             case when chunk.suppressed then 'suppressed' else 'queued' end,
             case when not chunk.suppressed then chunk.awake end
      from chunk
      on conflict do nothing
    )
    select ${lastOf(chunkAfter(fanOutCursor))} as last from chunk`)
  return row?.last ?? null
}
