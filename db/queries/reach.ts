import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Channel } from '../../api/domain/attempt.ts'
import type { Severity } from '../../api/domain/severity.ts'
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

/** How many a first public word of a severity about these components would reach. */
export const reachOfFirstWord = async (
  db: Queryable,
  severity: Severity,
  componentIds: readonly string[],
): Promise<number> => reachOf(db, await firstConcern(db, severity, componentIds))

/** How many the next update of an incident would reach as it stands; nobody hears of an internal one. */
export async function reachOfNext(
  db: Queryable,
  incident: Incident,
  newest: Update | null,
  heldIds: readonly string[],
): Promise<number> {
  if (incident.visibility === 'internal') return 0
  if (!newest) return reachOfFirstWord(db, incident.severity, heldIds)
  return reachOf(db, { ...(await concernOf(db, newest)), milestone: false })
}

async function firstConcern(db: Queryable, worst: Severity, componentIds: readonly string[]): Promise<Concern> {
  const named = componentIds.length === 0 ? [] : await withGroups(db, componentIds)
  return { incidentId: null, scopes: await scopesAbout(db, named), whole: wholeOf(named), worst, milestone: true }
}

const withGroups = (db: Queryable, componentIds: readonly string[]) =>
  db
    .select({ id: components.id, groupId: components.groupId })
    .from(components)
    .where(inArray(components.id, [...componentIds]))
