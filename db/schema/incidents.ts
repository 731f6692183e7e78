import { sql } from 'drizzle-orm'
import {
  bigserial,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { COMPONENT_STATUSES, type ComponentStatus } from '../../api/domain/component.ts'
import type { HeldPost } from '../../api/domain/hold.ts'
import {
  INCIDENT_STATUSES,
  type IncidentStatus,
  KINDS,
  type Kind,
  UPDATE_STATES,
  type UpdateState,
  VISIBILITIES,
  type Visibility,
} from '../../api/domain/lifecycle.ts'
import { SEVERITIES, type Severity } from '../../api/domain/severity.ts'
import { at, bornAt, id, oneOf } from './columns.ts'
import { components } from './components.ts'
import { apiKeys, people } from './people.ts'

export interface WarRoom {
  bridge_url: string | null
  channel_url: string | null
  documents: { name: string; url: string }[]
}

export const incidents = pgTable(
  'incidents',
  {
    id: id().primaryKey(),
    kind: text('kind').$type<Kind>().notNull().default('incident'),
    visibility: text('visibility').$type<Visibility>().notNull().default('public'),
    title: text('title').notNull(),
    /** The title as first announced by mail; the subject never changes after that (standards E18). */
    subjectTitle: text('subject_title'),
    severity: text('severity').$type<Severity>().notNull(),
    status: text('status').$type<IncidentStatus>().notNull().default('investigating'),
    retracted: boolean('retracted').notNull().default(false),
    commanderId: id('commander_id').references(() => people.id),
    /** Since when this person commands; null when nobody does. */
    commandedSince: at('commanded_since'),
    deputyId: id('deputy_id').references(() => people.id),
    commsLeadId: id('comms_lead_id').references(() => people.id),
    scribeId: id('scribe_id').references(() => people.id),
    subjectExpertId: id('subject_expert_id').references(() => people.id),
    executiveSponsorId: id('executive_sponsor_id').references(() => people.id),
    warRoom: jsonb('war_room').$type<WarRoom>().notNull(),
    startedAt: at('started_at').notNull(),
    detectedAt: at('detected_at'),
    declaredAt: at('declared_at').notNull(),
    acknowledgedAt: at('acknowledged_at'),
    firstPublicUpdateAt: at('first_public_update_at'),
    /** Since when outsiders know of it: its first public update, or a holding notice that came before. */
    publicSince: at('public_since'),
    mitigatedAt: at('mitigated_at'),
    resolvedAt: at('resolved_at'),
    /** Written down when it was over: it was told to nobody, and no promise was made. */
    backfilled: boolean('backfilled').notNull().default(false),
    /** When we last spoke (or declared, while nothing is said yet): where the percentages of the ladder count from. */
    lastSpokeAt: at('last_spoke_at').notNull(),
    /** The promise: when we said we would speak next; null where the cadence asks for none. */
    nextUpdateDueAt: at('next_update_due_at'),
    /** Counts promises (standards R11): raised by publishing, severity raise and reopening. */
    deadlineSeq: integer('deadline_seq').notNull().default(1),
    /** The policy whose terms the present promise keeps. */
    cadenceVersion: integer('cadence_version').notNull(),
    /** When the next rung of the ladder is due; null when none is left. Found by index, so a sweep costs what is due. */
    nextRungAt: at('next_rung_at'),
    /** The `deadline_seq` whose lateness the page tells; the page is late when it equals the present one. */
    lateSeq: integer('late_seq'),
    updateSeq: integer('update_seq').notNull().default(0),
    /** Grows with every change; the ETag. */
    version: integer('version').notNull().default(1),
    createdAt: bornAt(),
    updatedAt: bornAt('updated_at'),
  },
  (t) => [
    check('incidents_kind', oneOf(t.kind, KINDS)),
    check('incidents_visibility', oneOf(t.visibility, VISIBILITIES)),
    check('incidents_severity', oneOf(t.severity, SEVERITIES)),
    check('incidents_status', oneOf(t.status, INCIDENT_STATUSES)),
    check('incidents_resolved', sql`(${t.status} = 'resolved') = (${t.resolvedAt} is not null)`),
    check('incidents_no_promise_when_resolved', sql`${t.status} <> 'resolved' or ${t.nextUpdateDueAt} is null`),
    check('incidents_only_real_ones_public', sql`${t.kind} = 'incident' or ${t.visibility} = 'internal'`),
    index('incidents_due').on(t.nextUpdateDueAt).where(sql`${t.nextUpdateDueAt} is not null`),
    index('incidents_rung').on(t.nextRungAt).where(sql`${t.nextRungAt} is not null`),
    index('incidents_open').on(t.declaredAt).where(sql`${t.status} <> 'resolved'`),
    index('incidents_recent').on(t.startedAt),
    index('incidents_resolved').on(t.resolvedAt).where(sql`${t.resolvedAt} is not null`),
  ],
)

/** The status each open incident holds its components in (contract section 4, Components). */
export const incidentComponents = pgTable(
  'incident_components',
  {
    incidentId: id('incident_id')
      .notNull()
      .references(() => incidents.id),
    componentId: id('component_id')
      .notNull()
      .references(() => components.id),
    status: text('status').$type<ComponentStatus>().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.incidentId, t.componentId] }),
    check('incident_components_status', oneOf(t.status, COMPONENT_STATUSES)),
    index('incident_components_component').on(t.componentId),
  ],
)

/** One component's change that an update tells. */
export interface AffectedComponent {
  id: string
  name: string
  old_status: ComponentStatus
  new_status: ComponentStatus
}

/** Statements. Immutable once published or recalled (a trigger refuses); outsiders read them through the view `public_updates`. */
export const updates = pgTable(
  'updates',
  {
    id: id().primaryKey(),
    incidentId: id('incident_id')
      .notNull()
      .references(() => incidents.id),
    seq: integer('seq').notNull(),
    /** Whom it was written for. Text written while an incident was internal never becomes public with it. */
    audience: text('audience').$type<Visibility>().notNull(),
    state: text('state').$type<UpdateState>().notNull(),
    status: text('status').$type<IncidentStatus>().notNull(),
    severity: text('severity').$type<Severity>().notNull(),
    headline: text('headline').notNull(),
    body: text('body').notNull(),
    noChange: boolean('no_change').notNull().default(false),
    notify: boolean('notify').notNull().default(true),
    affected: jsonb('affected').$type<AffectedComponent[]>().notNull(),
    authorId: id('author_id').references(() => people.id),
    authorKeyId: id('author_key_id').references(() => apiKeys.id),
    createdAt: bornAt(),
    releaseAt: at('release_at'),
    /** What it is to do beside saying its words, while it is held; gone with its release. */
    heldPost: jsonb('held_post').$type<HeldPost>(),
    publishedAt: at('published_at'),
    /** The promise this update gives. */
    nextUpdateDueAt: at('next_update_due_at'),
    /** The promise it answered: which one, by when, and whether it was kept; null where none was open. */
    answeredSeq: integer('answered_seq').notNull(),
    answeredDueAt: at('answered_due_at'),
    promiseKept: boolean('promise_kept'),
    /** Why the incident was declared by mistake, where this update says so; outsiders read it. */
    retractionReason: text('retraction_reason'),
    /** The incident that its own turned out to be part of, where this update says so; it is told there from then on. */
    mergedInto: id('merged_into').references(() => incidents.id),
  },
  (t) => [
    check('updates_audience', oneOf(t.audience, VISIBILITIES)),
    check('updates_state', oneOf(t.state, UPDATE_STATES)),
    check('updates_status', oneOf(t.status, INCIDENT_STATUSES)),
    check('updates_severity', oneOf(t.severity, SEVERITIES)),
    check('updates_published', sql`(${t.state} = 'published') = (${t.publishedAt} is not null)`),
    check('updates_headline', sql`char_length(${t.headline}) <= 90`),
    check('updates_held_post', sql`(${t.state} = 'published') = (${t.heldPost} is null)`),
    check('updates_release', sql`${t.state} <> 'held' or ${t.releaseAt} is not null`),
    // What is held or was recalled has the number that it would have got: outside, numbers have no gaps.
    uniqueIndex('updates_seq').on(t.incidentId, t.seq).where(sql`${t.state} = 'published'`),
    uniqueIndex('updates_held').on(t.incidentId).where(sql`${t.state} = 'held'`),
    index('updates_incident').on(t.incidentId, t.seq),
    index('updates_published').on(t.publishedAt),
  ],
)

/** Visible changes of what was published: the update itself never changes. Append-only (a trigger refuses). */
export const corrections = pgTable(
  'corrections',
  {
    id: id().primaryKey(),
    updateId: id('update_id')
      .notNull()
      .references(() => updates.id),
    incidentId: id('incident_id')
      .notNull()
      .references(() => incidents.id),
    body: text('body').notNull(),
    /** What it said until now: the update's own words, or those of the correction before. */
    previousBody: text('previous_body').notNull(),
    /** Who noticed, and what was wrong; outsiders read it. */
    reason: text('reason').notNull(),
    notify: boolean('notify').notNull(),
    authorId: id('author_id').references(() => people.id),
    authorKeyId: id('author_key_id').references(() => apiKeys.id),
    createdAt: bornAt(),
  },
  (t) => [index('corrections_update').on(t.updateId, t.createdAt), index('corrections_incident').on(t.incidentId)],
)

export const TIMELINE_KINDS = ['note', 'auto', 'pin', 'handover'] as const

/** Internal and append-only (a trigger refuses): what was done, by whom, and why. Never read for outsiders. */
export const timelineEntries = pgTable(
  'timeline_entries',
  {
    id: id().primaryKey(),
    incidentId: id('incident_id')
      .notNull()
      .references(() => incidents.id),
    at: bornAt('at'),
    kind: text('kind').$type<(typeof TIMELINE_KINDS)[number]>().notNull(),
    text: text('text').notNull(),
    personId: id('person_id').references(() => people.id),
    /** The order of what one transaction wrote: all of it has one time. */
    line: bigserial('line', { mode: 'number' }).notNull(),
  },
  (t) => [check('timeline_kind', oneOf(t.kind, TIMELINE_KINDS)), index('timeline_incident').on(t.incidentId, t.at)],
)

/** What somebody typed and has not posted yet; survives an expired session, a refusal, a closed tab. */
export const composerDrafts = pgTable(
  'composer_drafts',
  {
    personId: id('person_id')
      .notNull()
      .references(() => people.id, { onDelete: 'cascade' }),
    /** `declare`, or `incident:<id>`. */
    form: text('form').notNull(),
    fields: jsonb('fields').$type<Record<string, string>>().notNull(),
    savedAt: bornAt('saved_at'),
  },
  (t) => [primaryKey({ columns: [t.personId, t.form] })],
)
