import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { PAUSE_KINDS, type PauseKind } from '../../api/domain/pause.ts'
import { at, bornAt, id, oneOf } from './columns.ts'
import { incidents } from './incidents.ts'
import { apiKeys, people } from './people.ts'

/** Who held the ladder of one promise back, and until when: somebody has it, or quietened it. A new promise knows none. */
export const ladderPauses = pgTable(
  'ladder_pauses',
  {
    id: id().primaryKey(),
    incidentId: id('incident_id')
      .notNull()
      .references(() => incidents.id),
    deadlineSeq: integer('deadline_seq').notNull(),
    kind: text('kind').$type<PauseKind>().notNull(),
    createdAt: bornAt(),
    until: at('until').notNull(),
    /** Why it was quietened; who has it needs to give no reason. */
    reason: text('reason'),
    personId: id('person_id').references(() => people.id),
    keyId: id('key_id').references(() => apiKeys.id),
  },
  (t) => [
    check('ladder_pauses_kind', oneOf(t.kind, PAUSE_KINDS)),
    check('ladder_pauses_reason', sql`(${t.kind} = 'snoozed') = (${t.reason} is not null)`),
    check('ladder_pauses_until', sql`${t.until} >= ${t.createdAt}`),
    index('ladder_pauses_deadline').on(t.incidentId, t.deadlineSeq),
  ],
)
