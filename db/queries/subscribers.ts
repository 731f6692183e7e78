import { and, asc, desc, eq, inArray } from 'drizzle-orm'
import {
  confirmations,
  deliveries,
  inboundMessages,
  incidents,
  softBounces,
  subscribers,
  suppressions,
} from '../schema.ts'
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

/** Id and title of public incidents, the newest first. */
export const followedIncidents = (db: Reader, ids: readonly string[]) =>
  db
    .select({ id: incidents.id, title: incidents.title })
    .from(incidents)
    .where(and(inArray(incidents.id, [...ids]), eq(incidents.visibility, 'public')))
    .orderBy(desc(incidents.startedAt))
