import type { EndpointAnswer, Outcome } from './attempt.ts'

/** What an endpoint answered; `body` is its beginning. */
export interface Answered {
  status: number
  retryAfter: string | null
  body: string
}

/** Letters of an answer that are kept for the log (standards W9). */
const EXCERPT = 300

/** Asks not to be called again, ever (standards W5). */
const GONE = 410

/**
 * What an answer means (standards W5): 2xx is success and nothing else is, 410 is for good, everything else may be better
 * next time. With `echo`, success is exactly 200 with these words as body.
 */
export function outcomeOfAnswer(answered: Answered, echo: string | null): Outcome {
  const { status, body } = answered
  const answer: EndpointAnswer = { status, excerpt: excerptOf(body) }
  const code = String(status)
  if (status === GONE) return { kind: 'permanent', code, reason: 'the endpoint says that it is gone', answer }
  const taken = echo === null ? status >= 200 && status < 300 : status === 200 && body.trim() === echo
  if (taken) return { kind: 'accepted', providerId: null, answer }
  const echoless = echo !== null && status === 200
  if (echoless) return { kind: 'not_sent', code: 'challenge_missing', reason: 'not the challenge as answer', answer }
  const reason = status >= 300 && status < 400 ? 'redirects are not followed' : `the endpoint answered ${status}`
  return { kind: 'not_sent', code, reason, wait: waitAsked(answered.retryAfter), answer }
}

/**
 * What an attempt without an answer means: it is made again. It may have arrived all the same; the receiver knows it by
 * its `webhook-id`.
 */
export const outcomeOfHookFailure = (code: string): Outcome => ({
  kind: 'not_sent',
  code,
  reason: REASONS[code] ?? 'no connection, or none that lasted',
  answer: { status: null, excerpt: null },
})

const REASONS: Record<string, string> = {
  timeout: 'no answer in time',
  address_refused: 'the address leads to where webhooks may not go',
  ENOTFOUND: 'the name has no address',
  ECONNREFUSED: 'nobody listens there',
}

/** Milliseconds of a Retry-After in seconds; a date is not trusted, since its clock is not ours. */
const waitAsked = (header: string | null): number =>
  header !== null && /^\d{1,9}$/.test(header.trim()) ? Number(header) * 1000 : 0

/** The beginning of an answer as one line that any log can hold. */
function excerptOf(body: string): string | null {
  const line = body
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, EXCERPT)
  return line === '' ? null : line.toWellFormed()
}
