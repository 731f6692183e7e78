import { createPublicKey } from 'node:crypto'
import { accessSync, constants } from 'node:fs'
import { domain, listOf, mailAddress, oneOf, path, port, rate, sender, text, wholeNumber } from './kinds.ts'
import type { Kind, Settings } from './settings.ts'
import { foreignUrl, type SmtpServer, smtpUrl } from './urls.ts'

export interface MailConfig {
  server: Omit<SmtpServer, 'login'>
  from: { name: string; address: string }
  /** Sender of confirmations, so that complaints about them do not harm the updates. */
  fromConfirm: { name: string; address: string }
  /** Connections of this process. */
  connections: number
  /** Messages per second over all processes; null: as fast as the server takes them. */
  perSecond: number | null
}

export interface DkimConfig {
  domain: string
  selector: string
  keyFile: string
}

export interface SmsConfig {
  accountSid: string
  messagingServiceSid: string | null
  from: string | null
  /** Another base URL that speaks Twilio's API; null: Twilio's own. */
  apiUrl: string | null
}

/** Mail, and the login that goes with it; null without `SMTP_URL`: the mailbox. */
export function readMail(settings: Settings): { mail: MailConfig; login: SmtpServer['login'] } | null {
  const server = settings.read('SMTP_URL', smtpUrl, null)
  const from = settings.read('MAIL_FROM', sender, null)
  const fromConfirm = settings.read('MAIL_FROM_CONFIRM', sender, from)
  const connections = settings.read('SMTP_CONNECTIONS', wholeNumber(1, 100), 5)
  const perSecond = settings.read('SMTP_RATE', rate(100_000), null)
  requireTogether(settings, ['SMTP_URL', 'MAIL_FROM'])
  needs(settings, 'MAIL_FROM_CONFIRM', 'SMTP_URL')
  if (!server || !from || !fromConfirm) return null
  const { login, ...reachable } = server
  return { mail: { server: reachable, from, fromConfirm, connections, perSecond }, login }
}

/** DKIM signing; whether the key signs is tried at the start, here only that it can be read. */
export function readDkim(settings: Settings): DkimConfig | null {
  const named = settings.read('DKIM_DOMAIN', domain, null)
  const selector = settings.read(
    'DKIM_SELECTOR',
    matching(/^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i, 'use a selector, such as s1'),
    null,
  )
  const keyFile = settings.read('DKIM_KEY_FILE', readableFile, null)
  requireTogether(settings, ['DKIM_DOMAIN', 'DKIM_SELECTOR', 'DKIM_KEY_FILE'])
  return named && selector && keyFile ? { domain: named, selector, keyFile } : null
}

/** What comes back: bounces, replies, wishes to leave the list. */
export function readBounces(settings: Settings) {
  const certFile = settings.read('BOUNCE_TLS_CERT_FILE', readableFile, null)
  const keyFile = settings.read('BOUNCE_TLS_KEY_FILE', readableFile, null)
  needs(settings, 'BOUNCE_SMTP_PORT', 'BOUNCE_DOMAIN')
  needs(settings, 'BOUNCE_TLS_CERT_FILE', 'BOUNCE_SMTP_PORT')
  requireTogether(settings, ['BOUNCE_TLS_CERT_FILE', 'BOUNCE_TLS_KEY_FILE'])
  return {
    /** What the built-in receiver offers STARTTLS with. */
    tls: certFile && keyFile ? { certFile, keyFile } : null,
    domain: settings.read('BOUNCE_DOMAIN', domain, null),
    smtpPort: settings.read('BOUNCE_SMTP_PORT', port, null),
    unsubscribeMailto: settings.read('UNSUBSCRIBE_MAILTO', mailAddress, null),
    sesTopicArn: settings.read(
      'SES_TOPIC_ARN',
      matching(
        /^arn:[\w-]+:sns:[\w-]+:\d+:[\w.-]+$/,
        'use the whole ARN, such as arn:aws:sns:eu-west-1:123456789012:bounces',
      ),
      null,
    ),
    sendgridPublicKey: settings.read('SENDGRID_PUBLIC_KEY', ecPublicKey, null),
  }
}

/** A public key for ECDSA: base64 of its DER form, without the lines of a PEM. */
const ecPublicKey: Kind<string> = (value) => {
  const mend = 'use the verification key as SendGrid shows it: one line that begins with MFkw'
  try {
    const key = createPublicKey({ key: Buffer.from(value, 'base64'), format: 'der', type: 'spki' })
    return key.asymmetricKeyType === 'ec' ? { value } : { mend }
  } catch {
    return { mend }
  }
}

/** Twilio, and its token; null without it: the mailbox. */
export function readSms(settings: Settings): { sms: SmsConfig; token: string } | null {
  const accountSid = settings.read(
    'TWILIO_ACCOUNT_SID',
    matching(/^AC\w+$/, 'use the account SID, which begins with AC'),
    null,
  )
  const token = settings.read('TWILIO_AUTH_TOKEN', text, null)
  const messagingServiceSid = settings.read(
    'TWILIO_MESSAGING_SERVICE_SID',
    matching(/^MG\w+$/, 'use the SID of a messaging service, which begins with MG'),
    null,
  )
  const from = settings.read(
    'TWILIO_FROM',
    matching(
      /^(\+\d{5,15}|\d{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 +_&-]{1,11})$/,
      'use a number such as +15005550006, a short code, or a name of at most 11 letters',
    ),
    null,
  )
  const apiUrl = settings.read('TWILIO_API_URL', foreignUrl, null)
  requireTwilio(settings)
  return accountSid && token && (messagingServiceSid || from)
    ? { sms: { accountSid, messagingServiceSid, from, apiUrl }, token }
    : null
}

/** What holds for text messages, with Twilio or with the mailbox. */
export const readSmsRules = (settings: Settings) => ({
  /** Over all processes. */
  segmentsPerSecond: settings.read('SMS_SEGMENTS_PER_SECOND', rate(10_000), 1),
  /** ISO codes (`DE`) or calling codes (`49`); empty: every country. */
  countries: settings.read('SMS_COUNTRIES', countries, []),
  /** Who answers STOP and HELP. */
  optOut: settings.read('TWILIO_OPT_OUT', oneOf('twilio', 'sitrep'), 'twilio' as const),
})

const countries: Kind<string[]> = (value) => {
  if (value === 'all') return { value: [] }
  const code = matching(/^([a-z]{2}|\+?[1-9]\d{0,2})$/i, 'use country codes, such as DE,AT or 49,43, or all')
  const answer = listOf(code)(value)
  return 'mend' in answer ? answer : { value: answer.value.map((one) => one.replace('+', '').toUpperCase()) }
}

function requireTwilio(settings: Settings): void {
  const names = [
    'TWILIO_ACCOUNT_SID',
    'TWILIO_AUTH_TOKEN',
    'TWILIO_MESSAGING_SERVICE_SID',
    'TWILIO_FROM',
    'TWILIO_API_URL',
  ]
  if (!names.some(settings.isSet)) return
  for (const name of ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN'])
    if (!settings.isSet(name)) settings.complain(name, 'set it as well: other TWILIO_ settings are there')
  if (!settings.isSet('TWILIO_MESSAGING_SERVICE_SID') && !settings.isSet('TWILIO_FROM'))
    settings.complain('TWILIO_FROM', 'set it, or TWILIO_MESSAGING_SERVICE_SID: text messages need a sender')
}

/** All of them or none. */
function requireTogether(settings: Settings, names: string[]): void {
  const there = names.filter(settings.isSet)
  if (there.length === 0) return
  for (const name of names)
    if (!settings.isSet(name))
      settings.complain(name, `set it as well: ${there.join(' and ')} ${there.length > 1 ? 'are' : 'is'} there`)
}

function needs(settings: Settings, name: string, other: string): void {
  if (settings.isSet(name) && !settings.isSet(other))
    settings.complain(name, `it needs ${other}; set that, or unset ${name}`)
}

function matching(pattern: RegExp, mend: string): Kind<string> {
  return (value) => (pattern.test(value) ? { value } : { mend })
}

const readableFile: Kind<string> = (value) => {
  const file = path(value)
  if ('mend' in file) return file
  try {
    accessSync(file.value, constants.R_OK)
    return file
  } catch {
    return { mend: `${file.value} cannot be read; name a file that this user can read` }
  }
}
