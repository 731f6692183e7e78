import { announcementAbout } from '../../db/queries/guarded.ts'
import { personById } from '../../db/queries/told.ts'
import { guardState } from '../domain/blast-guard.ts'
import { ANYBODY, printedTime } from '../domain/times.ts'
import type { Composed, Composing, Facts } from './composing.ts'

interface GuardWords {
  title: string
  /** The number of the update; null for planned work. */
  seq: number | null
  correction: boolean
  notice: boolean
  /** "12,400". */
  reach: string
  since: ReturnType<typeof printedTime>
  url: string
}

/** What staff are told of a message that waits for a second confirmation; nothing once somebody has decided. */
export async function guardWords(
  { db, urls }: Composing,
  { delivery, announcement, now }: Facts,
): Promise<{ data: GuardWords & Record<string, unknown> } | Extract<Composed, { drop: string }>> {
  const about = (await announcementAbout(db, announcement.guardsId!))!
  if (guardState(about.announcement, now) !== 'waiting') return { drop: 'superseded', reason: 'decided since' }
  const person = await personById(db, delivery.personId!)
  if (!person.active) return { drop: 'suppressed', reason: 'no longer active' }
  const { kind, incidentId, guardedAt, guardedReach, correctionId } = about.announcement
  const room = incidentId ? `incidents/${incidentId}` : `maintenance/${about.maintenanceId}`
  return {
    data: {
      title: about.title,
      seq: about.seq,
      correction: correctionId !== null,
      notice: kind === 'holding_notice',
      reach: new Intl.NumberFormat('en-US').format(guardedReach!),
      since: printedTime(guardedAt!, delivery.queuedAt, { ...ANYBODY, timeZone: person.timeZone }),
      url: `${urls.api}/console/${room}`,
    },
  }
}
