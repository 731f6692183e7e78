import type { Concern } from '../../db/queries/audience.ts'
import { type ChannelReach, reachByChannel, smsReachByRange } from '../../db/queries/reach.ts'
import { countryAllowed } from '../domain/address.ts'
import type { Channel } from '../domain/attempt.ts'
import type { World } from './world.ts'

/** What counting needs to know. */
export type Counting = Pick<World, 'db' | 'sending'>

/** Whom it reaches, by channel and language, without numbers in countries that no SMS is sent to (standards S22). */
export async function reachOf({ db, sending }: Counting, concern: Concern): Promise<ChannelReach[]> {
  const reach = await reachByChannel(db, concern)
  if (sending.smsCountries.length === 0) return reach
  const ranges = await smsReachByRange(db, concern)
  const open = ranges.filter(({ example }) => countryAllowed(example, sending.smsCountries))
  return [...reach.filter(({ channel }) => channel !== 'sms'), ...open]
}

/** How many of them hear it, on a channel or on any. */
export const countOf = (reach: readonly ChannelReach[], channel?: Channel): number =>
  reach.filter((each) => !channel || each.channel === channel).reduce((sum, { count }) => sum + count, 0)

/** How many people it reaches; nobody where nobody outside is told. */
export const peopleReached = async (counting: Counting, concern: Concern | null): Promise<number> =>
  concern ? countOf(await reachOf(counting, concern)) : 0
