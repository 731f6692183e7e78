import { returnAddress } from '../domain/report.ts'
import type { MailMessage, MessagePurpose } from './channel.ts'
import type { Composing, Facts, Sender } from './composing.ts'
import type { Letter, OwnWords } from './letter.ts'
import { briefingThreadId, messageId, threadId, workThreadId } from './mail-identity.ts'

/** What mails of every kind are put together from. */

/** Who writes, as templates name them. */
export const companyOf = ({ organisation }: Facts) => ({
  name: organisation.name,
  short_name: organisation.shortName,
  postal_address: organisation.postalAddress,
  support_url: organisation.supportUrl,
})

export interface LetterParts {
  purpose: MessagePurpose
  template: string
  data: Record<string, unknown>
  headers: Record<string, string>
  language: string
}

/** The letter that a template makes of these words. */
export function letterOf(
  { templates, sender }: Composing,
  { delivery, organisation }: Facts,
  { purpose, template, data, headers, language }: LetterParts,
): Letter {
  const from = purpose === 'confirmation' ? sender.fromConfirm : sender.from
  return {
    from: { name: from.name || templates.text('mail/sender', data, language), address: from.address },
    replyTo: /^mailto:([^?]+)/.exec(organisation.supportUrl ?? '')?.[1] ?? null,
    threadId: threadOf(sender, delivery),
    subject: templates.text(`${template}.subject`, data, language),
    text: `${templates.text(template, data, language)}\n`,
    html: templates.html(template, data, language),
    headers,
  }
}

/** The mail of one delivery that brings a letter. */
export function mailOf(
  { sender }: Composing,
  { delivery }: Facts,
  purpose: MessagePurpose,
  letter: Letter,
  own: OwnWords,
): MailMessage {
  const from = purpose === 'confirmation' ? sender.fromConfirm : sender.from
  return {
    channel: 'email',
    deliveryId: delivery.id,
    purpose,
    lane: delivery.lane,
    to: delivery.address,
    queuedAt: delivery.queuedAt,
    envelopeFrom: sender.bounceDomain ? returnAddress(delivery.id, sender.bounceDomain) : from.address,
    messageId: messageId(sender, delivery.id),
    letter,
    own,
  }
}

/** What executives are told has a thread of its own, also for those who follow the public one. */
function threadOf(sender: Sender, { audience, incidentId, maintenanceId }: Facts['delivery']): string | null {
  if (incidentId && audience === 'executive') return briefingThreadId(sender, incidentId)
  if (incidentId) return threadId(sender, incidentId)
  return maintenanceId ? workThreadId(sender, maintenanceId) : null
}
