import { check, index, integer, jsonb, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { AUDIENCES, type Audience } from '../../api/domain/audience.ts'
import type { CadencePolicy } from '../../api/domain/cadence.ts'
import { ALERT_STATES, type AlertState } from '../../api/domain/ladder.ts'
import { at, bornAt, id, oneOf } from './columns.ts'
import { incidents } from './incidents.ts'
import { people } from './people.ts'

/** Every policy that ever held; the newest is in force, an open promise keeps the terms of its own. */
export const cadencePolicies = pgTable('cadence_policies', {
  version: integer('version').primaryKey(),
  policy: jsonb('policy').$type<CadencePolicy>().notNull(),
  createdBy: id('created_by').references(() => people.id),
  createdAt: bornAt(),
})

/** One row per rung of one deadline that was decided; the unique key makes a second decision impossible (R11, R12). */
export const alerts = pgTable(
  'alerts',
  {
    id: id().primaryKey(),
    incidentId: id('incident_id')
      .notNull()
      .references(() => incidents.id),
    audience: text('audience').$type<Audience>().notNull(),
    deadlineSeq: integer('deadline_seq').notNull(),
    rung: text('rung').notNull(),
    dueAt: at('due_at').notNull(),
    firedAt: at('fired_at').notNull(),
    state: text('state').$type<AlertState>().notNull(),
    /** When the first carrier took it; only then may the page say that the team has been alerted. */
    acceptedAt: at('accepted_at'),
  },
  (t) => [
    check('alerts_state', oneOf(t.state, ALERT_STATES)),
    check('alerts_audience', oneOf(t.audience, AUDIENCES)),
    uniqueIndex('alerts_once').on(t.incidentId, t.audience, t.deadlineSeq, t.rung),
    index('alerts_incident').on(t.incidentId, t.firedAt),
  ],
)
