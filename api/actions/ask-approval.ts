import type { Transaction } from '../../db/client.ts'
import {
  type Approval,
  approversOf,
  decideApproval,
  queueApprovalAlert,
  writeApproval,
} from '../../db/queries/approvals.ts'
import { audit } from '../../db/queries/audit.ts'
import { currentPolicy } from '../../db/queries/cadence.ts'
import type { Incident, Update } from '../../db/queries/incidents.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { type ApprovalOutcome, approvalWait } from '../domain/approval.ts'
import type { CadencePolicy } from '../domain/cadence.ts'
import { plus } from '../domain/duration.ts'
import { leavesAt } from '../domain/hold.ts'
import type { Severity } from '../domain/severity.ts'
import type { Acting } from './acting.ts'
import type { Post } from './publish-post.ts'

/**
 * For how long a post has to wait for a second person, in milliseconds; null where it need not. Only what outsiders read
 * does. `told` is the severity that they know: lowering it beforehand, without words, lets nobody speak alone either.
 */
export function waitFor(
  policy: CadencePolicy,
  { visibility, severity, status }: Incident,
  { asked }: Post,
  told: Severity | null,
): number | null {
  if (visibility !== 'public') return null
  const reopens = status === 'resolved' && asked.status !== null && asked.status !== 'resolved'
  return approvalWait(policy, [severity, asked.severity ?? severity, told ?? severity], { reopens })
}

/** Asks those who may for their approval of an update that has just been held, and says so inside. */
export async function askApproval(
  tx: Transaction,
  { actor }: Acting,
  incident: Incident,
  update: Update,
  { now, wait, hold }: { now: Date; wait: number; hold: number },
): Promise<void> {
  const until = plus(now, wait)
  await writeApproval(tx, { updateId: update.id, askedAt: now, until, heldUntil: plus(now, hold) })
  const { fallback } = await currentPolicy(tx)
  const people = await approversOf(tx, incident, actor.personId, fallback)
  const expiresAt = leavesAt(update.releaseAt!, incident.nextUpdateDueAt)
  await queueApprovalAlert(tx, update, people, { now, expiresAt })
  await addToTimeline(tx, {
    incidentId: incident.id,
    at: now,
    kind: 'auto',
    text: `Update ${update.seq} waits for a second person's approval.${people.length === 0 ? ' There is nobody to give it.' : ''}`,
    personId: actor.personId,
  })
}

/** Notes that an update went out at once though it was to be approved: its promise was due, and approval delays nothing. */
export async function noteUnapproved(
  tx: Transaction,
  acting: Acting,
  update: Update,
  { now, wait }: { now: Date; wait: number },
): Promise<void> {
  await writeApproval(tx, { updateId: update.id, askedAt: now, until: plus(now, wait), heldUntil: now })
  await decide(tx, acting, update, { outcome: 'lapsed', reason: null, now })
}

/** Writes what became of the approval of an update, on the timeline and in the audit as well (standards C35). */
export async function decide(
  tx: Transaction,
  { actor }: Acting,
  { id, incidentId, seq }: Update,
  { outcome, reason, now }: Pick<Approval, 'reason'> & { outcome: ApprovalOutcome; now: Date },
): Promise<void> {
  await decideApproval(tx, id, {
    outcome,
    decidedAt: now,
    decidedById: outcome === 'lapsed' ? null : actor.personId,
    reason,
  })
  const personId = outcome === 'lapsed' ? null : actor.personId
  await addToTimeline(tx, { incidentId, at: now, kind: 'auto', text: LINE[outcome](seq, reason), personId })
  await audit(tx, actor, {
    action: ACTION[outcome],
    subject: { kind: 'update', id },
    after: { incident_id: incidentId, seq, ...(reason !== null && { reason }) },
  })
}

const LINE: Record<ApprovalOutcome, (seq: number, reason: string | null) => string> = {
  approved: (seq) => `Update ${seq} approved.`,
  glass_broken: (seq, reason) => `Glass broken: update ${seq} goes out without a second person's approval. ${reason}`,
  lapsed: (seq) => `Nobody approved update ${seq} in time: it goes out by itself.`,
}

const ACTION: Record<ApprovalOutcome, string> = {
  approved: 'update.approved',
  glass_broken: 'update.glass_broken',
  lapsed: 'update.approval_lapsed',
}
