import { HOUR, MINUTE } from './duration.ts'
import { covers, type Role } from './role.ts'

/**
 * The blast guard: an abnormal amount of messages waits for a second confirmation, while the page is published at once.
 *
 *   passed · waiting → released | withdrawn | expired
 *
 * It guards against a script that runs wild and a finger that slips, not against people who speak: the fastest cadence
 * asks for a word in fifteen minutes, so a SEV1 with a raised severity, a cause and a correction stays far below six
 * words in ten. Whoever may confirm may be the one who posted: alone at three in the morning a second person would be
 * silence, and what is asked for is a second, deliberate act with the numbers in view, not a second opinion.
 */
export const GUARDED_KINDS = ['update', 'correction', 'holding_notice', 'maintenance'] as const
export type GuardedKind = (typeof GUARDED_KINDS)[number]

/** Milliseconds that count as "lately", and as the hour. */
export const LATELY = 10 * MINUTE
export const THIS_HOUR = HOUR
/** So many messages on one incident lately are normal. */
const NORMAL_LATELY = 6
/** So many messages to everybody within the hour are normal. */
const NORMAL_THIS_HOUR = 10
/** Fewer people are never kept waiting. */
const LEAST_REACH = 1_000

/** How much has been announced: what waits or was withdrawn is not counted, it reached nobody. */
export interface Volume {
  /** On the same incident or maintenance, within ten minutes. */
  lately: number
  /** Of everything, within the hour. */
  thisHour: number
}

/**
 * Whether it is worth counting messages. One announcement reaches each subscriber once at most, so below this nothing is
 * guarded however many subscribe, and an ordinary post costs one small query.
 */
export const mayBeAbnormal = (volume: Volume): boolean => isManyLately(volume) || volume.thisHour >= NORMAL_THIS_HOUR

/** Whether one incident has been spoken of as often lately as is normal. */
export const isManyLately = ({ lately }: Pick<Volume, 'lately'>): boolean => lately >= NORMAL_LATELY

/** What is about to be announced. */
export interface Blast extends Volume {
  /** How many it would reach. */
  reach: number
  /** Messages queued within the hour. */
  queuedThisHour: number
  activeSubscribers: number
  /** The first word on a SEV1. */
  firstOfSev1: boolean
}

export const GUARD_REASONS = ['many_lately', 'many_this_hour'] as const
export type GuardReason = (typeof GUARD_REASONS)[number]

/**
 * Why an announcement has to wait; null when it need not. The first word on a SEV1 never does: whatever flooded the hour
 * was about something else, these people know nothing yet, and perhaps nobody is awake to press twice.
 */
export function guardReason(blast: Blast): GuardReason | null {
  const { reach, queuedThisHour, activeSubscribers } = blast
  if (reach < LEAST_REACH || blast.firstOfSev1) return null
  if (isManyLately(blast)) return 'many_lately'
  return queuedThisHour + reach > NORMAL_THIS_HOUR * activeSubscribers ? 'many_this_hour' : null
}

export const GUARD_STATES = ['passed', 'waiting', 'released', 'withdrawn', 'expired'] as const
export type GuardState = (typeof GUARD_STATES)[number]

/** What an announcement's row tells of the guard. */
export interface Guardable {
  guardedAt: Date | null
  releasedAt: Date | null
  fannedOutAt: Date | null
  expiresAt: Date
}

/** Where an announcement stands. Withdrawn: done with, and nobody was told. */
export function guardState({ guardedAt, releasedAt, fannedOutAt, expiresAt }: Guardable, now: Date): GuardState {
  if (guardedAt === null) return 'passed'
  if (releasedAt !== null) return 'released'
  if (fannedOutAt !== null) return 'withdrawn'
  return expiresAt <= now ? 'expired' : 'waiting'
}

/**
 * Whether somebody may confirm or withdraw: a commander, and whoever commands this very incident or wrote this very step
 * of planned work, whatever their role.
 */
export const mayDecide = (actor: { role: Role | null; personId: string | null }, leadingId: string | null): boolean =>
  (actor.role !== null && covers(actor.role, 'commander')) || (actor.personId !== null && actor.personId === leadingId)

/** The commander is alerted when it still waits after this: who has just posted stands before the question already. */
export const GUARD_ALERT_AFTER = MINUTE

/** A message that waits, as the console asks about it. */
export interface GuardedMessage {
  /** Where the answer is posted: `<url>/release` or `<url>/withdraw`. */
  url: string
  kind: GuardedKind
  /** The number of the update, for updates and corrections. */
  seq: number | null
  reach: number
  reason: GuardReason
  /** Which one it would be within ten minutes. */
  nth: number
  since: string
  /** After that it is no longer news. */
  until: string
  /** The viewer may answer. */
  mayDecide: boolean
}
