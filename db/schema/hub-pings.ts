import { index, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { at } from './columns.ts'

/** Feeds that have moved and that the hub (WEBSUB_HUB) has yet to be told of: a row each, gone once it was. */
export const hubPings = pgTable(
  'hub_pings',
  {
    /** The feed's address. */
    topic: text('topic').primaryKey(),
    /** Grows with every publication that moved it, so that one during a ping is not taken for told. */
    owed: integer('owed').notNull().default(1),
    /** Since the hub was last heard of. */
    attempts: integer('attempts').notNull().default(0),
    dueAt: at('due_at').notNull(),
  },
  (t) => [index('hub_pings_due').on(t.dueAt)],
)
