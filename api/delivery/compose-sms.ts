import { hearsNothing } from '../../db/queries/choice-gone.ts'
import { confirmationById } from '../../db/queries/told.ts'
import { countryAllowed } from '../domain/address.ts'
import { shortMaintenanceUrl, shortUrl } from '../domain/addresses.ts'
import { isGsm7, withTwins } from '../domain/gsm7.ts'
import { shortReaderUrl } from '../domain/reader-links.ts'
import { confirmationCode } from '../domain/signature.ts'
import { fitFirst, fitSms, frameThatFits, MOST_SEGMENTS, type SmsFrame, sizeOf } from '../domain/sms.ts'
import { smsWords } from '../domain/sms-words.ts'
import { shortManageUrl } from '../domain/subscription-links.ts'
import { ANYBODY } from '../domain/times.ts'
import { alertWords } from './alert-words.ts'
import { answerWords } from './answer-words.ts'
import { approvalWords } from './approval-words.ts'
import { type BriefingKind, briefingMessage } from './briefing-words.ts'
import type { MessagePurpose, SmsMessage } from './channel.ts'
import { CHOSEN_ANEW, type Composed, type Composing, type Facts } from './composing.ts'
import { wordsOfCorrection } from './correction-words.ts'
import { guardWords } from './guard-words.ts'
import { handoverWords } from './handover-words.ts'
import { wordsOfMaintenance } from './maintenance-words.ts'
import { spokenSince, wordsOfNotice } from './notice-words.ts'
import { proofUrl } from './proof.ts'
import { shortUrlFor } from './reader-site.ts'
import { isForReader, NOT_STAFF, wordsOfNote } from './staff-note-words.ts'
import { wordsOfUpdate } from './words.ts'

/** Seconds that a carrier may keep a SEV1 message waiting (standards S2), and the most it may be asked for at all. */
const SEV1_VALIDITY = 900
const MOST_VALIDITY = 36_000

/** The SMS of one delivery. A number in a country that we do not send to gets none (standards S22). */
export async function composeSms(composing: Composing, facts: Facts): Promise<Composed> {
  if (!countryAllowed(facts.delivery.address, composing.smsCountries))
    return { drop: 'suppressed', reason: 'country not allowed' }
  switch (facts.announcement.kind) {
    case 'update':
      return { message: sms(composing, facts, 'update', updateBody(composing, facts)) }
    case 'welcome':
      return facts.told
        ? { message: sms(composing, facts, 'update', updateBody(composing, facts)) }
        : { message: sms(composing, facts, 'confirmation', welcomeBody(composing, facts)) }
    case 'correction':
      return { message: sms(composing, facts, 'update', correctionBody(composing, facts)) }
    case 'holding_notice':
      return holdingNoticeSms(composing, facts)
    case 'maintenance':
      return { message: sms(composing, facts, 'maintenance', maintenanceBody(composing, facts)) }
    case 'choice_gone':
      return choiceGoneSms(composing, facts)
    case 'staff_note':
      return staffNoteSms(composing, facts)
    case 'confirmation':
      return confirmationSms(composing, facts)
    case 'alert':
      return alertSms(composing, facts)
    case 'guard':
      return guardSms(composing, facts)
    case 'approval':
      return approvalSms(composing, facts)
    case 'answer':
      return answerSms(composing, facts)
    case 'handover':
      return handoverSms(composing, facts)
    case 'briefing':
    case 'briefing_alert':
    case 'decision_answer':
    case 'decision_reminder':
      return briefingSms(composing, facts, facts.announcement.kind)
    case 'test':
      return { message: sms(composing, facts, 'test', testBody(composing, facts)) }
    case 'notice':
      return { drop: 'suppressed', reason: 'notices go by mail' }
  }
}

function updateBody(composing: Composing, facts: Facts): string {
  const { templates, urls } = composing
  const { delivery, told, organisation } = facts
  const url = shortUrlFor(composing, facts, shortUrl(urls.site, told!.incident.id))
  const framed = (language: string, excused: boolean): SmsFrame => {
    const words = wordsOfUpdate(told!, { ...ANYBODY, language }, delivery.queuedAt)
    const late_minutes = excused ? words.late_minutes : null
    return frameOf(templates, 'sms/update', { ...words, late_minutes, company: companyOf(organisation), url }, language)
  }
  const language = languageOf(facts)
  const frame = frameThatFits([framed(language, true), framed(language, false)], framed('en', false))
  const { headline, body_text } = wordsOfUpdate(told!, ANYBODY, delivery.queuedAt)
  return fitSms(frame.before, smsWords(frame.before, headline, body_text, frame.after), frame.after)
}

/**
 * Takes the room of two segments, because half of what is right now may be wrong again. What stood there before is
 * repeated, or at least dated, only where the new words keep all their room.
 */
function correctionBody(composing: Composing, facts: Facts): string {
  const { templates, urls } = composing
  const { delivery, correction, organisation } = facts
  const url = shortUrlFor(composing, facts, shortUrl(urls.site, delivery.incidentId!))
  const framed = (language: string, former: 'repeated' | 'dated' | 'unsaid'): SmsFrame => {
    const words = wordsOfCorrection(correction!, { ...ANYBODY, language })
    return frameOf(templates, 'sms/correction', { ...words, company: companyOf(organisation), url, former }, language)
  }
  const body = wordsOfCorrection(correction!, ANYBODY).body_text.replace(/\s+/g, ' ')
  const language = languageOf(facts)
  const briefest = frameThatFits([framed(language, 'unsaid')], framed('en', 'unsaid'))
  return fitFirst([framed(language, 'repeated'), framed(language, 'dated'), briefest], body)
}

function holdingNoticeSms(composing: Composing, facts: Facts): Composed {
  const told = facts.holdingNotice!
  const url = shortUrlFor(composing, facts, shortUrl(composing.urls.site, told.incident.id))
  const framed = (language: string): SmsFrame => {
    const data = { ...wordsOfNotice(told, { ...ANYBODY, language }), company: companyOf(facts.organisation), url }
    return frameOf(composing.templates, 'sms/holding-notice', data, language)
  }
  const { before, after } = frameThatFits([framed(languageOf(facts))], framed('en'))
  return spokenSince(told) ?? { message: sms(composing, facts, 'update', fitSms(before, told.incident.title, after)) }
}

function maintenanceBody(composing: Composing, facts: Facts): string {
  const { templates, urls } = composing
  const { delivery, maintenance, organisation } = facts
  const url = shortUrlFor(composing, facts, shortMaintenanceUrl(urls.site, delivery.maintenanceId!))
  const framed = (language: string): SmsFrame => {
    const words = wordsOfMaintenance(maintenance!, { ...ANYBODY, language })
    return frameOf(templates, 'sms/maintenance', { ...words, company: companyOf(organisation), url }, language)
  }
  const { before, after } = frameThatFits([framed(languageOf(facts))], framed('en'))
  const { headline, body_text } = wordsOfMaintenance(maintenance!, ANYBODY)
  return fitSms(before, smsWords(before, headline, body_text, after), after)
}

async function choiceGoneSms(composing: Composing, facts: Facts): Promise<Composed> {
  const { delivery, organisation } = facts
  if (!(await hearsNothing(composing.db, delivery.subscriberId!))) return CHOSEN_ANEW
  const data = {
    company: companyOf(organisation),
    url: shortManageUrl(composing, delivery.subscriberId!, delivery.queuedAt),
  }
  const framed = (language: string): SmsFrame => ({
    before: composing.templates.text('sms/choice-gone', data, language),
    after: '',
  })
  const { before } = frameThatFits([framed(languageOf(facts))], framed('en'))
  return { message: sms(composing, facts, 'notice', withTwins(before)) }
}

function staffNoteSms(composing: Composing, facts: Facts): Composed {
  if (!isForReader(facts)) return NOT_STAFF
  const url = shortReaderUrl(composing, facts.delivery.id)
  const framed = (language: string): SmsFrame => {
    const words = wordsOfNote(facts.note!, { ...ANYBODY, language })
    return frameOf(
      composing.templates,
      'sms/staff-note',
      { ...words, company: companyOf(facts.organisation), url },
      language,
    )
  }
  const { before, after } = frameThatFits([framed(languageOf(facts))], framed('en'))
  const { title, body_text } = wordsOfNote(facts.note!, ANYBODY)
  return { message: sms(composing, facts, 'update', fitSms(before, smsWords(before, title, body_text, after), after)) }
}

const frameOf = (
  templates: Composing['templates'],
  name: string,
  data: Record<string, unknown>,
  language: string,
): SmsFrame => ({
  before: templates.text(name, data, language),
  after: templates.text(`${name}.after`, data, language),
})

const languageOf = ({ subscriber }: Facts): string => subscriber?.locale ?? ANYBODY.language

/** The link to their own choices; in one segment where a shorter name makes that possible, in English where two do not do. */
function welcomeBody(composing: Composing, facts: Facts): string {
  const { delivery, organisation } = facts
  const url = shortManageUrl(composing, delivery.subscriberId!, delivery.queuedAt)
  const bodyFor = (name: string, language: string) =>
    withTwins(composing.templates.text('sms/welcome', { company: { name }, url }, language))
  const names = [organisation.name, organisation.shortName]
  const own = names.map((name) => bodyFor(name, languageOf(facts)))
  const within = (most: number) => own.find((body) => sizeOf(body).segments <= most)
  return within(1) ?? within(MOST_SEGMENTS) ?? bodyFor(organisation.shortName, ANYBODY.language)
}

async function confirmationSms(composing: Composing, facts: Facts): Promise<Composed> {
  const confirmation = await confirmationById(composing.db, facts.delivery.confirmationId!)
  if (confirmation.usedAt) return { drop: 'superseded', reason: 'already confirmed' }
  const code = confirmationCode(composing.secrets, confirmation.nonce)
  const bodyFor = (name: string) =>
    withTwins(composing.templates.text('sms/confirmation', { company: { name }, code }, confirmation.locale))
  const { name, shortName } = facts.organisation
  const full = bodyFor(name)
  return {
    message: sms(composing, facts, 'confirmation', sizeOf(full).segments <= MOST_SEGMENTS ? full : bodyFor(shortName)),
  }
}

async function alertSms(composing: Composing, facts: Facts): Promise<Composed> {
  const words = await alertWords(composing, facts)
  if ('drop' in words) return words
  const framed = (room: 'full' | 'brief' | 'least') =>
    frameOf(composing.templates, `sms/${words.template}`, { ...words.data, room }, ANYBODY.language)
  const { title } = words.data
  // In an alphabet of 134 units there is room for what it is about, or for all that can be answered.
  const body = isGsm7(withTwins(title))
    ? fitFirst([framed('full'), framed('brief')], title)
    : fitFirst([framed('least')], title)
  return { message: sms(composing, facts, 'alert', body) }
}

async function guardSms(composing: Composing, facts: Facts): Promise<Composed> {
  const words = await guardWords(composing, facts)
  if ('drop' in words) return words
  const before = composing.templates.text('sms/guard', words.data)
  const after = composing.templates.text('sms/guard.after', words.data)
  return { message: sms(composing, facts, 'alert', fitSms(before, words.data.title, after)) }
}

async function approvalSms(composing: Composing, facts: Facts): Promise<Composed> {
  const words = await approvalWords(composing, facts)
  if ('drop' in words) return words
  const { before, after } = frameOf(composing.templates, 'sms/approval', words.data, ANYBODY.language)
  return { message: sms(composing, facts, 'alert', fitSms(before, words.data.headline, after)) }
}

async function answerSms(composing: Composing, facts: Facts): Promise<Composed> {
  const words = await answerWords(composing, facts)
  if ('drop' in words) return words
  const { before, after } = frameOf(composing.templates, 'sms/answer', words.data, ANYBODY.language)
  return { message: sms(composing, facts, 'alert', fitSms(before, words.data.words, after)) }
}

async function handoverSms(composing: Composing, facts: Facts): Promise<Composed> {
  const words = await handoverWords(composing, facts)
  if ('drop' in words) return words
  const { before, after } = frameOf(composing.templates, 'sms/handover', words.data, ANYBODY.language)
  const { reminder, title, line } = words.data
  return { message: sms(composing, facts, 'alert', fitSms(before, reminder ? title : line, after)) }
}

async function briefingSms(composing: Composing, facts: Facts, kind: BriefingKind): Promise<Composed> {
  const told = await briefingMessage(composing, facts, kind)
  if ('drop' in told) return told
  const data = { ...told.data, company: companyOf(facts.organisation) }
  const { before, after } = frameOf(composing.templates, `sms/${told.template}`, data, ANYBODY.language)
  return { message: sms(composing, facts, told.purpose, fitSms(before, String(told.data[told.body]), after)) }
}

const testBody = (composing: Composing, { delivery }: Facts): string =>
  withTwins(composing.templates.text('sms/test', { url: proofUrl(composing, delivery) }))

const companyOf = ({ name, shortName }: Facts['organisation']) => ({ name, short_name: shortName })

function sms(
  { urls }: Composing,
  { delivery, announcement, told, now }: Facts,
  purpose: MessagePurpose,
  body: string,
): SmsMessage {
  const { encoding, segments } = sizeOf(body)
  const left = Math.floor((delivery.expiresAt.getTime() - now.getTime()) / 1000)
  const most = announcement.severity === 'SEV1' ? SEV1_VALIDITY : (promisedSeconds(told) ?? MOST_VALIDITY)
  return {
    channel: 'sms',
    deliveryId: delivery.id,
    purpose,
    lane: delivery.lane,
    to: delivery.address,
    queuedAt: delivery.queuedAt,
    body,
    encoding,
    segments,
    statusCallback: `${urls.api}/hooks/twilio/status?delivery=${delivery.id}`,
    validityPeriod: Math.min(Math.max(left, 1), most),
  }
}

/** How long the update promised to be the latest word: by then the next one is there, and this one need not come any more. */
function promisedSeconds(told: Facts['told']): number | null {
  const { publishedAt, nextUpdateDueAt } = told?.update ?? {}
  return publishedAt && nextUpdateDueAt
    ? Math.max(1, Math.floor((nextUpdateDueAt.getTime() - publishedAt.getTime()) / 1000))
    : null
}
