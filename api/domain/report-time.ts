import { HOUR, MINUTE } from './duration.ts'

/**
 * Providers try again for a day when we do not answer, with the time of the first try in what they signed; replays within
 * that day are known by the id of their event (standards E40).
 */
const LATE_AT_MOST = 25 * HOUR
const EARLY_AT_MOST = 15 * MINUTE

/** Whether a signed post is too old to be taken, or claims to come from the future; a time that is none is too late. */
export function isTooLate(signedAt: Date, now: Date): boolean {
  const age = now.getTime() - signedAt.getTime()
  return !(age <= LATE_AT_MOST && age >= -EARLY_AT_MOST)
}
