import type { Database, Transaction } from '../../db/client.ts'
import { deliveriesOfBriefing } from '../../db/queries/briefing-announcements.ts'
import type { Channel } from '../domain/attempt.ts'
import type { BriefingPreview } from '../domain/briefing-preview.ts'
import { withoutTokens } from '../domain/mask.ts'
import type { Message } from './channel.ts'
import { compose, newShared } from './compose.ts'
import type { Composing } from './composing.ts'
import { inHand } from './letter.ts'

type PreviewedMessages = Pick<BriefingPreview, 'email' | 'sms' | 'webhook'>

/**
 * Composes what the first on each channel would get of a briefing, from the very rows that would be carried; their own
 * link is there without the token that makes it theirs. Only for a transaction that is taken back.
 */
export async function previewBriefingMessages(
  composing: Omit<Composing, 'db' | 'smsCountries'>,
  tx: Transaction,
  briefingId: string,
  now: Date,
): Promise<PreviewedMessages> {
  const inside: Composing = { ...composing, db: tx as unknown as Database, smsCountries: [] }
  const rows = await deliveriesOfBriefing(tx, briefingId)
  const firstOf = async <C extends Channel>(channel: C) => {
    const delivery = rows.find((row) => row.channel === channel)
    if (!delivery) return null
    const [composed] = await compose(inside, newShared(), [delivery], now)
    if (composed!.status === 'rejected') throw composed!.reason
    if ('drop' in composed!.value) throw new Error(`A preview has nothing to say: ${composed!.value.reason}.`)
    return { to: delivery.personId!, message: composed!.value.message as Extract<Message, { channel: C }> }
  }
  const seen = (text: string): string => withoutTokens(text, composing.urls.api)
  // One after another: each may read at a savepoint of its own.
  const mail = await firstOf('email')
  const text = await firstOf('sms')
  const event = await firstOf('webhook')
  return {
    email: mail && { to: mail.to, ...letterOf(mail.message, seen) },
    sms: text && { to: text.to, ...smsOf(text.message, seen) },
    webhook: event && { to: event.to, body: seen(event.message.body) },
  }
}

const letterOf = ({ letter, own }: Extract<Message, { channel: 'email' }>, seen: (text: string) => string) => ({
  subject: letter.subject,
  text: seen(inHand(letter.text, own)),
  html: seen(inHand(letter.html, own)),
})

const smsOf = ({ body, encoding, segments }: Extract<Message, { channel: 'sms' }>, seen: (text: string) => string) => ({
  text: seen(body),
  encoding,
  segments,
})
