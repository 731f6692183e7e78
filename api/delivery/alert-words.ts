import { awaitingApproval } from '../../db/queries/approvals.ts'
import { correctionsOf } from '../../db/queries/corrections.ts'
import { commandedBefore } from '../../db/queries/handover.ts'
import { personById, publicWords, toldAlert } from '../../db/queries/told.ts'
import { readAt } from '../domain/correction.ts'
import { isDaily, isRemindedDaily } from '../domain/daily.ts'
import { ANYBODY, minutesBetween, printedTime } from '../domain/times.ts'
import type { SilenceTold } from '../domain/webhook-shapes.ts'
import type { Composed, Composing, Facts } from './composing.ts'
import { replyCode } from './reply-code.ts'

/** `code`: the one to answer with; null where no answer would count. */
type AlertWords = Record<string, unknown> & SilenceTold & { code: string | null }

/**
 * What an alert says, ready for the templates of mail and SMS, which are named after it; nothing any more once we have
 * spoken, or for somebody who has left.
 */
export async function alertWords(
  composing: Composing,
  { delivery, announcement }: Facts,
): Promise<{ template: 'alert' | 'daily'; data: AlertWords } | Extract<Composed, { drop: string }>> {
  const { db, urls } = composing
  const { alert, incident } = await toldAlert(db, announcement.alertId!)
  const daily = isDaily(alert.rung)
  const stands = daily ? isRemindedDaily(incident) : incident.nextUpdateDueAt !== null
  if (!stands || incident.deadlineSeq !== alert.deadlineSeq)
    return { drop: 'superseded', reason: 'we have spoken since' }
  const [person, commander, last] = await Promise.all([
    personById(db, delivery.personId!),
    incident.commanderId ? personById(db, incident.commanderId) : null,
    lastWord(db, incident.id, delivery.queuedAt),
  ])
  if (!person.active) return { drop: 'suppressed', reason: 'no longer active' }
  const printed = (at: Date) => printedTime(at, delivery.queuedAt, { ...ANYBODY, timeZone: person.timeZone })
  const dueAt = incident.nextUpdateDueAt ?? alert.dueAt
  const waiting = await awaitingApproval(db, incident.id)
  return {
    template: daily ? 'daily' : 'alert',
    data: {
      incident_id: incident.id,
      title: incident.title,
      severity: incident.severity,
      rung: alert.rung,
      late: !daily && delivery.queuedAt >= dueAt,
      due: printed(dueAt),
      declared: printed(incident.declaredAt),
      minutes: minutesBetween(dueAt, delivery.queuedAt),
      commander: commander?.name ?? null,
      // Approval must not outlast the promise unnoticed (standards C15).
      waiting: waiting?.seq ?? null,
      before: commander && (await commandedBefore(db, incident)),
      last_word: last ? { at: printed(last.publishedAt!), headline: last.headline } : null,
      url: `${urls.api}/console/incidents/${incident.id}`,
      // The daily reminder asks for no answer by text: it is no alarm.
      code: daily ? null : await replyCode(composing, delivery, person, incident),
    },
  }
}

/** The latest public word, as it read when the alert was queued. */
async function lastWord(db: Composing['db'], incidentId: string, at: Date) {
  const [last] = await publicWords(db, incidentId)
  return last ? readAt(last, (await correctionsOf(db, [incidentId])).get(last.id) ?? [], at) : null
}
