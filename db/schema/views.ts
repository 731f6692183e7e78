import { boolean, date, integer, jsonb, pgView, text } from 'drizzle-orm/pg-core'
import type { ComponentStatus } from '../../api/domain/component.ts'
import type { InEachLanguage } from '../../api/domain/languages.ts'
import type { IncidentStatus } from '../../api/domain/lifecycle.ts'
import type { MaintenanceStatus, MaintenanceStep } from '../../api/domain/maintenance.ts'
import type { Severity } from '../../api/domain/severity.ts'
import { at, id } from './columns.ts'
import type { AffectedComponent } from './incidents.ts'
import type { ChangeTopic } from './publishing.ts'

/**
 * The views through which outsiders are shown anything at all; their SQL stands in the migrations of the guards, of the
 * public record and of the private audiences. What they show follows the eyes of the transaction (`lookThrough`).
 */

export const publicIncidents = pgView('public_incidents', {
  id: id().notNull(),
  title: text('title').notNull(),
  severity: text('severity').$type<Severity>().notNull(),
  status: text('status').$type<IncidentStatus>().notNull(),
  retracted: boolean('retracted').notNull(),
  startedAt: at('started_at').notNull(),
  resolvedAt: at('resolved_at'),
  nextUpdateDueAt: at('next_update_due_at'),
  isLate: boolean('is_late').notNull(),
  deadlineSeq: integer('deadline_seq').notNull(),
  createdAt: at('created_at').notNull(),
}).existing()

/** Public incidents, those too of which nothing has been said yet: what a reader can follow. */
export const followableIncidents = pgView('followable_incidents', {
  id: id().notNull(),
  title: text('title').notNull(),
  startedAt: at('started_at').notNull(),
}).existing()

export const publicUpdates = pgView('public_updates', {
  id: id().notNull(),
  incidentId: id('incident_id').notNull(),
  seq: integer('seq').notNull(),
  status: text('status').$type<IncidentStatus>().notNull(),
  severity: text('severity').$type<Severity>().notNull(),
  headline: text('headline').notNull(),
  body: text('body').notNull(),
  noChange: boolean('no_change').notNull(),
  notify: boolean('notify').notNull(),
  affected: jsonb('affected').$type<AffectedComponent[]>().notNull(),
  publishedAt: at('published_at').notNull(),
  answeredDueAt: at('answered_due_at'),
  promiseKept: boolean('promise_kept'),
  retractionReason: text('retraction_reason'),
  mergedInto: id('merged_into'),
}).existing()

export const publicHoldingNotices = pgView('public_holding_notices', {
  id: id().notNull(),
  incidentId: id('incident_id').notNull(),
  afterSeq: integer('after_seq').notNull(),
  words: jsonb('words').$type<InEachLanguage>().notNull(),
  publishedAt: at('published_at').notNull(),
}).existing()

export const publicIncidentComponents = pgView('public_incident_components', {
  incidentId: id('incident_id').notNull(),
  componentId: id('component_id').notNull(),
  status: text('status').$type<ComponentStatus>().notNull(),
}).existing()

export const shownComponents = pgView('shown_components', {
  id: id().notNull(),
  name: text('name').notNull(),
  description: text('description'),
  groupId: id('group_id'),
  position: integer('position').notNull(),
  status: text('status').$type<ComponentStatus>().notNull(),
  startDate: date('start_date', { mode: 'string' }),
  onlyShowIfDegraded: boolean('only_show_if_degraded').notNull(),
  createdAt: at('created_at').notNull(),
  updatedAt: at('updated_at').notNull(),
}).existing()

export const shownGroups = pgView('shown_groups', {
  id: id().notNull(),
  name: text('name').notNull(),
  description: text('description'),
  position: integer('position').notNull(),
  createdAt: at('created_at').notNull(),
  updatedAt: at('updated_at').notNull(),
}).existing()

export const publicAlerted = pgView('public_alerted', {
  incidentId: id('incident_id').notNull(),
  deadlineSeq: integer('deadline_seq').notNull(),
}).existing()

export const publicCorrections = pgView('public_corrections', {
  id: id().notNull(),
  updateId: id('update_id').notNull(),
  incidentId: id('incident_id').notNull(),
  body: text('body').notNull(),
  previousBody: text('previous_body').notNull(),
  reason: text('reason').notNull(),
  notify: boolean('notify').notNull(),
  createdAt: at('created_at').notNull(),
}).existing()

export const publicMaintenances = pgView('public_maintenances', {
  id: id().notNull(),
  title: text('title').notNull(),
  body: text('body').notNull(),
  status: text('status').$type<MaintenanceStatus>().notNull(),
  scheduledFor: at('scheduled_for').notNull(),
  scheduledUntil: at('scheduled_until').notNull(),
  startedAt: at('started_at'),
  endedAt: at('ended_at'),
  recurs: boolean('recurs').notNull(),
  sequence: integer('sequence').notNull(),
  createdAt: at('created_at').notNull(),
}).existing()

export const publicMaintenanceUpdates = pgView('public_maintenance_updates', {
  id: id().notNull(),
  maintenanceId: id('maintenance_id').notNull(),
  seq: integer('seq').notNull(),
  step: text('step').$type<Exclude<MaintenanceStep, 'reminder'>>().notNull(),
  status: text('status').$type<MaintenanceStatus>().notNull(),
  body: text('body').notNull(),
  notify: boolean('notify').notNull(),
  publishedAt: at('published_at').notNull(),
}).existing()

export const publicMaintenanceComponents = pgView('public_maintenance_components', {
  maintenanceId: id('maintenance_id').notNull(),
  componentId: id('component_id').notNull(),
}).existing()

export const publicSpans = pgView('public_spans', {
  componentId: id('component_id').notNull(),
  status: text('status').$type<ComponentStatus>().notNull(),
  startedAt: at('started_at').notNull(),
  endedAt: at('ended_at'),
}).existing()

export const publicChanges = pgView('public_changes', {
  revision: integer('revision').notNull(),
  topic: text('topic').$type<ChangeTopic>().notNull(),
  incidentId: id('incident_id'),
  maintenanceId: id('maintenance_id'),
  componentId: id('component_id'),
  movedComponents: boolean('moved_components').notNull(),
  leftMonth: text('left_month'),
  at: at('at').notNull(),
  movedEntry: boolean('moved_entry').notNull(),
}).existing()
