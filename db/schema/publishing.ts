import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { at, bornAt, id, oneOf } from './columns.ts'

/** The growing number of what is published. Its row lock makes revisions commit in their own order, without gaps. */
export const siteRevision = pgTable(
  'site_revision',
  {
    singleton: boolean('singleton').primaryKey().default(true),
    revision: integer('revision').notNull(),
  },
  (t) => [check('site_revision_one', sql`${t.singleton}`)],
)

/**
 * What a public change is of. `component`: one was added, archived, or is shown otherwise; `components`: names or groups
 * changed, which stand on many pages; `audiences`: who may see what has changed, so nothing stays as it was; `day`: a UTC
 * day has begun, and the bars move on.
 */
export const CHANGE_TOPICS = [
  'incident',
  'maintenance',
  'component',
  'components',
  'audiences',
  'organisation',
  'day',
] as const
export type ChangeTopic = (typeof CHANGE_TOPICS)[number]

/** What changed for outsiders, one row per revision: tells each publisher which files it has to write. */
export const siteChanges = pgTable(
  'site_changes',
  {
    revision: integer('revision').primaryKey(),
    topic: text('topic').$type<ChangeTopic>().notNull(),
    /** For the topic `incident`. */
    incidentId: id('incident_id'),
    /** For the topic `maintenance`. */
    maintenanceId: id('maintenance_id'),
    /** For the topic `component`. */
    componentId: id('component_id'),
    /** What some component is shown as has changed with it, so every page that says what works has too. */
    movedComponents: boolean('moved_components').notNull().default(false),
    /** What lists say of it has changed: title, severity, times or components; else only its own words have. */
    movedEntry: boolean('moved_entry').notNull().default(true),
    /** The month (YYYY-MM) whose history lists it no longer, because its time was corrected. */
    leftMonth: text('left_month'),
    at: at('at').notNull(),
  },
  (t) => [
    check('site_changes_topic', oneOf(t.topic, CHANGE_TOPICS)),
    index('site_changes_incident').on(t.incidentId, t.revision),
    index('site_changes_latest').on(t.topic, t.revision),
    index('site_changes_maintenance').on(t.maintenanceId, t.revision),
    index('site_changes_moved').on(t.revision).where(sql`${t.movedComponents}`),
  ],
)

/** Where each process's targets stand, for `/readyz` and the delivery board. */
export const siteTargets = pgTable(
  'site_targets',
  {
    name: text('name').primaryKey(),
    revision: integer('revision').notNull(),
    state: text('state').notNull(),
    detail: text('detail'),
    publishedAt: bornAt('published_at'),
  },
  (t) => [uniqueIndex('site_targets_name').on(t.name)],
)
