import { waysTo } from '../../db/queries/announcements.ts'
import { activePeople, matterOf, rulesOfBriefing } from '../../db/queries/briefing-rules.ts'
import type { Reader } from '../../db/queries/cadence.ts'
import type { Incident } from '../../db/queries/incidents.ts'
import { BRIEFING_CHANNELS, type BriefingChannel, namedByRules } from '../domain/briefing.ts'

/** Somebody whom a briefing goes to, and how. */
export type BriefedPerson = Awaited<ReturnType<typeof activePeople>>[number] & { channels: BriefingChannel[] }

/**
 * Whom a briefing about this incident goes to as things stand: active people whom the rules name, on the channels of the
 * rules that reach them; and whoever is to decide, on all of theirs.
 */
export async function reachOfBriefing(
  reader: Reader,
  incident: Incident,
  decidingId: string | null = null,
): Promise<BriefedPerson[]> {
  const named = namedByRules(await rulesOfBriefing(reader), await matterOf(reader, incident))
  if (decidingId) named.set(decidingId, BRIEFING_CHANNELS)
  const people = await activePeople(reader, [...named.keys()])
  return people.map((person) => {
    const ways = waysTo(person, named.get(person.id)!).map(({ channel }) => channel)
    return { ...person, channels: BRIEFING_CHANNELS.filter((channel) => ways.includes(channel)) }
  })
}
