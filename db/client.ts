import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import type { Sql } from 'postgres'
import { drizzle, postgres } from './driver.ts'
import * as schema from './schema.ts'

export type Schema = typeof schema
/** The database: drizzle for queries, `$client` (postgres.js) for LISTEN and for SQL shown as SQL. */
export type Database = PostgresJsDatabase<Schema> & { $client: Sql }
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]
/** Where a query may run: on its own or within a transaction. */
export type Queryable = Database | Transaction

/** How to reach PostgreSQL: a URL, or the unix socket of the embedded server. */
export type Connection = { url: string } | { socketDirectory: string; user: string; database: string }

/**
 * Opens a pool of at most `connections`. `name` is shown in `pg_stat_activity` and tells which process holds a lock.
 * Nothing is connected until the first query.
 */
export function openDatabase(connection: Connection, name: string, connections = 10): Database {
  const options = {
    max: connections,
    connection: { application_name: name },
    onnotice: () => {},
    idle_timeout: 0,
    connect_timeout: 10,
    // The driver's own waits grow to 20 s; ours to 1 s, so that we are back as soon as the database is.
    backoff: (attempt: number) => Math.min(2 ** attempt / 100, 1),
  }
  const client =
    'url' in connection
      ? postgres(oneAtATime(connection.url), options)
      : postgres({
          host: connection.socketDirectory,
          port: 5432,
          ssl: false,
          user: connection.user,
          database: connection.database,
          ...options,
        })
  return drizzle(client, { schema }) as Database
}

/**
 * Whoever asks for no prepared statements has a pooler in front that lends a session for one transaction. Such a pooler
 * gives the session back after the first of several questions that were sent together, and the others are never answered
 * (pgbouncer issue 759, postgres.js issue 970): there each question waits for the answer before.
 */
function oneAtATime(url: string): string {
  const asked = new URL(url)
  if (asked.searchParams.get('prepare') === 'false') asked.searchParams.set('max_pipeline', '0')
  return asked.href
}

/** Closes the pool, waiting at most so many seconds for running queries. */
export const closeDatabase = (db: Database, seconds = 5): Promise<void> => db.$client.end({ timeout: seconds })
