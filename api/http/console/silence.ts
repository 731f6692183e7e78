import { alertsOf } from '../../../db/queries/alerts.ts'
import type { Reader } from '../../../db/queries/cadence.ts'
import type { Incident } from '../../../db/queries/incidents.ts'
import { namesOfPeople } from '../../../db/queries/names.ts'
import { peopleOfRungs } from '../../../db/queries/recipients.ts'
import type { CadencePolicy, Rung } from '../../domain/cadence.ts'
import { type LadderLine, ladderLine } from '../../domain/console-lines.ts'
import { DAILY, isDaily, isRemindedDaily, nextReminder } from '../../domain/daily.ts'
import { takenAndFailed } from '../../domain/delivery-counts.ts'
import { wantsHoldingNotice } from '../../domain/holding-notice.ts'
import type { RungAhead } from '../../domain/room.ts'
import { datedRungs, rungsAhead } from '../../domain/rungs-ahead.ts'
import type { AlertSent } from '../../domain/screen-parts.ts'

/** The silence ladder of an incident: where it stands, what comes next, what has been sent. */
export interface Silence {
  line: LadderLine | null
  rungs: RungAhead[]
  holdingNotice: boolean
  alerts: AlertSent[]
  /** Whether somebody was alerted for the promise that is open. */
  alerted: boolean
}

type Alert = Awaited<ReturnType<typeof alertsOf>>[number]

/** What happens if we stay silent under the cadence of the open promise, and what has happened already. */
export async function silenceOf(
  reader: Reader,
  incident: Incident,
  policy: CadencePolicy,
  now: Date,
): Promise<Silence> {
  const sent = await alertsTo(reader, incident.id, 'public')
  const alerts = await alertsSent(reader, sent)
  const alerted = sent.some((alert) => alert.deadlineSeq === incident.deadlineSeq && alert.state === 'alerted')
  const { nextUpdateDueAt: dueAt, lastSpokeAt } = incident
  const meant = (told: readonly Told[]) => aheadOf(reader, incident, told, policy.fallback)
  if (dueAt === null)
    return {
      line: null,
      rungs: await meant(remindersAhead(policy, incident, now)),
      holdingNotice: false,
      alerts,
      alerted,
    }
  const dated = datedRungs(policy[incident.severity].ladder, { lastSpokeAt, dueAt })
  const decided = sent.filter((alert) => alert.deadlineSeq === incident.deadlineSeq).map((alert) => alert.rung)
  const ahead = rungsAhead(dated, decided, now)
  return {
    line: ladderLine({ lastSpokeAt, dueAt, rungs: dated.map(({ rung, at }) => ({ at, to: rung.to })), now }),
    rungs: await meant(ahead.map(({ rung, at }) => ({ ...rung, at }))),
    holdingNotice: wantsHoldingNotice(policy, incident),
    alerts,
    alerted,
  }
}

const alertsTo = async (reader: Reader, incidentId: string, audience: Alert['audience']): Promise<Alert[]> =>
  (await alertsOf(reader, incidentId)).filter((alert) => alert.audience === audience)

/** Who was told that a briefing is due or late, newest first. */
export const alertsOfBriefings = async (reader: Reader, incidentId: string): Promise<AlertSent[]> =>
  alertsSent(reader, await alertsTo(reader, incidentId, 'executive'))

/** When who is told, and how. */
type Told = Pick<Rung, 'name' | 'to' | 'channels'> & { at: Date }

/** As the console calls the reminder of any day. */
const DAILY_REMINDER = 'daily reminder'

const remindersAhead = (policy: CadencePolicy, incident: Incident, now: Date): Told[] =>
  isRemindedDaily(incident) ? [{ ...DAILY, name: DAILY_REMINDER, at: nextReminder(policy, now).at }] : []

/** Channels that carry alerts today. */
const CARRIED = ['email', 'sms']

async function aheadOf(
  reader: Reader,
  incident: Incident,
  told: readonly Told[],
  fallback: readonly string[],
): Promise<RungAhead[]> {
  if (told.length === 0) return []
  const rungs = told.map(({ to }) => to)
  const meant = await peopleOfRungs(reader, incident, rungs, fallback)
  return told.map(({ name, to, channels, at }, nth) => ({
    name,
    at: at.toISOString(),
    to,
    people: meant[nth]!.map((person) => person.name).toSorted(),
    channels: channels.filter((channel) => CARRIED.includes(channel)),
  }))
}

async function alertsSent(reader: Reader, sent: readonly Alert[]): Promise<AlertSent[]> {
  const told = sent.flatMap((alert) => alert.deliveries.map((delivery) => delivery.personId))
  const names = await namesOfPeople(reader, told)
  return sent.map((alert) => ({
    name: isDaily(alert.rung) ? DAILY_REMINDER : alert.rung,
    at: alert.firedAt.toISOString(),
    state: alert.state,
    people: [...new Set(alert.deliveries.map(({ personId }) => names.get(personId ?? '') ?? 'somebody'))].toSorted(),
    ...takenAndFailed(alert.deliveries.map((delivery) => delivery.state)),
  }))
}
