import { sql } from 'drizzle-orm'
import { check, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import {
  type BriefingAction,
  type BriefingChannel,
  CONFIDENCES,
  type Confidence,
  DECISION_ANSWERS,
  type DecisionAnswer,
  RECEIPT_WAYS,
  type ReceiptWay,
} from '../../api/domain/briefing.ts'
import { INCIDENT_STATUSES, type IncidentStatus } from '../../api/domain/lifecycle.ts'
import { SEVERITIES, type Severity } from '../../api/domain/severity.ts'
import { at, bornAt, id, oneOf } from './columns.ts'
import { incidents, updates } from './incidents.ts'
import { apiKeys, people } from './people.ts'

/** What executives are told, in tables of its own: nothing that is shown outside reads any of them (standards C24). */

/** Statements to executives; immutable once published. */
export const briefings = pgTable(
  'briefings',
  {
    id: id().primaryKey(),
    incidentId: id('incident_id')
      .notNull()
      .references(() => incidents.id),
    seq: integer('seq').notNull(),
    /** As the incident stood. */
    severity: text('severity').$type<Severity>().notNull(),
    status: text('status').$type<IncidentStatus>().notNull(),
    headline: text('headline').notNull(),
    situation: text('situation').notNull(),
    customerImpact: text('customer_impact').notNull(),
    /** Null: unknown. */
    customersAffected: integer('customers_affected'),
    businessImpact: text('business_impact').notNull(),
    supportLoad: text('support_load').notNull(),
    /** Null: unknown. */
    actions: jsonb('actions').$type<BriefingAction[]>(),
    /** Null: unknown. */
    eta: at('eta'),
    confidence: text('confidence').$type<Confidence>().notNull(),
    wordCount: integer('word_count').notNull(),
    authorId: id('author_id').references(() => people.id),
    authorKeyId: id('author_key_id').references(() => apiKeys.id),
    publishedAt: at('published_at').notNull(),
    nextBriefingDueAt: at('next_briefing_due_at'),
    /** The public update that one submit carried beside it. */
    updateId: id('update_id').references(() => updates.id),
  },
  (t) => [
    check('briefings_severity', oneOf(t.severity, SEVERITIES)),
    check('briefings_status', oneOf(t.status, INCIDENT_STATUSES)),
    check('briefings_confidence', oneOf(t.confidence, CONFIDENCES)),
    check('briefings_last', sql`${t.status} <> 'resolved' or ${t.nextBriefingDueAt} is null`),
    uniqueIndex('briefings_seq').on(t.incidentId, t.seq),
    uniqueIndex('briefings_update').on(t.updateId).where(sql`${t.updateId} is not null`),
    index('briefings_published').on(t.publishedAt),
  ],
)

/** Whom a briefing was sent to; the id is what their signed link names. */
export const briefingRecipients = pgTable(
  'briefing_recipients',
  {
    id: id().primaryKey(),
    briefingId: id('briefing_id')
      .notNull()
      .references(() => briefings.id),
    personId: id('person_id')
      .notNull()
      .references(() => people.id),
    channels: jsonb('channels').$type<BriefingChannel[]>().notNull(),
    linkExpiresAt: at('link_expires_at').notNull(),
  },
  (t) => [uniqueIndex('briefing_recipients_once').on(t.briefingId, t.personId)],
)

/** Who has read a briefing, and when first. */
export const briefingReceipts = pgTable(
  'briefing_receipts',
  {
    briefingId: id('briefing_id')
      .notNull()
      .references(() => briefings.id),
    personId: id('person_id')
      .notNull()
      .references(() => people.id),
    readAt: bornAt('read_at'),
    way: text('way').$type<ReceiptWay>().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.briefingId, t.personId] }),
    check('briefing_receipts_way', oneOf(t.way, RECEIPT_WAYS)),
  ],
)

/** What a briefing asks of an executive; answered once. */
export const decisions = pgTable(
  'decisions',
  {
    briefingId: id('briefing_id')
      .primaryKey()
      .references(() => briefings.id),
    question: text('question').notNull(),
    advice: text('advice').notNull(),
    personId: id('person_id')
      .notNull()
      .references(() => people.id),
    dueAt: at('due_at').notNull(),
    answer: text('answer').$type<DecisionAnswer>(),
    comment: text('comment'),
    answeredBy: id('answered_by').references(() => people.id),
    answeredAt: at('answered_at'),
    /** Reminders that went out, and when the next one is due; null when none is. */
    reminders: integer('reminders').notNull().default(0),
    nextReminderAt: at('next_reminder_at'),
  },
  (t) => [
    check('decisions_answer', sql`${t.answer} is null or ${oneOf(t.answer, DECISION_ANSWERS)}`),
    check('decisions_answered', sql`(${t.answer} is null) = (${t.answeredAt} is null)`),
    check('decisions_comment', sql`${t.answer} is distinct from 'comment' or ${t.comment} is not null`),
    check('decisions_no_reminder_when_answered', sql`${t.answer} is null or ${t.nextReminderAt} is null`),
    index('decisions_reminder').on(t.nextReminderAt).where(sql`${t.nextReminderAt} is not null`),
  ],
)

/** Who is briefed on what; taken and given whole, in this order. */
export const briefingRules = pgTable('briefing_rules', {
  position: integer('position').primaryKey(),
  to: jsonb('to_people').$type<string[]>().notNull(),
  severities: jsonb('severities').$type<Severity[]>().notNull(),
  components: jsonb('components').$type<string[]>().notNull(),
  businessUnit: text('business_unit'),
  channels: jsonb('channels').$type<BriefingChannel[]>().notNull(),
})

/** The clock of an incident's briefings, apart from that of its public updates (standards C25). */
export const briefingClocks = pgTable(
  'briefing_clocks',
  {
    incidentId: id('incident_id')
      .primaryKey()
      .references(() => incidents.id),
    /** How the incident stood when it was last looked at: what differs now is an occasion (standards C22). */
    severity: text('severity').$type<Severity>().notNull(),
    status: text('status').$type<IncidentStatus>().notNull(),
    /** Counts deadlines, as `deadline_seq` of the incident does for public updates. */
    deadlineSeq: integer('deadline_seq').notNull().default(1),
    /** Where the percentages of the ladder count from. */
    since: at('since').notNull(),
    /** When the next briefing is owed; null when none is. */
    dueAt: at('due_at'),
    nextRungAt: at('next_rung_at'),
    cadenceVersion: integer('cadence_version').notNull(),
  },
  (t) => [
    check('briefing_clocks_severity', oneOf(t.severity, SEVERITIES)),
    check('briefing_clocks_status', oneOf(t.status, INCIDENT_STATUSES)),
    index('briefing_clocks_rung').on(t.nextRungAt).where(sql`${t.nextRungAt} is not null`),
  ],
)
