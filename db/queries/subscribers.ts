import { and, asc, eq, gt, type SQL, sql } from 'drizzle-orm'
import type { Channel } from '../../api/domain/attempt.ts'
import type { List } from '../../api/domain/audience.ts'
import { confirmations, deliveries, inboundMessages, softBounces, subscribers, suppressions } from '../schema.ts'
import type { Reader } from './cadence.ts'

export type Subscriber = typeof subscribers.$inferSelect

/** The subscriber of this id, erased ones too; null when there never was one here. */
export async function subscriberOf(db: Reader, id: string): Promise<Subscriber | null> {
  const [row] = await db.select().from(subscribers).where(eq(subscribers.id, id))
  return row ?? null
}

/** Everything that is kept about one subscriber besides their row, oldest first (GDPR Art. 15). */
export async function recordsAbout(db: Reader, { id, channel, addressKey }: Subscriber) {
  const own = (table: typeof confirmations | typeof suppressions | typeof inboundMessages | typeof softBounces) =>
    and(eq(table.channel, channel), eq(table.addressKey, addressKey))
  return {
    deliveries: await db
      .select()
      .from(deliveries)
      .where(eq(deliveries.subscriberId, id))
      .orderBy(asc(deliveries.queuedAt), asc(deliveries.id)),
    signUps: await db.select().from(confirmations).where(own(confirmations)).orderBy(asc(confirmations.createdAt)),
    suppressions: await db.select().from(suppressions).where(own(suppressions)).orderBy(asc(suppressions.createdAt)),
    bounces: await db.select().from(softBounces).where(own(softBounces)).orderBy(asc(softBounces.at)),
    replies: await db
      .select()
      .from(inboundMessages)
      .where(own(inboundMessages))
      .orderBy(asc(inboundMessages.receivedAt)),
  }
}
export type Records = Awaited<ReturnType<typeof recordsAbout>>

/** Which subscribers a list shows; erased ones are nobody's to see. */
export interface SubscriberFilter {
  /** Everybody's list, unless another is asked for. */
  list?: List | undefined
  channel?: Channel | undefined
  state?: Subscriber['state'] | undefined
  /** Part of an address. */
  search?: string | undefined
}

const shownBy = ({ list = 'public', channel, state, search }: SubscriberFilter): SQL | undefined =>
  and(
    eq(subscribers.list, list),
    sql`${subscribers.endedBy} is distinct from 'erasure'`,
    channel && eq(subscribers.channel, channel),
    state && eq(subscribers.state, state),
    search ? sql`strpos(lower(${subscribers.addressKey}), ${search.toLowerCase()}) > 0` : undefined,
  )

/** Subscribers in the order of their ids. */
export const listSubscribers = (
  db: Reader,
  filter: SubscriberFilter,
  { after, limit }: { after?: string | undefined; limit: number },
): Promise<Subscriber[]> =>
  db
    .select()
    .from(subscribers)
    .where(and(shownBy(filter), after ? gt(subscribers.id, after) : undefined))
    .orderBy(asc(subscribers.id))
    .limit(limit)

/** All of them, a thousand at a time: however many there are, no more are in memory. */
export async function* everySubscriber(db: Reader, filter: SubscriberFilter): AsyncIterable<Subscriber[]> {
  const limit = 1_000
  let page: Subscriber[] = []
  do {
    page = await listSubscribers(db, filter, { after: page.at(-1)?.id, limit })
    if (page.length > 0) yield page
  } while (page.length === limit)
}

/** How many active subscribers each channel has. */
export const countsByChannel = (db: Reader) =>
  db
    .select({ channel: subscribers.channel, count: sql<number>`count(*)::int` })
    .from(subscribers)
    .where(and(eq(subscribers.state, 'active'), eq(subscribers.list, 'public')))
    .groupBy(subscribers.channel)
    .orderBy(asc(subscribers.channel))
