import { z } from 'zod'
import type { WholeBriefing } from '../../../db/queries/briefings.ts'
import { BRIEFING_CHANNELS, CONFIDENCES, DECISION_ANSWERS, statementOf, UNKNOWN } from '../../domain/briefing.ts'
import { INCIDENT_STATUSES } from '../../domain/lifecycle.ts'
import { SEVERITIES } from '../../domain/severity.ts'
import { timeOrNull, timeText } from './time.ts'

const id = z.string()
const time = z.iso.datetime()
const orUnknown = <T extends z.ZodType>(schema: T) => z.union([schema, z.literal(UNKNOWN)])

const decisionAnswer = z.strictObject({
  question: z.string(),
  by_person_id: id,
  by: time,
  advice: z.string(),
  answer: z.enum(DECISION_ANSWERS).nullable(),
  comment: z.string().nullable(),
  answered_by: id.nullable(),
  answered_at: time.nullable(),
})

export const briefingAnswer = z.strictObject({
  id,
  incident_id: id,
  seq: z.int(),
  severity: z.enum(SEVERITIES),
  status: z.enum(INCIDENT_STATUSES),
  headline: z.string(),
  situation: z.string(),
  customer_impact: z.string(),
  customers_affected: orUnknown(z.int()),
  business_impact: z.string(),
  support_load: z.string(),
  actions: orUnknown(z.array(z.strictObject({ what: z.string(), owner: z.string() }))),
  eta: orUnknown(time),
  confidence: z.enum(CONFIDENCES),
  decision_needed: decisionAnswer.nullable(),
  author_id: id.nullable(),
  update_id: id.nullable(),
  published_at: time,
  next_briefing_due_at: time.nullable(),
  /** What the public had been told by then, in order. */
  told_public: z.array(z.strictObject({ update_id: id, published_at: time, headline: z.string() })),
  word_count: z.int(),
  /** How many people it was sent to. */
  recipients: z.int(),
  sent_to: z.array(z.strictObject({ person_id: id, channels: z.array(z.enum(BRIEFING_CHANNELS)) })),
  reads: z.array(z.strictObject({ person_id: id, read_at: time })),
})

/** A briefing as the API answers it. */
export const briefingJson = ({
  briefing,
  decision,
  recipients,
  reads,
  toldPublic,
}: WholeBriefing): z.infer<typeof briefingAnswer> => ({
  id: briefing.id,
  incident_id: briefing.incidentId,
  ...statementOf(briefing),
  decision_needed: decision && {
    question: decision.question,
    by_person_id: decision.personId,
    by: timeText(decision.dueAt),
    advice: decision.advice,
    answer: decision.answer,
    comment: decision.comment,
    answered_by: decision.answeredBy,
    answered_at: timeOrNull(decision.answeredAt),
  },
  author_id: briefing.authorId,
  update_id: briefing.updateId,
  published_at: timeText(briefing.publishedAt),
  next_briefing_due_at: timeOrNull(briefing.nextBriefingDueAt),
  told_public: toldPublic.map(({ updateId, publishedAt, headline }) => ({
    update_id: updateId,
    published_at: timeText(publishedAt),
    headline,
  })),
  word_count: briefing.wordCount,
  recipients: recipients.length,
  sent_to: recipients.map(({ personId, channels }) => ({ person_id: personId, channels })),
  reads: reads.map(({ personId, readAt }) => ({ person_id: personId, read_at: timeText(readAt) })),
})
