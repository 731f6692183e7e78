import type { Database, Transaction } from '../../db/client.ts'
import { announcementOfUpdate } from '../../db/queries/announced.ts'
import { queueUpdateAnnouncement } from '../../db/queries/announcements.ts'
import { type ExampleReader, exampleDelivery } from '../../db/queries/example-readers.ts'
import type { Update } from '../../db/queries/incidents.ts'
import { announcementById } from '../../db/queries/told.ts'
import { withoutTokens } from '../domain/mask.ts'
import { LANGUAGES } from '../domain/pages.ts'
import { seal } from '../domain/sealing.ts'
import type { Encoding } from '../domain/sms.ts'
import { newWebhookSecret } from '../domain/webhook-signature.ts'
import type { Message, SmsMessage } from './channel.ts'
import { compose, newShared } from './compose.ts'
import type { Composing } from './composing.ts'
import { inHand } from './letter.ts'

/** What subscribers would get of an update; a reader's own links are there without the token that makes them theirs. */
export interface PreviewedMessages {
  email: { subject: string; text: string; html: string }
  sms: { text: string; encoding: Encoding; segments: number }
  /** Segments of the SMS in each language: the longest words decide, and not the author's. */
  segments: Readonly<Record<string, number>>
  webhook: { body: string }
}

const READERS: Omit<ExampleReader, 'audienceIds'>[] = [
  { channel: 'email', locale: 'en' },
  { channel: 'webhook', locale: 'en' },
  ...LANGUAGES.map((locale) => ({ channel: 'sms' as const, locale })),
]

/**
 * Composes what an update's readers would get, as the carriers' messages are composed: by the same calls, for made-up
 * readers with a row in the ledger, who belong to these audiences. Only for a transaction that is taken back.
 */
export async function previewMessages(
  composing: Omit<Composing, 'db' | 'smsCountries'>,
  tx: Transaction,
  update: Update,
  audienceIds: readonly string[],
  now: Date,
): Promise<PreviewedMessages> {
  const announced = await announcementOfUpdate(tx, update.id)
  const announcement = announced ?? (await announcementById(tx, await queueUpdateAnnouncement(tx, update, now)))
  // A made-up number lies in no country that could be closed.
  const inside: Composing = { ...composing, db: tx as unknown as Database, smsCountries: [] }
  const sealedSecret = seal(newWebhookSecret(), composing.secrets)
  const shared = newShared()
  const messages: Message[] = []
  // One after another: each may read at a savepoint of its own.
  for (const reader of READERS) {
    const delivery = await exampleDelivery(tx, announcement, { ...reader, audienceIds }, { sealedSecret, now })
    const [composed] = await compose(inside, shared, [delivery], now)
    messages.push(messageOf(composed!))
  }
  return seenIn(messages, composing.urls.api)
}

function messageOf(composed: Awaited<ReturnType<typeof compose>>[number]): Message {
  if (composed.status === 'rejected') throw composed.reason
  if ('drop' in composed.value) throw new Error(`A preview has nothing to say: ${composed.value.reason}.`)
  return composed.value.message
}

function seenIn(messages: readonly Message[], apiUrl: string): PreviewedMessages {
  const of = <C extends Message['channel']>(channel: C) =>
    messages.filter((message): message is Extract<Message, { channel: C }> => message.channel === channel)
  const [{ letter, own }] = of('email') as [Extract<Message, { channel: 'email' }>]
  const [{ body }] = of('webhook') as [Extract<Message, { channel: 'webhook' }>]
  const texts = of('sms')
  const seen = (text: string): string => withoutTokens(inHand(text, own), apiUrl)
  const [{ body: text, encoding, segments }] = texts as [SmsMessage]
  return {
    email: { subject: letter.subject, text: seen(letter.text), html: seen(letter.html) },
    sms: { text: withoutTokens(text, apiUrl), encoding, segments },
    segments: Object.fromEntries(LANGUAGES.map((language, at) => [language, texts[at]!.segments])),
    webhook: { body: withoutTokens(body, apiUrl) },
  }
}
