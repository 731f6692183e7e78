import type { Channel, Lane } from './attempt.ts'
import { DAY, HOUR, MINUTE, plus, SECOND } from './duration.ts'

/** Milliseconds after the first, second, third and every further failed attempt; the end is the delivery's expiry. */
const WAITS = [15 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE]
/** The same for webhooks, whose endpoints may be down for days (standards W6): with the first, ten attempts. */
const WEBHOOK_WAITS = [
  ...[5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR],
  ...[10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR],
]
/** No endpoint may ask for more patience than the longest wait of our own. */
const LONGEST_WAIT = DAY
/** Each wait is moved by up to a fifth, so that many that failed together do not come back together. */
const JITTER = 0.2

/** Milliseconds to wait after `attempts` attempts; `random` lies in 0…1. Not less than `asked` by the other side. */
export const backOff = (channel: Channel, attempts: number, random: number, asked = 0): number => {
  const waits = channel === 'webhook' ? WEBHOOK_WAITS : WAITS
  const wait = waits[Math.min(Math.max(attempts, 1), waits.length) - 1]!
  return Math.max(Math.round(wait * (1 + JITTER * (2 * random - 1))), Math.min(asked, LONGEST_WAIT))
}

/**
 * An SMS is tried at most this often: once, and three times more (standards 2.2). A webhook as often as there are waits.
 * Mail is tried until it is no news.
 */
const MOST: Partial<Record<Channel, number>> = { sms: 4, webhook: WEBHOOK_WAITS.length + 1 }

/** Whether a delivery that certainly did not leave may be tried again. */
export const mayRetry = (channel: Channel, attempts: number): boolean => attempts < (MOST[channel] ?? Infinity)

/** An endpoint that has failed for longer than all waits together is given up, whatever it failed at (standards W6). */
export const isGivenUp = (failingSince: Date, now: Date): boolean =>
  now.getTime() - failingSince.getTime() > WEBHOOK_WAITS.reduce((sum, wait) => sum + wait, DAY)

/**
 * What to do when nobody knows whether an attempt arrived (standards S5, R6). Mail goes once more under the same
 * Message-ID. An SMS is first asked after; if it never arrived, our own people get it a second time, subscribers do not: the page
 * is the truth. An event goes again under the same `webhook-id`, by which its receiver knows it. `unknowns` counts this
 * attempt.
 */
export function afterUnknown(
  channel: Channel,
  lane: Lane,
  unknowns: number,
  asked: boolean,
): 'again' | 'ask' | 'leave' {
  if (channel === 'sms' && !asked) return 'ask'
  if (channel === 'webhook') return 'again'
  const wanted = channel === 'sms' ? lane !== 'public' : true
  return wanted && unknowns < 2 ? 'again' : 'leave'
}

/** Until when a channel that fails rests: a quarter of a minute at first, a minute when it lasts; quotas need longer. */
export function pauseUntil(now: Date, failingSince: Date | null, code: string): Date {
  if (QUOTAS.includes(code)) return plus(now, 15 * MINUTE)
  const failing = failingSince ? now.getTime() - failingSince.getTime() : 0
  return plus(now, Math.min(MINUTE, Math.max(15 * SECOND, failing)))
}

/** Twilio's rolling windows (standards 2.2, quota). */
const QUOTAS = ['63038', '60728']
