import { and, desc, eq, lt, or } from 'drizzle-orm'
import type { KeptMeaning } from '../../api/domain/inbound.ts'
import type { Queryable, Transaction } from '../client.ts'
import { newId } from '../ids.ts'
import { inboundMessages } from '../schema.ts'

type Inbound = Pick<typeof inboundMessages.$inferInsert, 'providerId' | 'channel' | 'addressKey' | 'body' | 'meaning'>

/** The longest text that is kept. */
const MOST_KEPT = 1_600

/** Keeps a message that came in, for a person to read; false when it has been heard before. */
export async function keepInbound(tx: Transaction, message: Inbound): Promise<boolean> {
  const body = message.body.replaceAll('\0', '').slice(0, MOST_KEPT)
  const rows = await tx
    .insert(inboundMessages)
    .values({ ...message, id: newId(), body })
    .onConflictDoNothing()
    .returning({ id: inboundMessages.id })
  return rows.length > 0
}

export type InboundMessage = typeof inboundMessages.$inferSelect

/** Messages that were taken to mean this, newest first. */
export const inboundMessageRows = (
  db: Pick<Queryable, 'select'>,
  meaning: KeptMeaning,
  { after, limit }: { after?: Pick<InboundMessage, 'receivedAt' | 'id'> | undefined; limit: number },
): Promise<InboundMessage[]> =>
  db
    .select()
    .from(inboundMessages)
    .where(
      and(
        eq(inboundMessages.meaning, meaning),
        after &&
          or(
            lt(inboundMessages.receivedAt, after.receivedAt),
            and(eq(inboundMessages.receivedAt, after.receivedAt), lt(inboundMessages.id, after.id)),
          ),
      ),
    )
    .orderBy(desc(inboundMessages.receivedAt), desc(inboundMessages.id))
    .limit(limit)
