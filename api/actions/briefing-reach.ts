import { waysTo } from '../../db/queries/announcements.ts'
import { matterOf, rulesOfBriefing } from '../../db/queries/briefing-rules.ts'
import { latestBriefing } from '../../db/queries/briefings.ts'
import type { Reader } from '../../db/queries/cadence.ts'
import type { Incident } from '../../db/queries/incidents.ts'
import { activeById, type Reached } from '../../db/queries/recipients.ts'
import { BRIEFING_CHANNELS, type BriefingChannel, namedByRules } from '../domain/briefing.ts'
import { graver } from '../domain/severity.ts'

/** Somebody whom a briefing goes to, and how. */
export type BriefedPerson = Reached & { channels: BriefingChannel[] }

/**
 * Whom a briefing about this incident goes to as things stand: active people whom the rules name, on the channels of the
 * rules that reach them; and whoever is to decide, on all of theirs. Whoever was told of a worse severity is told that it
 * is no longer so.
 */
export async function reachOfBriefing(
  reader: Reader,
  incident: Pick<Incident, 'id' | 'severity'>,
  decidingId: string | null = null,
): Promise<BriefedPerson[]> {
  const [latest, here, rules] = await Promise.all([
    latestBriefing(reader, incident.id),
    matterOf(reader, incident),
    rulesOfBriefing(reader),
  ])
  const severity = graver(latest?.severity ?? incident.severity, incident.severity)
  const named = namedByRules(rules, { ...here, severity })
  if (decidingId) named.set(decidingId, BRIEFING_CHANNELS)
  const people = await activeById(reader, [...named.keys()])
  return people.map((person) => ({ ...person, channels: channelsTo(person, named.get(person.id)!) }))
}

/** Whom the rules name is reached: by mail, where they have none of the channels that the rules ask for. */
export function channelsTo(
  person: Parameters<typeof waysTo>[0],
  wanted: readonly BriefingChannel[],
): BriefingChannel[] {
  const ways = waysTo(person, wanted).map(({ channel }) => channel)
  return ways.length === 0 ? ['email'] : BRIEFING_CHANNELS.filter((channel) => ways.includes(channel))
}
