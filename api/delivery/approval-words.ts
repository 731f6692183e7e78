import { toldApproval } from '../../db/queries/approvals.ts'
import type { Incident, Update } from '../../db/queries/incidents.ts'
import { personById } from '../../db/queries/told.ts'
import { leavesAt } from '../domain/hold.ts'
import { renderText } from '../domain/markdown.ts'
import { ANYBODY, printedTime } from '../domain/times.ts'
import type { Composed, Composing, Facts } from './composing.ts'

interface ApprovalWords {
  title: string
  severity: string
  seq: number
  /** What it does to the incident beside telling of it; null where it ends or opens nothing. */
  step: 'retraction' | 'reopening' | 'resolution' | null
  /** Why it was declared by mistake, where it says so. */
  reason: string | null
  /** Null where a program wrote it. */
  author: string | null
  headline: string
  body: string
  /** When it goes out by itself. */
  leaves: ReturnType<typeof printedTime>
  url: string
}

/** What staff are told of an update that waits for their approval; nothing once it is decided or gone. */
export async function approvalWords(
  { db, urls }: Composing,
  { delivery, announcement }: Facts,
): Promise<{ data: ApprovalWords & Record<string, unknown> } | Extract<Composed, { drop: string }>> {
  const { update, approval, incident, author } = await toldApproval(db, announcement.updateId!)
  if (update.state !== 'held' || approval.outcome !== null) return { drop: 'superseded', reason: 'decided since' }
  const person = await personById(db, delivery.personId!)
  if (!person.active) return { drop: 'suppressed', reason: 'no longer active' }
  const leaves = leavesAt(update.releaseAt!, incident.nextUpdateDueAt)
  return {
    data: {
      title: incident.title,
      severity: incident.severity,
      seq: update.seq,
      step: stepOf(incident, update),
      reason: update.retractionReason,
      author,
      headline: update.headline,
      body: renderText(update.body),
      leaves: printedTime(leaves, delivery.queuedAt, { ...ANYBODY, timeZone: person.timeZone }),
      url: `${urls.api}/console/incidents/${incident.id}#held`,
    },
  }
}

function stepOf(incident: Incident, { status, retractionReason }: Update): ApprovalWords['step'] {
  if (retractionReason !== null) return 'retraction'
  if (status === 'resolved') return 'resolution'
  return incident.status === 'resolved' ? 'reopening' : null
}
