import { createHmac } from 'node:crypto'
import type { Channel, Outcome } from './attempt.ts'
import { judgeBounce } from './bounce-codes.ts'
import { REPORT_SOURCES } from './report.ts'
import type { Secrets } from './signature.ts'
import { provesBadNumber } from './twilio-codes.ts'

export const SUPPRESSION_REASONS = ['bounce', 'complaint', 'opted_out', 'bad_number', 'manual'] as const
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number]

/** On whose word an address is suppressed. */
export const SUPPRESSION_SOURCES = [...REPORT_SOURCES, 'smtp', 'twilio', 'person'] as const
export type SuppressionSource = (typeof SUPPRESSION_SOURCES)[number]

/**
 * By what a suppressed address is recognised without holding it: HMAC-SHA256 of channel and address key, hex, once
 * under each secret, the signing one first (standards E42). What is stored is the first; what is looked up are all.
 */
export const addressHashes = (secrets: Secrets, channel: Channel, addressKey: string): string[] =>
  secrets.map((secret) =>
    createHmac('sha256', secret).update(`sitrep/suppression\n${channel}\n${addressKey}`).digest('hex'),
  )

/** What a failed attempt says against its address: enough to give it up, something to count, or nothing. */
export type Blame = { kind: 'suppress'; reason: SuppressionReason } | { kind: 'count' } | { kind: 'none' }

/** What a carrier's answer says against the address (standards E34 for mail, S4 and section 2.2 for SMS). */
export function blameOf(channel: Channel, outcome: Outcome): Blame {
  if (outcome.kind === 'opted_out') return { kind: 'suppress', reason: 'opted_out' }
  if (outcome.kind !== 'permanent') return { kind: 'none' }
  if (channel === 'sms')
    return provesBadNumber(outcome.code) ? { kind: 'suppress', reason: 'bad_number' } : { kind: 'none' }
  if (channel !== 'email') return { kind: 'none' }
  switch (judgeBounce(outcome.enhancedCode ?? null, outcome.reason).meaning) {
    case 'hard':
      return { kind: 'suppress', reason: 'bounce' }
    case 'soft':
      return { kind: 'count' }
    case 'blameless':
      return { kind: 'none' }
  }
}
