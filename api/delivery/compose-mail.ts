import { endpointOf } from '../../db/queries/endpoints.ts'
import { confirmationById, personById } from '../../db/queries/told.ts'
import { maskAddress } from '../domain/mask.ts'
import { replyAddress } from '../domain/reply.ts'
import { returnAddress } from '../domain/report.ts'
import { confirmationTokenOf } from '../domain/signature.ts'
import { manageUrl, unsubscribeToken, unsubscribeUrl } from '../domain/subscription-links.ts'
import { ANYBODY, printedTime, type Reader } from '../domain/times.ts'
import { alertWords } from './alert-words.ts'
import { answerWords } from './answer-words.ts'
import { approvalWords } from './approval-words.ts'
import { type BriefingKind, briefingMessage } from './briefing-words.ts'
import type { MailMessage, MessagePurpose } from './channel.ts'
import type { Composed, Composing, Facts, Sender } from './composing.ts'
import { wordsOfCorrection } from './correction-words.ts'
import { endpointUrl } from './endpoint-url.ts'
import { guardWords } from './guard-words.ts'
import { handoverWords } from './handover-words.ts'
import { type Letter, mark, type OwnWords } from './letter.ts'
import { automaticHeaders, briefingThreadId, listHeaders, messageId, threadId, workThreadId } from './mail-identity.ts'
import { wordsOfMaintenance } from './maintenance-words.ts'
import { spokenSince, wordsOfNotice } from './notice-words.ts'
import { proofUrl } from './proof.ts'
import { choicesOf, readerOf, subscriptionWords } from './subscription-words.ts'
import { wordsOfUpdate } from './words.ts'

/** The mail of one delivery. */
export function composeMail(composing: Composing, facts: Facts): Promise<Composed> {
  switch (facts.announcement.kind) {
    case 'update':
    case 'welcome':
      return updateMail(composing, facts)
    case 'correction':
      return correctionMail(composing, facts)
    case 'holding_notice':
      return holdingNoticeMail(composing, facts)
    case 'maintenance':
      return maintenanceMail(composing, facts)
    case 'confirmation':
      return confirmationMail(composing, facts)
    case 'alert':
      return alertMail(composing, facts)
    case 'guard':
      return staffMail(composing, facts, 'mail/guard', guardWords)
    case 'approval':
      return staffMail(composing, facts, 'mail/approval', approvalWords)
    case 'answer':
      return answerMail(composing, facts)
    case 'handover':
      return staffMail(composing, facts, 'mail/handover', handoverWords)
    case 'briefing':
    case 'briefing_alert':
    case 'decision_answer':
    case 'decision_reminder':
      return briefingMail(composing, facts, facts.announcement.kind)
    case 'test':
      return testMail(composing, facts)
    case 'notice':
      return noticeMail(composing, facts)
  }
}

async function updateMail(composing: Composing, facts: Facts): Promise<Composed> {
  const { delivery, told, announcement } = facts
  const welcome = announcement.kind === 'welcome'
  const url = `${composing.urls.site}/incidents/${told!.incident.id}`
  return listMail(composing, facts, 'update', 'mail/update', (reader) => ({
    ...wordsOfUpdate(told!, reader, delivery.queuedAt),
    welcome,
    url,
  }))
}

const correctionMail = (composing: Composing, facts: Facts): Promise<Composed> =>
  listMail(composing, facts, 'update', 'mail/correction', (reader) => ({
    ...wordsOfCorrection(facts.correction!, reader),
    url: `${composing.urls.site}/incidents/${facts.delivery.incidentId}`,
  }))

async function holdingNoticeMail(composing: Composing, facts: Facts): Promise<Composed> {
  const told = facts.holdingNotice!
  const url = `${composing.urls.site}/incidents/${told.incident.id}`
  return (
    spokenSince(told) ??
    listMail(composing, facts, 'update', 'mail/holding-notice', (reader) => ({ ...wordsOfNotice(told, reader), url }))
  )
}

const maintenanceMail = (composing: Composing, facts: Facts): Promise<Composed> =>
  listMail(composing, facts, 'maintenance', 'mail/maintenance', (reader) => ({
    ...wordsOfMaintenance(facts.maintenance!, reader),
    url: `${composing.urls.site}/maintenance/${facts.delivery.maintenanceId}`,
    calendar_url: `${composing.urls.site}/calendar.ics`,
  }))

/** What subscribers get: in their zone, with what they chose and the way out. Who chose alike gets the same letter. */
async function listMail(
  composing: Composing,
  facts: Facts,
  purpose: MessagePurpose,
  template: string,
  words: (reader: Reader) => Record<string, unknown>,
): Promise<Composed> {
  const { delivery, letters } = facts
  const subscriber = facts.subscriber
  if (!subscriber) return { drop: 'suppressed', reason: 'the subscriber has been erased' }
  const key = JSON.stringify([delivery.announcementId, delivery.queuedAt, choicesOf(subscriber), facts.eyes])
  const letter = letters.get(key) ?? listLetter(composing, facts, purpose, template, words(readerOf(subscriber)))
  letters.set(key, letter)
  letter.catch(() => letters.delete(key))
  const own = {
    unsubscribe_token: unsubscribeToken(composing, subscriber.id),
    unsubscribe_url: unsubscribeUrl(composing, subscriber.id),
    manage_url: manageUrl(composing, subscriber.id, delivery.queuedAt),
  }
  return { message: mailOf(composing, facts, purpose, await letter, own) }
}

async function listLetter(
  composing: Composing,
  facts: Facts,
  purpose: MessagePurpose,
  template: string,
  words: Record<string, unknown>,
): Promise<Letter> {
  const data = {
    ...words,
    company: companyOf(facts),
    subscription: await subscriptionWords(composing, facts),
    unsubscribe_url: mark('unsubscribe_url'),
    manage_url: mark('manage_url'),
  }
  const { sender } = composing
  const headers = listHeaders(sender, facts.organisation, mark('unsubscribe_url'), mark('unsubscribe_token'))
  return letterOf(composing, facts, { purpose, template, data, headers, language: facts.subscriber!.locale })
}

async function confirmationMail(composing: Composing, facts: Facts): Promise<Composed> {
  const { delivery } = facts
  const confirmation = await confirmationById(composing.db, delivery.confirmationId!)
  if (confirmation.usedAt) return { drop: 'superseded', reason: 'already confirmed' }
  const language = confirmation.locale
  const token = confirmationTokenOf(composing.secrets, confirmation.nonce, confirmation.tokenHash)
  const data = {
    company: companyOf(facts),
    url: `${composing.urls.api}/subscriptions/confirm?token=${token}`,
    until: printedTime(confirmation.expiresAt, delivery.queuedAt, { ...ANYBODY, language }),
  }
  return plainMail(composing, facts, 'confirmation', 'mail/confirmation', data, language)
}

async function alertMail(composing: Composing, facts: Facts): Promise<Composed> {
  const words = await alertWords(composing, facts)
  if ('drop' in words) return words
  return answerableMail(composing, facts, `mail/${words.template}`, words.data)
}

/** To a member of staff, who answers it where it gives them a code. */
function answerableMail(
  composing: Composing,
  facts: Facts,
  template: string,
  words: Record<string, unknown> & { code: string | null },
): Composed {
  const { bounceDomain } = composing.sender
  const replyTo = words.code && bounceDomain ? { replyTo: replyAddress(words.code, bounceDomain) } : {}
  const data = { ...words, company: companyOf(facts) }
  const parts = { purpose: 'alert', template, data, headers: automaticHeaders(), language: 'en' } as const
  const letter = { ...letterOf(composing, facts, parts), ...replyTo }
  return { message: mailOf(composing, facts, 'alert', letter, {}) }
}

type StaffWords = { data: Record<string, unknown> } | Extract<Composed, { drop: string }>

/** To a member of staff, who does what it asks for in the console. */
async function staffMail(
  composing: Composing,
  facts: Facts,
  template: string,
  wordsOf: (composing: Composing, facts: Facts) => Promise<StaffWords>,
): Promise<Composed> {
  const words = await wordsOf(composing, facts)
  if ('drop' in words) return words
  return plainMail(composing, facts, 'alert', template, { ...words.data, company: companyOf(facts) })
}

async function answerMail(composing: Composing, facts: Facts): Promise<Composed> {
  const words = await answerWords(composing, facts)
  if ('drop' in words) return words
  return answerableMail(composing, facts, 'mail/answer', words.data)
}

async function briefingMail(composing: Composing, facts: Facts, kind: BriefingKind): Promise<Composed> {
  const told = await briefingMessage(composing, facts, kind)
  if ('drop' in told) return told
  return plainMail(composing, facts, told.purpose, `mail/${told.template}`, { ...told.data, company: companyOf(facts) })
}

async function testMail(composing: Composing, facts: Facts): Promise<Composed> {
  const person = await personById(composing.db, facts.delivery.personId!)
  const data = { company: companyOf(facts), person: person.name, url: proofUrl(composing, facts.delivery) }
  return plainMail(composing, facts, 'test', 'mail/test', data)
}

/** To the owner of an endpoint that has been disabled, in the language that it was signed up in. */
async function noticeMail(composing: Composing, facts: Facts): Promise<Composed> {
  const { delivery } = facts
  const subscriber = facts.subscriber!
  if (subscriber.state !== 'disabled') return { drop: 'superseded', reason: 'enabled again' }
  const endpoint = await endpointOf(composing.db, subscriber.id)
  const data = {
    company: companyOf(facts),
    endpoint: maskAddress(subscriber.address),
    since: printedTime(endpoint?.failingSince ?? delivery.queuedAt, delivery.queuedAt, readerOf(subscriber)),
    url: endpointUrl(composing, delivery),
  }
  return plainMail(composing, facts, 'notice', 'mail/notice', data, subscriber.locale)
}

const companyOf = ({ organisation }: Facts) => ({
  name: organisation.name,
  short_name: organisation.shortName,
  postal_address: organisation.postalAddress,
  support_url: organisation.supportUrl,
})

/** A mail that is written for one reader alone. */
function plainMail(
  composing: Composing,
  facts: Facts,
  purpose: MessagePurpose,
  template: string,
  data: Record<string, unknown>,
  language = 'en',
): Composed {
  const letter = letterOf(composing, facts, { purpose, template, data, headers: automaticHeaders(), language })
  return { message: mailOf(composing, facts, purpose, letter, {}) }
}

interface LetterParts {
  purpose: MessagePurpose
  template: string
  data: Record<string, unknown>
  headers: Record<string, string>
  language: string
}

function letterOf(
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

function mailOf(
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
