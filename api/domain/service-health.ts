import type { Channel } from './attempt.ts'

/** What works and what does not, in words for people; programs ask `/readyz`. */

export const HEALTH_CHECKS = ['mail', 'sms', 'publisher', 'cadence_scan'] as const
export type HealthCheck = (typeof HEALTH_CHECKS)[number]

/** `works`; `look`: worth a look, nobody is cut off yet; `fails`. */
export type HealthLevel = 'works' | 'look' | 'fails'

export interface HealthLine {
  check: HealthCheck
  level: HealthLevel
  /** What is so. */
  fact: HealthFact
  /** Since when it fails, where that is known. */
  since: string | null
  /** For how many seconds it is behind or has not run. */
  seconds: number | null
}

export type HealthFact = 'ok' | 'mailbox' | 'failing' | 'stuck' | 'behind' | 'not_yet' | 'silent'

/** How the console's home judges what the checks of `/readyz` found. */
export interface HealthFacts {
  mail: CarrierFacts
  sms: CarrierFacts
  failedTargets: number
  /** Seconds that the newest change has waited for a target; null when none waits. */
  unpublished: number | null
  /** Seconds since the cadence watch went round; null when it never has. */
  cadenceScan: number | null
}

export interface CarrierFacts {
  failingSince: Date | null
  /** No carrier is set: messages stay in the mailbox. */
  mailbox: boolean
}

/** Longer than this without a round of the cadence watch and nobody would be alerted, in seconds (standards R17). */
export const SCAN_MAY_REST = 30
/** Longer than this from commit to file, or from queue to carrier, and something is stuck, in seconds. */
export const MAY_WAIT = 60

export const isLate = (age: number | null, limit: number): boolean => age !== null && age > limit

/** One line for each check, in a fixed order. */
export const healthLines = (facts: HealthFacts): HealthLine[] => [
  carrierLine('mail', facts.mail),
  carrierLine('sms', facts.sms),
  publisherLine(facts),
  scanLine(facts),
]

const line = (
  check: HealthCheck,
  level: HealthLevel,
  fact: HealthFact,
  more: Partial<HealthLine> = {},
): HealthLine => ({
  check,
  level,
  fact,
  since: null,
  seconds: null,
  ...more,
})

function carrierLine(check: 'mail' | 'sms', { failingSince, mailbox }: CarrierFacts): HealthLine {
  if (failingSince) return line(check, 'fails', 'failing', { since: failingSince.toISOString() })
  return mailbox ? line(check, 'look', 'mailbox') : line(check, 'works', 'ok')
}

function publisherLine({ failedTargets, unpublished }: HealthFacts): HealthLine {
  if (failedTargets > 0) return line('publisher', 'fails', 'stuck')
  if (isLate(unpublished, MAY_WAIT)) return line('publisher', 'look', 'behind', { seconds: Math.round(unpublished!) })
  return line('publisher', 'works', 'ok')
}

function scanLine({ cadenceScan }: HealthFacts): HealthLine {
  if (cadenceScan === null) return line('cadence_scan', 'look', 'not_yet')
  if (isLate(cadenceScan, SCAN_MAY_REST))
    return line('cadence_scan', 'fails', 'silent', { seconds: Math.round(cadenceScan) })
  return line('cadence_scan', 'works', 'ok')
}

/** What waits to be handed to a carrier: now, and later because of a pause, a retry or quiet hours. */
export interface OnTheWay {
  channel: Channel
  now: number
  later: number
}
