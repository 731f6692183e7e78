import { integer, jsonb, pgTable, uniqueIndex } from 'drizzle-orm/pg-core'
import type { InEachLanguage } from '../../api/domain/languages.ts'
import { at, id } from './columns.ts'
import { incidents } from './incidents.ts'

/** What customers were told by itself of a silence. Append-only (a trigger refuses); read through `public_holding_notices`. */
export const holdingNotices = pgTable(
  'holding_notices',
  {
    id: id().primaryKey(),
    incidentId: id('incident_id')
      .notNull()
      .references(() => incidents.id),
    /** The number of the update that the silence follows. */
    afterSeq: integer('after_seq').notNull(),
    words: jsonb('words').$type<InEachLanguage>().notNull(),
    publishedAt: at('published_at').notNull(),
  },
  (t) => [uniqueIndex('holding_notices_silence').on(t.incidentId, t.afterSeq)],
)
