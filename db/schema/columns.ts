import { type SQL, sql } from 'drizzle-orm'
import { text, timestamp } from 'drizzle-orm/pg-core'

/** 12 characters [a-z0-9], made by `newId` (contract section 4). */
export const id = (name = 'id') => text(name)

/** An instant; always timestamptz (standards R18). Read as `Date`, which holds milliseconds. */
export const at = (name: string) => timestamp(name, { withTimezone: true, precision: 3 })

/** An instant that the one clock fills in when the row is born. */
export const bornAt = (name = 'created_at') => at(name).notNull().default(sql`sitrep_now()`)

/** SQL for "column is one of these words", from the closed list that the code uses too. */
export const oneOf = (column: unknown, words: readonly string[]): SQL =>
  sql`${column} in (${sql.raw(words.map((word) => `'${word}'`).join(', '))})`
