import { domainToASCII } from 'node:url'
import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import type { Channel } from './attempt.ts'
import type { FieldError } from './refusal.ts'
import { readWebhookUrl } from './webhook-url.ts'

/** Where somebody is reached: `address` as typed, for sending; `key` for comparing, equal for equal recipients. */
export interface Address {
  address: string
  key: string
}
export type ParsedAddress = Address | { refused: FieldError }

/**
 * Reads what somebody typed as their address on `channel`; what cannot be one is refused in words for the form. For
 * webhooks, `webhookAllow` names the `host:port` that are excepted from the guard.
 */
export function parseAddress(channel: Channel, text: string, webhookAllow: readonly string[] = []): ParsedAddress {
  switch (channel) {
    case 'email':
      return parseEmail(text)
    case 'sms':
      return parsePhone(text)
    case 'webhook':
      return parseHook(text, webhookAllow)
    case 'slack':
    case 'teams':
      return refused('channel_unavailable', 'This channel is not offered here; choose email, SMS or webhook.')
  }
}

const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
const LOCAL_PART = new RegExp(`^${ATOM}(\\.${ATOM})*$`)
const TYPED_DOMAIN = /^[\p{L}\p{M}\p{N}.-]+$/u
const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/

/**
 * One plain address: no display name, no list, no group, no quoting, no brackets, ASCII before the `@` (standards E20,
 * E46–E48, T0.3). Policy for comparing: the domain is lower-cased and in A-labels; the local part counts exactly as
 * typed, because only its mail server knows whether `Ada` and `ada` are one person. `limitKey` below is stricter.
 */
export function parseEmail(text: string): ParsedAddress {
  const address = text.replace(/^ +| +$/g, '')
  const at = address.indexOf('@')
  const local = address.slice(0, at)
  const typedDomain = address.slice(at + 1)
  const domain = TYPED_DOMAIN.test(typedDomain) ? domainToASCII(typedDomain) : ''
  if (at < 1 || !isDomain(domain)) return refused('address_invalid', 'Use one email address, such as name@example.com.')
  if (/[^\x20-\x7e]/.test(local))
    return refused('address_not_ascii', 'Use an address with only ASCII characters before the @.')
  if (!LOCAL_PART.test(local)) return refused('address_invalid', 'Use one email address, such as name@example.com.')
  const key = `${local}@${domain}`
  if (local.length > 64 || key.length > 254) return refused('address_too_long', 'This address is too long.')
  return { address, key }
}

function isDomain(domain: string): boolean {
  const labels = domain.split('.')
  return labels.length >= 2 && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1)!)
}

/**
 * A phone number in international form, with its `+`; spaces and dashes as people write them are fine, an extension is
 * dropped. Possible is enough: the lists of valid ranges age (standards S25). Address and key are both E.164.
 */
export function parsePhone(text: string): ParsedAddress {
  const typed = text.trim()
  if (!/^\+[\d ().\-/]{4,30}( *(ext\.?|x|#) *\d{1,7})?$/i.test(typed))
    return refused(
      'phone_invalid',
      'Use the international form, with + and the country code, such as +49 151 23456789.',
    )
  const number = parsePhoneNumberFromString(typed)
  if (!number?.isPossible())
    return refused('phone_invalid', 'This is not a possible phone number; check it and its country code.')
  return { address: number.number, key: number.number }
}

/** Address and key are both the URL as the standard writes it. Where its name leads to is checked before each message. */
function parseHook(text: string, allow: readonly string[]): ParsedAddress {
  const url = readWebhookUrl(text, allow)
  return 'refused' in url ? refused('url_refused', url.refused) : { address: url.href, key: url.href }
}

/** Whether a possible number also lies in a range known to be in use; when not, say so, but take it (standards S25). */
export const isKnownRange = (e164: string): boolean => parsePhoneNumberFromString(e164)?.isValid() ?? false

/** Whether we send to this number's country. `allowed` holds ISO codes (`DE`) or calling codes (`49`); empty means all. */
export function countryAllowed(e164: string, allowed: readonly string[]): boolean {
  if (allowed.length === 0) return true
  const number = parsePhoneNumberFromString(e164)
  const own = [number?.country, number?.countryCallingCode]
  return allowed.some((code) => own.includes(code.replace(/^\+/, '').toUpperCase()))
}

/** What the limits against bombing count by: letter case must not make one mailbox into many (standards X5). */
export const limitKey = (key: string): string => key.toLowerCase()

/** The ten thousand numbers that a number stands among: whoever pumps has a range of them (standards S22). */
export const numberRange = (e164: string): string => e164.slice(0, -4)

/** The A-label domain of an address that was parsed before. */
export const domainOf = (key: string): string => key.slice(key.lastIndexOf('@') + 1)

const refused = (code: string, message: string): { refused: FieldError } => ({
  refused: { field: 'address', code, message },
})
