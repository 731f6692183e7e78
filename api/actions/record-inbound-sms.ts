import { and, eq } from 'drizzle-orm'
import type { Database, Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { inboundMessages, subscribers } from '../../db/schema.ts'
import type { Clock } from '../clock.ts'
import { parsePhone } from '../domain/address.ts'
import { type InboundMeaning, meaningByTwilio, meaningOf } from '../domain/inbound.ts'
import { SYSTEM } from './acting.ts'
import { endSubscription } from './end-subscription.ts'

/** What Twilio posts when somebody writes to our number. */
export interface InboundSms {
  MessageSid: string
  From: string
  Body: string
  OptOutType?: string | undefined
}

/** The longest text that is kept. */
const MOST_KEPT = 1_600

/**
 * Takes a reply. STOP ends the number's subscription at once; what no keyword explains is kept for a person to read
 * (standards S16, S19). The same message heard twice is taken once. Answers what it was taken for.
 */
export const recordInboundSms = (db: Database, clock: Clock, sms: InboundSms): Promise<InboundMeaning> =>
  db.transaction(async (tx) => {
    const meaning = meaningByTwilio(sms.OptOutType) ?? meaningOf(sms.Body)
    const parsed = parsePhone(sms.From)
    const addressKey = 'key' in parsed ? parsed.key : sms.From.slice(0, 32)
    const [fresh] = await tx
      .insert(inboundMessages)
      .values({
        id: newId(),
        providerId: sms.MessageSid,
        channel: 'sms',
        addressKey,
        body: sms.Body.replaceAll('\0', '').slice(0, MOST_KEPT),
        meaning,
      })
      .onConflictDoNothing()
      .returning({ id: inboundMessages.id })
    if (fresh && meaning === 'stop') await endBySms(tx, addressKey, await clock(tx))
    return meaning
  })

async function endBySms(tx: Transaction, addressKey: string, now: Date): Promise<void> {
  const [subscriber] = await tx
    .select({ id: subscribers.id })
    .from(subscribers)
    .where(and(eq(subscribers.channel, 'sms'), eq(subscribers.addressKey, addressKey)))
  if (subscriber) await endSubscription(tx, { ...SYSTEM, kind: 'public', name: 'SMS' }, subscriber.id, 'stop', now)
}
