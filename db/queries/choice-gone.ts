import { eq, type SQL, sql } from 'drizzle-orm'
import type { Channel } from '../../api/domain/attempt.ts'
import { expiryOfNotice } from '../../api/domain/freshness.ts'
import type { Transaction } from '../client.ts'
import { newId } from '../ids.ts'
import { announcements, subscribers } from '../schema.ts'
import { listens } from './audience.ts'
import type { Reader } from './cadence.ts'
import { tellNextOf } from './fan-out.ts'
import type { Announcement } from './told.ts'
import { wake } from './wake.ts'

/** Behind every word on an incident. */
const LAST = 4

/** SQL: the subscriber of this row chose something, and none of it is there for them to hear of any more. */
const nothingLeft: SQL = sql`(
  ${subscribers.list} = 'public' and not ${subscribers.onlyFollowed}
  and (cardinality(${subscribers.componentIds}) > 0 or cardinality(${subscribers.groupIds}) > 0)
  and not exists (
    select from components as chosen
    where chosen.archived_at is null
      and (chosen.id = any(${subscribers.componentIds}) or chosen.group_id = any(${subscribers.groupIds}))
      and (not exists (select from component_audiences as kept where kept.component_id = chosen.id)
           or exists (
             select from component_audiences as kept
               join subscriber_rights on subscriber_rights.audience_id = kept.audience_id
             where kept.component_id = chosen.id and subscriber_rights.subscriber_id = ${subscribers.id}))))`

/** SQL: the subscriber of this row has been told so since they last chose. */
const toldAlready: SQL = sql`exists (
  select from announcements as former join deliveries as sent on sent.announcement_id = former.id
  where former.kind = 'choice_gone' and sent.subscriber_id = ${subscribers.id} and sent.queued_at >= ${subscribers.updatedAt})`

/** Whether a subscriber hears nothing, because none of what they chose is there for them any more. */
export async function hearsNothing(db: Reader, subscriberId: string): Promise<boolean> {
  const [row] = await db
    .select({ gone: sql<boolean>`${nothingLeft}` })
    .from(subscribers)
    .where(eq(subscribers.id, subscriberId))
  return row?.gone ?? false
}

/**
 * Announces to those who chose a component and are left with nothing by it that they would hear no more. Silence would read
 * as "all is well": so they are told once, without a word about what it was, and their own page says it for as long as it is so.
 */
export async function queueChoiceGone(tx: Transaction, componentId: string, createdAt: Date): Promise<void> {
  await tx.insert(announcements).values({
    id: newId(),
    kind: 'choice_gone',
    audience: 'public',
    componentId,
    priority: LAST,
    expiresAt: expiryOfNotice(createdAt),
    createdAt,
  })
  await wake(tx, 'fan_out')
}

/** Writes the rows of the next chunk of them; answers as `tellNextOf`. */
export const tellNextOfChoiceGone = (
  tx: Transaction,
  announcement: Announcement,
  channels: readonly Channel[],
): Promise<string | null> =>
  tellNextOf(
    tx,
    announcement,
    sql`${announcement.componentId} = any(${subscribers.componentIds}) and ${listens} and ${nothingLeft} and not ${toldAlready}`,
    channels,
  )
