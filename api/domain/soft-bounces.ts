import { DAY } from './duration.ts'

/**
 * A mailbox that was full is not dead; one that stays full is. An address is given up after this many soft bounces of as
 * many messages within this time, when the first and the last of them lie this far apart (standards E34 names no number).
 * Whatever arrives in between wipes the count.
 */
export const SOFT_LIMIT = { bounces: 5, within: 30 * DAY, apart: 3 * DAY } as const

/** Whether an address whose messages bounced softly at these times is given up. */
export function staysDead(times: readonly Date[], now: Date): boolean {
  const counted = times.map((at) => at.getTime()).filter((at) => now.getTime() - at <= SOFT_LIMIT.within)
  return counted.length >= SOFT_LIMIT.bounces && Math.max(...counted) - Math.min(...counted) >= SOFT_LIMIT.apart
}
