import { alertsOf } from '../../../db/queries/alerts.ts'
import { policyOfVersion, type Reader } from '../../../db/queries/cadence.ts'
import type { Incident } from '../../../db/queries/incidents.ts'
import { namesOfPeople } from '../../../db/queries/names.ts'
import { peopleOfRung } from '../../../db/queries/recipients.ts'
import { type LadderLine, ladderLine } from '../../domain/console-lines.ts'
import { takenAndFailed } from '../../domain/delivery-counts.ts'
import type { AlertSent, RungAhead } from '../../domain/room.ts'
import { type DatedRung, datedRungs, rungsAhead } from '../../domain/rungs-ahead.ts'

/** The silence ladder of an incident: where it stands, what comes next, what has been sent. */
export interface Silence {
  line: LadderLine | null
  rungs: RungAhead[]
  alerts: AlertSent[]
}

type Alert = Awaited<ReturnType<typeof alertsOf>>[number]

/** What happens if we stay silent, and what has happened already. */
export async function silenceOf(reader: Reader, incident: Incident, now: Date): Promise<Silence> {
  const sent = await alertsOf(reader, incident.id)
  const alerts = await alertsSent(reader, sent)
  const { nextUpdateDueAt: dueAt, lastSpokeAt } = incident
  if (dueAt === null) return { line: null, rungs: [], alerts }
  const policy = await policyOfVersion(reader, incident.cadenceVersion)
  const dated = datedRungs(policy[incident.severity].ladder, { lastSpokeAt, dueAt })
  const decided = sent.filter((alert) => alert.deadlineSeq === incident.deadlineSeq).map((alert) => alert.rung)
  const ahead = rungsAhead(dated, decided, now)
  return {
    line: ladderLine({ lastSpokeAt, dueAt, rungs: dated.map(({ rung, at }) => ({ at, to: rung.to })), now }),
    rungs: await Promise.all(ahead.map((each) => rungAhead(reader, incident, each, policy.fallback))),
    alerts,
  }
}

/** Channels that carry alerts today. */
const CARRIED = ['email', 'sms']

async function rungAhead(
  reader: Reader,
  incident: Incident,
  { rung, at }: DatedRung,
  fallback: readonly string[],
): Promise<RungAhead> {
  const meant = await peopleOfRung(reader, incident, rung.to, fallback)
  const names = await namesOfPeople(
    reader,
    meant.map((person) => person.id),
  )
  return {
    name: rung.name,
    at: at.toISOString(),
    to: rung.to,
    people: [...names.values()].toSorted(),
    channels: rung.channels.filter((channel) => CARRIED.includes(channel)),
  }
}

async function alertsSent(reader: Reader, sent: readonly Alert[]): Promise<AlertSent[]> {
  const told = sent.flatMap((alert) => alert.deliveries.map((delivery) => delivery.personId))
  const names = await namesOfPeople(reader, told)
  return sent.map((alert) => ({
    name: alert.rung,
    at: alert.firedAt.toISOString(),
    state: alert.state,
    people: [...new Set(alert.deliveries.map(({ personId }) => names.get(personId ?? '') ?? 'somebody'))].toSorted(),
    ...takenAndFailed(alert.deliveries.map((delivery) => delivery.state)),
  }))
}
