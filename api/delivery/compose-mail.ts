import { endpointOf } from '../../db/queries/endpoints.ts'
import { confirmationById, personById } from '../../db/queries/told.ts'
import { maskAddress } from '../domain/mask.ts'
import { replyAddress } from '../domain/reply.ts'
import { confirmationTokenOf } from '../domain/signature.ts'
import { ANYBODY, printedTime } from '../domain/times.ts'
import { alertWords } from './alert-words.ts'
import { answerWords } from './answer-words.ts'
import { approvalWords } from './approval-words.ts'
import { type BriefingKind, briefingMessage } from './briefing-words.ts'
import type { MessagePurpose } from './channel.ts'
import type { Composed, Composing, Facts } from './composing.ts'
import { endpointUrl } from './endpoint-url.ts'
import { guardWords } from './guard-words.ts'
import { handoverWords } from './handover-words.ts'
import {
  choiceGoneMail,
  correctionMail,
  holdingNoticeMail,
  maintenanceMail,
  staffNoteMail,
  updateMail,
} from './list-mails.ts'
import { automaticHeaders } from './mail-identity.ts'
import { companyOf, letterOf, mailOf } from './mail-parts.ts'
import { proofUrl } from './proof.ts'
import { readerOf } from './subscription-words.ts'

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
    case 'choice_gone':
      return choiceGoneMail(composing, facts)
    case 'staff_note':
      return staffNoteMail(composing, facts)
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
