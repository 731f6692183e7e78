import { getTableName, is, sql } from 'drizzle-orm'
import { PgTable } from 'drizzle-orm/pg-core'
import type { Queryable } from '../client.ts'
import * as schema from '../schema.ts'

/**
 * What belongs to the running installation and not to its history. Sessions, invitations and codes must not come back to
 * life after they were ended; counters, pauses and answers kept for a day mean nothing elsewhere.
 */
const LEFT_OUT: readonly PgTable[] = [
  schema.sessions,
  schema.verifications,
  schema.invitations,
  schema.replyCodes,
  schema.idempotencyKeys,
  schema.rateLimits,
  schema.dutyRounds,
  schema.siteTargets,
  schema.hubPings,
  schema.channelStates,
]

/** What a service writes into a database that nobody has used yet. */
const WRITTEN_UNUSED: readonly PgTable[] = [schema.siteRevision, schema.siteChanges]

const namesOf = (tables: readonly PgTable[]) => tables.map(getTableName)

/** Every table that a backup holds, by name. */
export const keptTables = (): string[] => {
  const leftOut = namesOf(LEFT_OUT)
  const all = namesOf(Object.values(schema).filter((each) => is(each, PgTable)))
  return [...new Set(all)].filter((name) => !leftOut.includes(name)).toSorted()
}

/** Every table whose rows have to go before a backup comes. */
export const allTables = (): string[] => [...keptTables(), ...namesOf(LEFT_OUT)]

/** A table that somebody has used already; null where nobody has. */
export async function usedTable(db: Queryable, there: readonly string[]): Promise<string | null> {
  const unused = namesOf(WRITTEN_UNUSED)
  for (const name of keptTables().filter((each) => there.includes(each) && !unused.includes(each))) {
    const [row] = await db.execute<{ used: boolean }>(sql`select exists (select from ${sql.identifier(name)}) as used`)
    if (row!.used) return name
  }
  return null
}

/** Which columns each table of ours has in this database, in their order. */
export async function columnsIn(db: Queryable): Promise<Map<string, string[]>> {
  const rows = await db.execute<{ table: string; column: string }>(sql`
    select table_name as table, column_name as column from information_schema.columns
    where table_schema = 'public' order by table_name, ordinal_position`)
  const ours = rows.filter((row) => allTables().includes(row.table))
  return new Map([...Map.groupBy(ours, (row) => row.table)].map(([table, of]) => [table, of.map((row) => row.column)]))
}

/** A name as SQL takes it. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** `"table" ("column", …)` for COPY, which takes no parameters. */
export const copied = (table: string, columns: readonly string[]): string =>
  `${quoted(table)} (${columns.map(quoted).join(', ')})`
