import type { Channel, Lane } from './attempt.ts'
import { MINUTE, plus } from './duration.ts'

const SECOND = 1000
/** Milliseconds after the first, second, third and every further failed attempt; the end is the delivery's expiry. */
const WAITS = [15 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE]
/** Each wait is moved by up to a fifth, so that many that failed together do not come back together. */
const JITTER = 0.2

/** Milliseconds to wait after `attempts` attempts; `random` lies in 0…1. */
export const backOff = (attempts: number, random: number): number => {
  const wait = WAITS[Math.min(Math.max(attempts, 1), WAITS.length) - 1]!
  return Math.round(wait * (1 + JITTER * (2 * random - 1)))
}

/** An SMS is tried at most this often: once, and three times more (standards 2.2). Mail is tried until it is no news. */
const MOST_SMS = 4

/** Whether a delivery that certainly did not leave may be tried again. */
export const mayRetry = (channel: Channel, attempts: number): boolean => channel !== 'sms' || attempts < MOST_SMS

/**
 * What to do when nobody knows whether an attempt arrived (standards S5, R6). Mail goes once more under the same
 * Message-ID. An SMS is first asked after; if it never arrived, staff get it a second time, subscribers do not: the page
 * is the truth. `unknowns` counts this attempt.
 */
export function afterUnknown(
  channel: Channel,
  lane: Lane,
  unknowns: number,
  asked: boolean,
): 'again' | 'ask' | 'leave' {
  if (channel === 'sms' && !asked) return 'ask'
  const wanted = channel === 'sms' ? lane === 'staff' : true
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
