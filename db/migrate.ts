import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator'
import type { Database, Queryable } from './client.ts'
import { keptAlive } from './kept-alive.ts'
import { UnusableDatabase } from './unusable.ts'

const MIGRATIONS = { migrationsFolder: fileURLToPath(new URL('./migrations', import.meta.url)) }
/** PostgreSQL 15 or later (contract section 2). */
export const OLDEST_SERVER = 15
/** Any number that nothing else locks: "sitrep" in ASCII, cut to 31 bits. */
const MIGRATION_LOCK = 0x73697472

/**
 * Brings the schema up to what this code knows. Any number of processes may call it at once: one works, the others wait
 * and find nothing left to do. Needs a pool of at least two connections. Throws `UnusableDatabase` for a server older
 * than PostgreSQL 15 and for a schema that this code does not know (standards R24).
 */
export const migrate = (db: Database): Promise<void> => migrateTo(db, knownMigrations())

/** Brings the schema to where the last of these migrations leaves it. */
export async function migrateTo(db: Database, migrations: readonly MigrationMeta[]): Promise<void> {
  await refuseOldServer(db)
  await db.transaction(async (lock) => {
    // Of the transaction, since behind a pooler a session may be another one's in the next moment (standards R14).
    await lock.execute(sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`)
    await keptAlive(lock, async () => {
      await refuseUnknownSchema(db, migrations)
      await apply(db, migrations)
    })
  })
}

async function refuseOldServer(db: Database): Promise<void> {
  const [row] = await db.execute<{ version: string; number: number }>(
    sql`select current_setting('server_version') as version, current_setting('server_version_num')::int as number`,
  )
  if (row!.number >= OLDEST_SERVER * 10_000) return
  throw new UnusableDatabase(
    `The database server is PostgreSQL ${row!.version}; Sitrep needs ${OLDEST_SERVER} or later. Upgrade the server, or unset DATABASE_URL to use the embedded one.`,
  )
}

/** The migrations that this code knows, oldest first. */
export const knownMigrations = (): MigrationMeta[] => readMigrationFiles(MIGRATIONS)

/** The migrations that the database has had, oldest first, by their hashes; none before the first. */
export async function appliedMigrations(db: Queryable): Promise<string[]> {
  const [ledger] = await db.execute<{ there: boolean }>(
    sql`select to_regclass('drizzle.__drizzle_migrations') is not null as there`,
  )
  if (!ledger!.there) return []
  const rows = await db.execute<{ hash: string }>(
    sql`select hash from drizzle.__drizzle_migrations order by created_at, id`,
  )
  return rows.map(({ hash }) => hash)
}

/** How many changes the schema has had that none of these migrations makes: somebody newer has been here. */
export async function unknownChanges(db: Queryable, migrations: readonly MigrationMeta[]): Promise<number> {
  const known = new Set(migrations.map(({ hash }) => hash))
  return (await appliedMigrations(db)).filter((hash) => !known.has(hash)).length
}

async function refuseUnknownSchema(db: Database, migrations: readonly MigrationMeta[]): Promise<void> {
  const unknown = await unknownChanges(db, migrations)
  if (unknown === 0) return
  throw new UnusableDatabase(
    `The database's schema has ${unknown === 1 ? 'a change' : `${unknown} changes`} that this version of Sitrep does not know: a newer version has used it. Start that version, or restore a backup made by this one.`,
  )
}

/** Applies what is missing: what drizzle's own migrator does with a folder, with migrations at hand. */
const apply = (db: Database, migrations: readonly MigrationMeta[]): Promise<void> =>
  (db as unknown as Migrating).dialect.migrate(migrations, (db as unknown as Migrating).session, {})

interface Migrating {
  dialect: { migrate(migrations: readonly MigrationMeta[], session: unknown, config: object): Promise<void> }
  session: unknown
}
