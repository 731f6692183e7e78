import { toldHandover } from '../../db/queries/handover.ts'
import { personById } from '../../db/queries/told.ts'
import { ANYBODY, minutesBetween, printedTime } from '../domain/times.ts'
import type { Composed, Composing, Facts } from './composing.ts'

interface HandoverWords {
  title: string
  severity: string
  /** True where the reader has commanded for long; false where the command has just come to them. */
  reminder: boolean
  /** What the timeline says of it: who handed over to whom, and their note. */
  line: string
  since: ReturnType<typeof printedTime>
  /** How long the reader has commanded. */
  minutes: number
  /** The promise that the reader answers for now; null without one. */
  due: ReturnType<typeof printedTime> | null
  url: string
}

/** What a commander is told of the command; nothing once it is over, or somebody else's. */
export async function handoverWords(
  { db, urls }: Composing,
  { delivery, announcement }: Facts,
): Promise<{ data: HandoverWords & Record<string, unknown> } | Extract<Composed, { drop: string }>> {
  const { entry, incident } = await toldHandover(db, announcement.timelineEntryId!)
  if (incident.status === 'resolved' || incident.commanderId !== delivery.personId || !incident.commandedSince)
    return { drop: 'superseded', reason: 'commands no longer' }
  const person = await personById(db, delivery.personId!)
  if (!person.active) return { drop: 'suppressed', reason: 'no longer active' }
  const printed = (at: Date) => printedTime(at, delivery.queuedAt, { ...ANYBODY, timeZone: person.timeZone })
  return {
    data: {
      title: incident.title,
      severity: incident.severity,
      reminder: entry.kind !== 'handover',
      line: entry.text,
      since: printed(incident.commandedSince),
      minutes: minutesBetween(incident.commandedSince, delivery.queuedAt),
      due: incident.nextUpdateDueAt && printed(incident.nextUpdateDueAt),
      url: `${urls.api}/console/incidents/${incident.id}`,
    },
  }
}
