import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { DOORS, type Door, REPLY_OUTCOMES, type ReplyOutcome } from '../../api/domain/reply.ts'
import { at, bornAt, id, oneOf } from './columns.ts'
import { announcements } from './deliveries.ts'
import { incidents, updates } from './incidents.ts'
import { people } from './people.ts'

/** Codes with which a person answers what they were told about an incident, each once (contract section 6). */
export const replyCodes = pgTable(
  'reply_codes',
  {
    id: id().primaryKey(),
    /** The alert, or the answer, that it stands in: the same on every channel and at every attempt. */
    announcementId: id('announcement_id')
      .notNull()
      .references(() => announcements.id, { onDelete: 'cascade' }),
    personId: id('person_id')
      .notNull()
      .references(() => people.id, { onDelete: 'cascade' }),
    incidentId: id('incident_id')
      .notNull()
      .references(() => incidents.id),
    /** Sealed under SECRET, to be printed again; the row alone reveals it to nobody. */
    sealedCode: text('sealed_code').notNull(),
    /** HMAC-SHA256 of the code under SECRET, hex: by this a reply finds it. */
    codeHash: text('code_hash').notNull(),
    /** How many updates had been said when it was given out: once there is another one, it publishes nothing. */
    updateSeq: integer('update_seq').notNull(),
    createdAt: bornAt(),
    expiresAt: at('expires_at').notNull(),
    /** When it was used, or found out of date. */
    closedAt: at('closed_at'),
  },
  (t) => [
    uniqueIndex('reply_codes_told').on(t.announcementId, t.personId),
    uniqueIndex('reply_codes_live').on(t.codeHash).where(sql`${t.closedAt} is null`),
    index('reply_codes_person').on(t.personId, t.codeHash),
  ],
)

/** What members of staff wrote to us, and what came of it: what their answer says. */
export const staffReplies = pgTable(
  'staff_replies',
  {
    id: id().primaryKey(),
    personId: id('person_id')
      .notNull()
      .references(() => people.id, { onDelete: 'cascade' }),
    door: text('door').$type<Door>().notNull(),
    incidentId: id('incident_id').references(() => incidents.id),
    outcome: text('outcome').$type<ReplyOutcome>().notNull(),
    /** The update that it became, or that somebody else had posted before. */
    updateId: id('update_id').references(() => updates.id),
    /** Why it was refused, in words for its author. */
    detail: text('detail'),
    /** Until when the incident was taken or the alerts were snoozed. */
    until: at('until'),
    /** Tells them; null where nobody is answered. */
    announcementId: id('announcement_id')
      .unique()
      .references(() => announcements.id, { onDelete: 'set null' }),
    createdAt: bornAt(),
  },
  (t) => [
    check('staff_replies_door', oneOf(t.door, DOORS)),
    check('staff_replies_outcome', oneOf(t.outcome, REPLY_OUTCOMES)),
    index('staff_replies_person').on(t.personId, t.createdAt),
  ],
)
