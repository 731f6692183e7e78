import type { Transaction } from '../client.ts'
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
