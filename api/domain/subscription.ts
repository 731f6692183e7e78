import type { Channel } from './attempt.ts'
import { DAY, HOUR, MINUTE } from './duration.ts'

/** Which wording of the consent somebody agreed to, by channel; raise it with the words (standards S20, X14). */
export const consentTextOf = (channel: Channel): string => `${channel}-2026-11`

/**
 * How long a proof may take: a link 8 hours (standards E45), six digits 10 minutes (standards S21). An endpoint that does
 * not answer its challenge is asked three times more within the hour, and then forgotten.
 */
export const PROOF_LIFE = { email: 8 * HOUR, sms: 10 * MINUTE, webhook: HOUR } as const

/** A code may be mistyped this often; the next wrong one closes it (standards S21). */
export const MOST_WRONG_TRIES = 5

/** At most one confirmation per address in an hour and three in a day (standards X5). */
export const CONFIRMATION_LIMITS = [
  { within: HOUR, most: 1 },
  { within: DAY, most: 3 },
] as const

/**
 * At most so many addresses are asked to confirm by imports in an hour, as many as by all sign-ups together: a list that
 * brings no consent must not become a storm of mail that nobody asked for (standards X5).
 */
export const MOST_ASKED_BY_IMPORT = 1_000

/** Whether another confirmation may be sent to an address that was sent some at these times. */
export const mayConfirmAgain = (sentAt: readonly Date[], now: Date): boolean =>
  CONFIRMATION_LIMITS.every(
    ({ within, most }) => sentAt.filter((at) => now.getTime() - at.getTime() < within).length < most,
  )

/** A link to one's own choices works this long after its message (standards X7: these expire, unsubscribing does not). */
export const MANAGE_LINK_LIFE = 30 * DAY

/** How long a reader may want to hear nothing. */
export const PAUSES = { day: DAY, week: 7 * DAY, month: 30 * DAY } as const
export type Pause = keyof typeof PAUSES
