import { sql } from 'drizzle-orm'
import { boolean, check, date, index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { COMPONENT_STATUSES, type ComponentStatus } from '../../api/domain/component.ts'
import { at, bornAt, id, oneOf } from './columns.ts'

export const componentGroups = pgTable('component_groups', {
  id: id().primaryKey(),
  name: text('name').notNull(),
  description: text('description'),
  position: integer('position').notNull(),
  archivedAt: at('archived_at'),
  createdAt: bornAt(),
  updatedAt: bornAt('updated_at'),
})

export const components = pgTable(
  'components',
  {
    id: id().primaryKey(),
    name: text('name').notNull(),
    description: text('description'),
    groupId: id('group_id').references(() => componentGroups.id),
    position: integer('position').notNull(),
    /** Set by hand; shown only while no open incident holds the component. */
    status: text('status').$type<ComponentStatus>().notNull().default('operational'),
    startDate: date('start_date', { mode: 'string' }),
    onlyShowIfDegraded: boolean('only_show_if_degraded').notNull().default(false),
    archivedAt: at('archived_at'),
    createdAt: bornAt(),
    updatedAt: bornAt('updated_at'),
  },
  (t) => [check('components_status', oneOf(t.status, COMPONENT_STATUSES)), index('components_group').on(t.groupId)],
)

/** What each component was shown as, from when until when: the source of bars and uptime. Exactly one open span each. */
export const componentSpans = pgTable(
  'component_spans',
  {
    id: id().primaryKey(),
    componentId: id('component_id')
      .notNull()
      .references(() => components.id),
    status: text('status').$type<ComponentStatus>().notNull(),
    startedAt: at('started_at').notNull(),
    endedAt: at('ended_at'),
  },
  (t) => [
    check('component_spans_status', oneOf(t.status, COMPONENT_STATUSES)),
    check('component_spans_order', sql`${t.endedAt} is null or ${t.endedAt} >= ${t.startedAt}`),
    uniqueIndex('component_spans_open').on(t.componentId).where(sql`${t.endedAt} is null`),
    index('component_spans_time').on(t.componentId, t.startedAt),
    index('component_spans_ended').on(t.endedAt).where(sql`${t.endedAt} is not null`),
  ],
)
