import { and, asc, eq } from 'drizzle-orm'
import type { Transaction } from '../../db/client.ts'
import { audit } from '../../db/queries/audit.ts'
import { keepInbound } from '../../db/queries/inbound-messages.ts'
import { personByPhone } from '../../db/queries/staff-replies.ts'
import { endTexts } from '../../db/queries/staff-texts.ts'
import { liftFrom } from '../../db/queries/suppressions.ts'
import type { Person } from '../../db/queries/told.ts'
import { subscribers } from '../../db/schema.ts'
import { parsePhone } from '../domain/address.ts'
import { type InboundMeaning, meaningByTwilio, meaningOf } from '../domain/inbound.ts'
import type { ReplyOutcome } from '../domain/reply.ts'
import type { Secrets } from '../domain/signature.ts'
import { ANYBODY } from '../domain/times.ts'
import { type Acting, SYSTEM } from './acting.ts'
import { answerAlert } from './answer-alert.ts'
import { endSubscription } from './end-subscription.ts'

/** What Twilio posts when somebody writes to our number. */
export interface InboundSms {
  MessageSid: string
  From: string
  Body: string
  OptOutType?: string | undefined
}

/** What an inbound text was taken for. */
export interface HeardSms {
  meaning: InboundMeaning
  /** In which the number hears from us. */
  language: string
  /** Whose number it is, while texts go there; null for strangers and those who have left. */
  subscriberId: string | null
  /** What came of the answer of a member of staff; null where nothing did. */
  answered: ReplyOutcome | null
}

/**
 * Takes a text message. STOP ends what the number subscribed to at once; START lets texts through again that the carrier had
 * blocked (S18). What no keyword explains is the answer of a responder to an alert, if it comes from the number of one, and
 * is kept for a person to read otherwise (standards S16, S19). The same message heard twice is taken once.
 */
export const recordInboundSms = (acting: Acting, sms: InboundSms): Promise<HeardSms> =>
  acting.db.transaction(async (tx) => {
    const meaning = meaningByTwilio(sms.OptOutType) ?? meaningOf(sms.Body)
    const parsed = parsePhone(sms.From)
    const addressKey = 'key' in parsed ? parsed.key : sms.From.slice(0, 32)
    const person = await personByPhone(tx, addressKey)
    const fresh = await keepInbound(tx, {
      providerId: sms.MessageSid,
      channel: 'sms',
      addressKey,
      body: sms.Body,
      meaning: person && meaning === 'unmatched' ? 'answer' : meaning,
    })
    const stands = await tx
      .select({ id: subscribers.id, locale: subscribers.locale, state: subscribers.state })
      .from(subscribers)
      .where(and(eq(subscribers.channel, 'sms'), eq(subscribers.addressKey, addressKey)))
      .orderBy(asc(subscribers.list))
    for (const { id } of fresh && meaning === 'stop' ? stands : [])
      await endSubscription(tx, BY_SMS, id, 'stop', await acting.clock(tx))
    if (fresh && person && meaning === 'stop') await stopStaff(tx, acting, person)
    if (fresh && meaning === 'start') await admitAgain(tx, acting.secrets, addressKey)
    // Nothing is said to strangers.
    const answers = fresh && person && meaning === 'unmatched'
    const came = answers
      ? await answerAlert(tx, acting, { person, door: 'sms', text: sms.Body, addressed: null })
      : null
    return {
      meaning,
      language: stands[0]?.locale ?? ANYBODY.language,
      subscriberId: stands.find(({ state }) => state === 'active')?.id ?? null,
      answered: came?.outcome ?? null,
    }
  })

const BY_SMS = { ...SYSTEM, kind: 'public', name: 'SMS' } as const

/** A responder's phone, as likely as not by mistake: whoever is to be alerted must not fall silent with it. */
async function stopStaff(tx: Transaction, { secrets, clock }: Acting, person: Person): Promise<void> {
  const by = { actor: BY_SMS, source: 'twilio', code: null, deliveryId: null, announcementId: null } as const
  await endTexts(tx, secrets, person, by, await clock(tx))
}

/** They say themselves that they want to hear from us; every other reason for silence stays. */
async function admitAgain(tx: Transaction, secrets: Secrets, addressKey: string): Promise<void> {
  for (const id of await liftFrom(tx, secrets, { channel: 'sms', addressKey, reason: 'opted_out' }))
    await audit(tx, BY_SMS, { action: 'suppression.lifted', subject: { kind: 'suppression', id } })
}
