import type { DeliveryState } from './attempt.ts'

/**
 * Sending again, by hand, what failed. What may be repeated is decided by what is certain, not by what is wished:
 *
 *   failed, bounced   somebody said for certain that it did not arrive: sent again under the same Message-ID
 *   unknown           it may have arrived. Mail has had its one more try by itself (standards R6) and an SMS update goes
 *                     out at most once (S5): a press of a button must not undo what we promise
 *   suppressed        its reader has left, or the address takes nothing any more (E6, E42)
 *   superseded        something newer has been told in its place, or waits to be (R7, E35)
 *   expired           no longer news (contract section 6): an old word in the inbox an hour later is worse than none
 *
 * Everything else arrived or is still on its way by itself.
 */
export const RESENT_STATES = ['failed', 'bounced'] as const satisfies DeliveryState[]

/** Why a delivery that did not arrive is not sent again. */
export const SKIPPED = ['suppressed', 'superseded', 'expired', 'unknown'] as const satisfies DeliveryState[]
export type Skipped = Record<(typeof SKIPPED)[number], number>

/** What sending again does, or would do: how many go out once more, and how many do not. */
export interface Resending {
  retried: number
  skipped: Skipped
}

/** Nothing of either. */
export const nothingResent = (): Resending => ({
  retried: 0,
  skipped: { suppressed: 0, superseded: 0, expired: 0, unknown: 0 },
})
