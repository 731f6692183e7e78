/** By which door a member of staff may speak besides console, API and command line. */
export const DOORS = ['sms', 'email'] as const
export type Door = (typeof DOORS)[number]

/** What came of something that a member of staff wrote to us. */
export const REPLY_OUTCOMES = [
  'published',
  'no_change',
  'awaits_approval',
  'took',
  'snoozed',
  'already_said',
  'resolved',
  'no_code',
  'code_unknown',
  'code_used',
  'code_expired',
  'may_not',
  'unproven',
  'empty',
  'unclear',
  'quoted',
  'opted_out',
  'refused',
] as const
export type ReplyOutcome = (typeof REPLY_OUTCOMES)[number]

/** Outcomes in which what was asked for was done; `opted_out`: their phone told the carrier STOP. */
export const DONE: readonly ReplyOutcome[] = [
  'published',
  'no_change',
  'awaits_approval',
  'took',
  'snoozed',
  'opted_out',
]

/**
 * Letters of a code: without I, L, O and U, which are misread (contract section 6), and without the other vowels and Y, so
 * that no code is a word, and no word that somebody begins with is taken for one.
 */
export const CODE_LETTERS = 'BCDFGHJKMNPQRSTVWXZ'
export const CODE_LENGTH = 4

/** A code as it stands in a text, and whatever follows it. */
const CODE_FIRST = new RegExp(
  `^["'(\\[<]*([${CODE_LETTERS}]{${CODE_LENGTH}})(?![\\p{L}\\p{N}])["')\\]>]*[\\s:;,.|+-]*`,
  'iu',
)

/** What somebody wants who answers an alert. */
export type Asked =
  | { kind: 'speak'; body: string }
  | { kind: 'same' }
  | { kind: 'take' }
  | { kind: 'snooze'; minutes: number; reason: string }
  | { kind: 'empty' }
  | { kind: 'unclear' }

export interface Reply {
  /** In capitals; null where there is none. */
  code: string | null
  asked: Asked
}

/**
 * Reads an answer to an alert: `<code> text | SAME | SNOOZE n reason | TAKE` (contract section 6), in any letter case, with
 * spaces and line breaks wherever they fell. `addressed`: the code that the address carried which it was sent to; then it need not stand in front.
 */
export function readReply(text: string, addressed: string | null = null): Reply {
  const plain = text.normalize('NFC').trim()
  const first = CODE_FIRST.exec(plain)
  const code = first?.[1]?.toUpperCase() ?? null
  if (code !== null && (addressed === null || code === addressed))
    return { code, asked: askedIn(plain.slice(first![0].length)) }
  return { code: addressed, asked: askedIn(plain) }
}

/** What begins with a keyword but is more or less than that is not for customers to read: its author says it again. */
function askedIn(text: string): Asked {
  const words = text.trim()
  if (!/[\p{L}\p{N}]/u.test(words)) return { kind: 'empty' }
  const [, keyword, rest] = /^(same|take|snooze)\b(.*)$/is.exec(words) ?? []
  if (keyword === undefined) return { kind: 'speak', body: words }
  if (keyword.toLowerCase() === 'snooze') return snoozeIn(rest!)
  return /^[\s.!]*$/.test(rest!) ? { kind: keyword.toLowerCase() as 'same' | 'take' } : { kind: 'unclear' }
}

/** `n reason`: minutes, with or without the word, and why, in one line. */
function snoozeIn(text: string): Asked {
  const [, minutes, rest] = /^\s*(\d{1,4})(?!\d)(.*)$/s.exec(text) ?? []
  const reason = rest
    ?.replace(/^\s*(m|mins?|minutes?)\b/i, '')
    .replace(/^[\s.,:;-]+/, '')
    .replace(/\s+/g, ' ')
    .trim()
  return Number(minutes) > 0 && reason ? { kind: 'snooze', minutes: Number(minutes), reason } : { kind: 'unclear' }
}

const REPLY_ADDRESS = new RegExp(`^<?reply\\+([${CODE_LETTERS}]{${CODE_LENGTH}})@([a-z0-9.-]+)>?$`, 'i')

/** Where an alert by mail is answered: the address carries the code (contract, BOUNCE_DOMAIN). */
export const replyAddress = (code: string, bounceDomain: string): string =>
  `reply+${code.toLowerCase()}@${bounceDomain}`

/** The code that an address for answers carries; null for any other address. */
export function codeOfReplyAddress(address: string, bounceDomain: string): string | null {
  const [, code, domain] = REPLY_ADDRESS.exec(address.trim()) ?? []
  return code && domain?.toLowerCase() === bounceDomain ? code.toUpperCase() : null
}

/** Outcomes of what answers nothing: what a phone sends that answers by itself, or somebody who tries codes. */
export const STRAY: readonly ReplyOutcome[] = ['no_code', 'code_unknown', 'may_not', 'unproven']
/** So many of these in an hour are answered: two machines must not go on for ever. */
export const MOST_STRAY_TOLD = 5
/** After so many of them in an hour nothing of this person counts for the rest of it: nobody finds a code by trying. */
export const MOST_STRAY = 30
