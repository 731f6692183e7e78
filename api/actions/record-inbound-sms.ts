import { and, eq } from 'drizzle-orm'
import type { Database, Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { audit } from '../../db/queries/audit.ts'
import { liftFrom } from '../../db/queries/suppressions.ts'
import { inboundMessages, subscribers } from '../../db/schema.ts'
import type { Clock } from '../clock.ts'
import { parsePhone } from '../domain/address.ts'
import { type InboundMeaning, meaningByTwilio, meaningOf } from '../domain/inbound.ts'
import type { Secrets } from '../domain/signature.ts'
import { ANYBODY } from '../domain/times.ts'
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
 * Takes a reply. STOP ends the number's subscription at once; START lets texts through again that the carrier had
 * blocked (S18); what no keyword explains is kept for a person to read (standards S16, S19). The same message heard twice
 * is taken once. Answers what it was taken for, and in which language the number hears from us.
 */
export const recordInboundSms = (
  db: Database,
  clock: Clock,
  secrets: Secrets,
  sms: InboundSms,
): Promise<{ meaning: InboundMeaning; language: string }> =>
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
    const [subscriber] = await tx
      .select({ id: subscribers.id, locale: subscribers.locale })
      .from(subscribers)
      .where(and(eq(subscribers.channel, 'sms'), eq(subscribers.addressKey, addressKey)))
    if (fresh && subscriber && meaning === 'stop')
      await endSubscription(tx, BY_SMS, subscriber.id, 'stop', await clock(tx))
    if (fresh && meaning === 'start') await admitAgain(tx, secrets, addressKey)
    return { meaning, language: subscriber?.locale ?? ANYBODY.language }
  })

const BY_SMS = { ...SYSTEM, kind: 'public', name: 'SMS' } as const

/** They say themselves that they want to hear from us; every other reason for silence stays. */
async function admitAgain(tx: Transaction, secrets: Secrets, addressKey: string): Promise<void> {
  for (const id of await liftFrom(tx, secrets, { channel: 'sms', addressKey, reason: 'opted_out' }))
    await audit(tx, BY_SMS, { action: 'suppression.lifted', subject: { kind: 'suppression', id } })
}
