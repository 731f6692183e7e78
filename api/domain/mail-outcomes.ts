import type { Outcome } from './attempt.ts'

/** What is known of a failed attempt by SMTP: the library's words, and whether any of the message was handed over. */
export interface MailFailure {
  code: string | null
  command: string | null
  responseCode: number | null
  permanent: boolean | null
  /** The server's answer, first line. */
  response: string | null
  /** Whether the server had asked for the message, so that it may have taken it (standards T0.5). */
  begun: boolean
}

/** Failures of the channel itself, whoever the mail is for: it is paused and no delivery pays for it (standards E33). */
const CHANNEL_CODES = ['EAUTH', 'ENOAUTH', 'EOAUTH2', 'ECONFIG', 'ETLS', 'EREQUIRETLS', 'EDNS', 'EPROXY']

/** No connection, or none that said a word: the server is at fault, not the message. */
const NOT_CONNECTED = ['ESOCKET', 'ETIMEDOUT']

interface Rule {
  when: (failure: MailFailure) => boolean
  kind: 'channel' | 'unknown' | 'not_sent' | 'permanent'
}

/** The first rule that fits decides (standards E33, T0.5). */
const RULES: readonly Rule[] = [
  { when: ({ code }) => CHANNEL_CODES.includes(code ?? ''), kind: 'channel' },
  {
    when: ({ begun, code, command }) => !begun && command === 'CONN' && NOT_CONNECTED.includes(code ?? ''),
    kind: 'channel',
  },
  { when: ({ begun, responseCode }) => begun && responseCode === null, kind: 'unknown' },
  { when: ({ permanent, responseCode }) => permanent === true && responseCode !== 503, kind: 'permanent' },
  { when: () => true, kind: 'not_sent' },
]

/** What a failed attempt by SMTP means. Only codes and the server's own words are kept, never the error itself. */
export function outcomeOfMailFailure(failure: MailFailure): Exclude<Outcome, { kind: 'accepted' | 'opted_out' }> {
  const { kind } = RULES.find(({ when }) => when(failure))!
  const code = String(failure.responseCode ?? failure.code ?? 'unlisted')
  const reason = withoutAddresses(failure.response ?? failure.code ?? 'no answer')
  if (kind === 'channel' || kind === 'unknown') return { kind, code, reason }
  return { kind, code, enhancedCode: enhancedCodeIn(failure.response), reason }
}

/** The enhanced status code (RFC 3463) in an SMTP answer such as `550 5.1.1 No such user`; null without one. */
export const enhancedCodeIn = (response: string | null): string | null =>
  /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(response ?? '')?.[1] ?? null

/** An answer as it may be kept and shown: one line, at most 200 characters, without addresses (standards X13). */
export const withoutAddresses = (response: string): string =>
  response
    .replace(/\s+/g, ' ')
    .replace(/[^\s<>@]+@[^\s<>@]+/g, '…')
    .slice(0, 200)
