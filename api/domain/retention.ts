import { DAY } from './duration.ts'
import { SOFT_LIMIT } from './soft-bounces.ts'

/**
 * How long is kept what tells of somebody, in milliseconds (standards X14: unconfirmed sign-ups 7 days, delivery logs 90;
 * the rest follows from what it is for). Who erases themselves waits for none of this.
 */
export const KEPT_FOR = {
  /** Sign-ups with their messages, from the day they were made; what was agreed to stands with the subscriber by then. */
  sign_ups: 7 * DAY,
  /** The ledger's rows that have reached their end: who was sent what, and what became of it. */
  deliveries: 90 * DAY,
  /** Text messages that came in. */
  inbound_messages: 90 * DAY,
  /** Subscriptions that have ended. */
  ended_subscriptions: 90 * DAY,
  /** Suppressions that were lifted. */
  lifted_suppressions: 90 * DAY,
  /** Drafts of which nothing was heard any more, ended or not, and that no incident was declared from; with their alerts. */
  ended_drafts: 90 * DAY,
  /** What somebody typed and never posted. */
  composer_drafts: 90 * DAY,
  /** Codes with which staff could answer, from the day they ran out. */
  reply_codes: 90 * DAY,
  /** Sessions, with the address they were used from; links that let in and one-time values: from the day they ran out. */
  sessions: 7 * DAY,
  invitations: 7 * DAY,
  verifications: 7 * DAY,
  /** Nothing older is counted. */
  soft_bounces: SOFT_LIMIT.within,
  /** Longer than the deliveries they are about, so that a replay is always known or about nothing. */
  heard_reports: 100 * DAY,
} as const

export type Kept = keyof typeof KEPT_FOR
