import type { Outcome } from './attempt.ts'

/** What to do about an error of Twilio's (standards section 2.2). */
type Meaning = 'opted_out' | 'bad_recipient' | 'blocked' | 'country' | 'configuration' | 'retry' | 'quota'

/** The table of section 2.2 as data; a code that is not here is recorded and not tried again (standards S10). */
export const TWILIO_CODES: Readonly<Record<number, Meaning>> = {
  21610: 'opted_out',
  21211: 'bad_recipient',
  21614: 'bad_recipient',
  21635: 'bad_recipient',
  30005: 'bad_recipient',
  30006: 'bad_recipient',
  30004: 'blocked',
  30007: 'blocked',
  30034: 'blocked',
  20003: 'configuration',
  21408: 'country',
  21606: 'configuration',
  21659: 'configuration',
  21612: 'country',
  30002: 'configuration',
  20429: 'retry',
  30001: 'retry',
  30003: 'retry',
  30008: 'retry',
  30022: 'retry',
  63017: 'retry',
  21611: 'retry',
  63038: 'quota',
  60728: 'quota',
}

const KINDS: Record<Meaning, 'opted_out' | 'permanent' | 'channel' | 'not_sent'> = {
  opted_out: 'opted_out',
  bad_recipient: 'permanent',
  blocked: 'permanent',
  // One number in a country that is not enabled must not hold up all the others.
  country: 'permanent',
  configuration: 'channel',
  retry: 'not_sent',
  quota: 'channel',
}

/** Failures before a connection stood: certainly nothing was sent (standards S4). */
const NOT_CONNECTED = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']

/** What is known of a failed request: Twilio's code and HTTP status, or the network's word. */
export interface SmsFailure {
  code: number | null
  status: number | null
  network: string | null
}

/** What a failed request means (standards S4): a 5xx, a timeout and a broken connection leave it unknown. */
export function outcomeOfSmsFailure({ code, status, network }: SmsFailure): Exclude<Outcome, { kind: 'accepted' }> {
  const named = String(code ?? status ?? network ?? 'unlisted')
  if (status === 429 || code === 20429) return { kind: 'not_sent', code: named, reason: 'too many requests' }
  if (status === null)
    return NOT_CONNECTED.includes(network ?? '')
      ? { kind: 'channel', code: named, reason: 'no connection' }
      : { kind: 'unknown', code: named, reason: 'no answer' }
  if (status >= 500 || code === 20500) return { kind: 'unknown', code: named, reason: 'server error' }
  if (status === 401 || status === 403) return { kind: 'channel', code: named, reason: 'sign-in refused' }
  return outcomeOfTwilioCode(code, named)
}

/** What Twilio's own code means, in an answer or in a later callback. */
export function outcomeOfTwilioCode(
  code: number | null,
  named = String(code),
): Exclude<Outcome, { kind: 'accepted' | 'unknown' }> {
  const meaning = code === null ? undefined : TWILIO_CODES[code]
  return { kind: meaning ? KINDS[meaning] : 'permanent', code: named, reason: meaning ?? 'unlisted' }
}

/**
 * The rank of a message's state at Twilio; a callback only ever moves it up (standards S13), so shuffled and repeated
 * callbacks end in the same place.
 */
export const TWILIO_RANK: Readonly<Record<string, number>> = {
  accepted: 0,
  scheduled: 0,
  queued: 1,
  sending: 2,
  sent: 3,
  delivered: 4,
  undelivered: 4,
  failed: 4,
  read: 5,
}

/** Whether a code says that the number itself is no good, so that nothing more is sent to it (standards section 2.2). */
export const provesBadNumber = (code: string): boolean => TWILIO_CODES[Number(code)] === 'bad_recipient'
