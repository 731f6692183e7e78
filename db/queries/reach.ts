import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Channel } from '../../api/domain/attempt.ts'
import { isMilestone } from '../../api/domain/freshness.ts'
import { graver, type Severity } from '../../api/domain/severity.ts'
import type { Queryable } from '../client.ts'
import { components, subscribers } from '../schema.ts'
import { type Concern, concernOf, scopesAbout, suppressed, wants, wholeOf } from './audience.ts'
import type { Incident, Update } from './incidents.ts'

/** How many subscribers want to hear what concerns these components, at this severity. */
export async function reachOf(db: Queryable, concern: Concern): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(subscribers)
    .where(sql`${wants(concern)} and not ${suppressed}`)
  return row!.count
}

/** So many hear it on a channel in a language. */
export interface ChannelReach {
  channel: Channel
  locale: string
  count: number
}

/** The same by channel and language: whom a fan-out would write to, and nothing is sent to any more left out. */
export const reachByChannel = (db: Queryable, concern: Concern): Promise<ChannelReach[]> =>
  db
    .select({ channel: subscribers.channel, locale: subscribers.locale, count: sql<number>`count(*)::int` })
    .from(subscribers)
    .where(sql`${wants(concern)} and not ${suppressed}`)
    .groupBy(subscribers.channel, subscribers.locale)

/**
 * The same of SMS by the ten thousand numbers that readers stand among, with one number of each: such a range lies in one
 * country, so that whoever asks where numbers lie need not look at each of them.
 */
export const smsReachByRange = (db: Queryable, concern: Concern): Promise<(ChannelReach & { example: string })[]> =>
  db
    .select({
      channel: subscribers.channel,
      locale: subscribers.locale,
      example: sql<string>`min(${subscribers.addressKey})`,
      count: sql<number>`count(*)::int`,
    })
    .from(subscribers)
    .where(sql`${subscribers.channel} = 'sms' and ${wants(concern)} and not ${suppressed}`)
    .groupBy(subscribers.channel, subscribers.locale, sql`left(${subscribers.addressKey}, -4)`)

/** How many hear from us on a channel. */
export async function activeOnChannel(db: Queryable, channel: Channel): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(subscribers)
    .where(and(eq(subscribers.channel, channel), eq(subscribers.state, 'active'), eq(subscribers.list, 'public')))
  return row!.count
}

/** What the next update of an incident concerns, if it says this as things stand; null where nobody outside hears of it. */
export async function concernOfNext(
  db: Queryable,
  incident: Pick<Incident, 'visibility'>,
  newest: Update | null,
  heldIds: readonly string[],
  said: Pick<Update, 'status' | 'severity'>,
): Promise<Concern | null> {
  if (incident.visibility === 'internal') return null
  if (!newest) return concernOfFirstWord(db, said.severity, heldIds)
  const concern = await concernOf(db, newest)
  return { ...concern, worst: graver(concern.worst, said.severity), milestone: isMilestone(said, newest) }
}

/** What a first public word of a severity about these components concerns. */
export async function concernOfFirstWord(
  db: Queryable,
  worst: Severity,
  componentIds: readonly string[],
): Promise<Concern> {
  const named = componentIds.length === 0 ? [] : await withGroups(db, componentIds)
  return { incidentId: null, scopes: await scopesAbout(db, named), whole: wholeOf(named), worst, milestone: true }
}

const withGroups = (db: Queryable, componentIds: readonly string[]) =>
  db
    .select({ id: components.id, groupId: components.groupId })
    .from(components)
    .where(inArray(components.id, [...componentIds]))
