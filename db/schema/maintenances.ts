import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import {
  MAINTENANCE_STATUSES,
  MAINTENANCE_STEPS,
  type MaintenanceStatus,
  type MaintenanceStep,
} from '../../api/domain/maintenance.ts'
import { at, bornAt, id, oneOf } from './columns.ts'
import { components } from './components.ts'
import { apiKeys, people } from './people.ts'

/** Planned work, one row an occurrence. */
export const maintenances = pgTable(
  'maintenances',
  {
    id: id().primaryKey(),
    /** The first occurrence's id, on every occurrence of what recurs. */
    seriesId: id('series_id'),
    /** Which occurrence this is, as the rule counts: its start before anybody moved it. */
    occurrenceAt: at('occurrence_at'),
    title: text('title').notNull(),
    body: text('body').notNull(),
    status: text('status').$type<MaintenanceStatus>().notNull().default('scheduled'),
    scheduledFor: at('scheduled_for').notNull(),
    scheduledUntil: at('scheduled_until').notNull(),
    /** RFC 5545, without DTSTART; counted from the first occurrence in `time_zone`. */
    rrule: text('rrule'),
    timeZone: text('time_zone').notNull().default('Etc/UTC'),
    /** Signed ISO 8601 durations counted from the start, such as -PT24H. */
    reminders: text('reminders').array().notNull(),
    autoStart: boolean('auto_start').notNull(),
    autoComplete: boolean('auto_complete').notNull(),
    notify: boolean('notify').notNull(),
    startedAt: at('started_at'),
    /** When it was completed or cancelled. */
    endedAt: at('ended_at'),
    /** When the clock has something to do next: remind, start or end; null where it has not. */
    nextStepAt: at('next_step_at'),
    /** The title that was announced first; subjects of mail keep it (standards E18). */
    subjectTitle: text('subject_title').notNull(),
    updateSeq: integer('update_seq').notNull().default(0),
    /** Raised by every change that a calendar has to take over (standards F13). */
    sequence: integer('sequence').notNull().default(0),
    /** Grows with every change; the ETag. */
    version: integer('version').notNull().default(1),
    createdAt: bornAt(),
    updatedAt: bornAt('updated_at'),
  },
  (t) => [
    check('maintenances_status', oneOf(t.status, MAINTENANCE_STATUSES)),
    check('maintenances_order', sql`${t.scheduledUntil} > ${t.scheduledFor}`),
    check('maintenances_ended', sql`(${t.status} in ('completed', 'cancelled')) = (${t.endedAt} is not null)`),
    check('maintenances_series', sql`(${t.rrule} is null) = (${t.seriesId} is null)`),
    uniqueIndex('maintenances_occurrence').on(t.seriesId, t.occurrenceAt).where(sql`${t.seriesId} is not null`),
    index('maintenances_next_step').on(t.nextStepAt).where(sql`${t.nextStepAt} is not null`),
    index('maintenances_open').on(t.scheduledFor).where(sql`${t.endedAt} is null`),
    index('maintenances_recent').on(t.scheduledFor),
    index('maintenances_ended').on(t.endedAt).where(sql`${t.endedAt} is not null`),
  ],
)

/** The components that a maintenance shows as under maintenance while it runs. */
export const maintenanceComponents = pgTable(
  'maintenance_components',
  {
    maintenanceId: id('maintenance_id')
      .notNull()
      .references(() => maintenances.id),
    componentId: id('component_id')
      .notNull()
      .references(() => components.id),
  },
  (t) => [
    primaryKey({ columns: [t.maintenanceId, t.componentId] }),
    index('maintenance_components_component').on(t.componentId),
  ],
)

/** What was told of a maintenance, step by step; immutable (a trigger refuses). */
export const maintenanceUpdates = pgTable(
  'maintenance_updates',
  {
    id: id().primaryKey(),
    maintenanceId: id('maintenance_id')
      .notNull()
      .references(() => maintenances.id),
    seq: integer('seq').notNull(),
    step: text('step').$type<MaintenanceStep>().notNull(),
    status: text('status').$type<MaintenanceStatus>().notNull(),
    body: text('body').notNull(),
    notify: boolean('notify').notNull(),
    /** The window as it was told. */
    scheduledFor: at('scheduled_for').notNull(),
    scheduledUntil: at('scheduled_until').notNull(),
    /** Which reminder it is; makes a second one for the same start impossible. */
    reminder: text('reminder'),
    authorId: id('author_id').references(() => people.id),
    authorKeyId: id('author_key_id').references(() => apiKeys.id),
    publishedAt: at('published_at').notNull(),
  },
  (t) => [
    check('maintenance_updates_step', oneOf(t.step, MAINTENANCE_STEPS)),
    check('maintenance_updates_status', oneOf(t.status, MAINTENANCE_STATUSES)),
    check('maintenance_updates_reminder', sql`(${t.step} = 'reminder') = (${t.reminder} is not null)`),
    uniqueIndex('maintenance_updates_seq').on(t.maintenanceId, t.seq),
    uniqueIndex('maintenance_updates_reminded')
      .on(t.maintenanceId, t.scheduledFor, t.reminder)
      .where(sql`${t.step} = 'reminder'`),
  ],
)
