import type { Channel } from '../../api/domain/attempt.ts'
import type { Rung } from '../../api/domain/cadence.ts'
import { waysTo } from './announcements.ts'
import type { Reader } from './cadence.ts'
import { peopleOfRung, type Reached, type Roles } from './recipients.ts'

/** Whom a rung tells, and on which channels; `fellBack`: its own channels reach nobody, so the fallback is told. */
export interface RungReach {
  people: Reached[]
  channels: Channel[]
  fellBack: boolean
}

/**
 * Whom a rung tells as things stand now, on channels that are carried; where its own reach nobody, the fallback on any
 * channel there is (standards R16).
 */
export async function reachOfRung(
  reader: Reader,
  incident: Roles,
  rung: Pick<Rung, 'to' | 'channels'>,
  fallback: readonly string[],
  carried: readonly Channel[],
): Promise<RungReach> {
  const channels = rung.channels.filter((channel) => carried.includes(channel))
  const people = reachable(await peopleOfRung(reader, incident, rung.to, fallback), channels)
  if (people.length > 0) return { people, channels, fellBack: false }
  const standIns = await peopleOfRung(reader, incident, ['fallback'], fallback)
  return { people: reachable(standIns, carried), channels: [...carried], fellBack: true }
}

const reachable = (people: readonly Reached[], channels: readonly Channel[]): Reached[] =>
  people.filter((person) => waysTo(person, channels).length > 0)
