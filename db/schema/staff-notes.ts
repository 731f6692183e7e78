import { check, index, pgTable, text } from 'drizzle-orm/pg-core'
import { STAFF_NOTE_KINDS, type StaffNoteKind } from '../../api/domain/staff-note.ts'
import { bornAt, id, oneOf } from './columns.ts'
import { incidents } from './incidents.ts'
import { apiKeys, people } from './people.ts'

/** What support and sales are told of an incident. Internal and append-only (a trigger refuses); no outsider reads it. */
export const staffNotes = pgTable(
  'staff_notes',
  {
    id: id().primaryKey(),
    incidentId: id('incident_id')
      .notNull()
      .references(() => incidents.id),
    kind: text('kind').$type<StaffNoteKind>().notNull(),
    text: text('text').notNull(),
    authorId: id('author_id').references(() => people.id),
    authorKeyId: id('author_key_id').references(() => apiKeys.id),
    at: bornAt('at'),
  },
  (t) => [
    check('staff_notes_kind', oneOf(t.kind, STAFF_NOTE_KINDS)),
    index('staff_notes_incident').on(t.incidentId, t.at),
    index('staff_notes_newest').on(t.at),
  ],
)
