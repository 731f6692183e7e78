import { z } from 'zod'
import type { Approval } from '../../../db/queries/approvals.ts'
import type { Correction } from '../../../db/queries/corrections.ts'
import type { Update } from '../../../db/queries/incidents.ts'
import { APPROVAL_OUTCOMES } from '../../domain/approval.ts'
import { isOverdue } from '../../domain/cadence.ts'
import { readsNow } from '../../domain/correction.ts'
import { durationOf } from '../../domain/duration.ts'
import { INCIDENT_STATUSES, UPDATE_STATES } from '../../domain/lifecycle.ts'
import { renderHtml } from '../../domain/markdown.ts'
import { SEVERITIES } from '../../domain/severity.ts'
import { timeOrNull, timeText } from './time.ts'

const id = z.string()
const time = z.iso.datetime()
const orNull = <T extends z.ZodType>(schema: T) => schema.nullable()

const correctionAnswer = z.strictObject({
  id,
  body: z.string(),
  previous_body: z.string(),
  reason: z.string(),
  created_at: time,
})

/** `outcome` is null while it waits; `by` is null where the timer, or a program, decided. */
const approvalAnswer = z.strictObject({
  asked_at: time,
  until: time,
  outcome: orNull(z.enum(APPROVAL_OUTCOMES)),
  decided_at: orNull(time),
  by: orNull(id),
  reason: orNull(z.string()),
})

export const updateAnswer = z.strictObject({
  id,
  incident_id: id,
  seq: z.int(),
  state: z.enum(UPDATE_STATES),
  status: z.enum(INCIDENT_STATUSES),
  severity: z.enum(SEVERITIES),
  headline: z.string(),
  /** As it reads now, as `headline` and `body_html` do. */
  body: z.string(),
  body_html: z.string(),
  no_change: z.boolean(),
  author_id: orNull(id),
  created_at: time,
  release_at: orNull(time),
  published_at: orNull(time),
  next_update_due_at: orNull(time),
  promise_kept: orNull(z.boolean()),
  late_by: orNull(z.string()),
  /** Why the incident was declared by mistake, where this update retracts it. */
  retraction_reason: orNull(z.string()),
  /** Newest first. */
  corrections: z.array(correctionAnswer),
  announcement_id: orNull(id),
  briefing_id: orNull(id),
  /** A second person's approval; null where the cadence asked for none. */
  approval: orNull(approvalAnswer),
})

/** What is told beside an update: its corrections, newest first, and what was announced, written and decided of it. */
interface Beside {
  corrections: readonly Correction[]
  announcementId: string | null
  briefingId: string | null
  approval: Approval | null
}

/** An update as the API answers it: as it reads now. */
export const updateJson = (
  published: Update,
  { corrections, announcementId, briefingId, approval }: Beside,
): z.infer<typeof updateAnswer> => {
  const update = readsNow(published, corrections)
  return {
    id: update.id,
    incident_id: update.incidentId,
    seq: update.seq,
    state: update.state,
    status: update.status,
    severity: update.severity,
    headline: update.headline,
    body: update.body,
    body_html: renderHtml(update.body),
    no_change: update.noChange,
    author_id: update.authorId,
    created_at: timeText(update.createdAt),
    release_at: timeOrNull(update.releaseAt),
    published_at: timeOrNull(update.publishedAt),
    next_update_due_at: timeOrNull(update.nextUpdateDueAt),
    promise_kept: update.promiseKept,
    late_by: lateBy(update),
    retraction_reason: update.retractionReason,
    corrections: corrections.map(correctionJson),
    announcement_id: announcementId,
    briefing_id: briefingId,
    approval: approval && approvalJson(approval),
  }
}

const approvalJson = (approval: Approval): z.infer<typeof approvalAnswer> => ({
  asked_at: timeText(approval.askedAt),
  until: timeText(approval.until),
  outcome: approval.outcome,
  decided_at: timeOrNull(approval.decidedAt),
  by: approval.decidedById,
  reason: approval.reason,
})

const correctionJson = (correction: Correction): z.infer<typeof correctionAnswer> => ({
  id: correction.id,
  body: correction.body,
  previous_body: correction.previousBody,
  reason: correction.reason,
  created_at: timeText(correction.createdAt),
})

/** By how much an update broke the promise it answered (`PT4M`); null when it kept it or there was none. */
function lateBy({ answeredDueAt, publishedAt }: Update): string | null {
  if (!answeredDueAt || !publishedAt || !isOverdue(answeredDueAt, publishedAt)) return null
  return durationOf(publishedAt.getTime() - answeredDueAt.getTime())
}
