import { confirmationById } from '../../db/queries/told.ts'
import { countryAllowed } from '../domain/address.ts'
import { withTwins } from '../domain/gsm7.ts'
import { confirmationCode } from '../domain/signature.ts'
import { fitSms, sizeOf } from '../domain/sms.ts'
import { smsWords } from '../domain/sms-words.ts'
import { alertWords } from './alert-words.ts'
import type { MessagePurpose, SmsMessage } from './channel.ts'
import type { Composed, Composing, Facts } from './composing.ts'
import { wordsOfCorrection } from './correction-words.ts'
import { guardWords } from './guard-words.ts'
import { wordsOfMaintenance } from './maintenance-words.ts'
import { proofUrl } from './proof.ts'
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
    case 'welcome':
      return { message: sms(composing, facts, 'update', updateBody(composing, facts)) }
    case 'correction':
      return { message: sms(composing, facts, 'update', correctionBody(composing, facts)) }
    case 'maintenance':
      return { message: sms(composing, facts, 'maintenance', maintenanceBody(composing, facts)) }
    case 'confirmation':
      return confirmationSms(composing, facts)
    case 'alert':
      return alertSms(composing, facts)
    case 'guard':
      return guardSms(composing, facts)
    case 'test':
      return { message: sms(composing, facts, 'test', testBody(composing, facts)) }
    case 'notice':
      return { drop: 'suppressed', reason: 'notices go by mail' }
  }
}

function updateBody({ templates, urls }: Composing, { delivery, told, organisation }: Facts): string {
  const words = wordsOfUpdate(told!, 'Etc/UTC', delivery.queuedAt)
  const data = { ...words, company: companyOf(organisation), url: `${urls.site}/i/${told!.incident.id}` }
  const before = templates.text('sms/update', data)
  const after = templates.text('sms/update.after', data)
  return fitSms(before, smsWords(before, words.headline, words.body_text, after), after)
}

/**
 * Takes the room of two segments, because half of what is right now may be wrong again. What stood there before is
 * repeated, or at least dated, only where the new words keep all their room.
 */
function correctionBody({ templates, urls }: Composing, { delivery, correction, organisation }: Facts): string {
  const words = wordsOfCorrection(correction!, 'Etc/UTC')
  const data = { ...words, company: companyOf(organisation), url: `${urls.site}/i/${delivery.incidentId}` }
  const before = templates.text('sms/correction', data)
  const body = words.body_text.replace(/\s+/g, ' ')
  const bodies = (['repeated', 'dated', 'unsaid'] as const).map((former) =>
    fitSms(before, body, templates.text('sms/correction.after', { ...data, former })),
  )
  return bodies.find((text) => text.startsWith(withTwins(before + body))) ?? bodies.at(-1)!
}

function maintenanceBody({ templates, urls }: Composing, { delivery, maintenance, organisation }: Facts): string {
  const words = wordsOfMaintenance(maintenance!, 'Etc/UTC')
  const data = { ...words, company: companyOf(organisation), url: `${urls.site}/m/${delivery.maintenanceId}` }
  const before = templates.text('sms/maintenance', data)
  const after = templates.text('sms/maintenance.after', data)
  return fitSms(before, smsWords(before, words.headline, words.body_text, after), after)
}

async function confirmationSms(composing: Composing, facts: Facts): Promise<Composed> {
  const confirmation = await confirmationById(composing.db, facts.delivery.confirmationId!)
  if (confirmation.usedAt) return { drop: 'superseded', reason: 'already confirmed' }
  const code = confirmationCode(composing.secrets, confirmation.nonce)
  const bodyFor = (name: string) => withTwins(composing.templates.text('sms/confirmation', { company: { name }, code }))
  const { name, shortName } = facts.organisation
  const full = bodyFor(name)
  return { message: sms(composing, facts, 'confirmation', sizeOf(full).segments <= 2 ? full : bodyFor(shortName)) }
}

async function alertSms(composing: Composing, facts: Facts): Promise<Composed> {
  const words = await alertWords(composing, facts)
  if ('drop' in words) return words
  const before = composing.templates.text('sms/alert', words.data)
  const after = composing.templates.text('sms/alert.after', words.data)
  return { message: sms(composing, facts, 'alert', fitSms(before, String(words.data.title), after)) }
}

async function guardSms(composing: Composing, facts: Facts): Promise<Composed> {
  const words = await guardWords(composing, facts)
  if ('drop' in words) return words
  const before = composing.templates.text('sms/guard', words.data)
  const after = composing.templates.text('sms/guard.after', words.data)
  return { message: sms(composing, facts, 'alert', fitSms(before, words.data.title, after)) }
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
