import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { closeDatabase, openDatabase } from '../../db/client.ts'
import { migrate } from '../../db/migrate.ts'
import { afterwards } from '../support/afterwards.ts'
import { emptyDatabase, testDatabase } from '../support/database.ts'

describe('migrating', () => {
  it('is done once when twenty processes come at the same time', async () => {
    const connection = await emptyDatabase()
    const all = Array.from({ length: 20 }, () => openDatabase(connection, 'sitrep test', 2))
    await Promise.all(all.map(migrate))
    const applied = await all[0]!.execute(sql`select hash from drizzle.__drizzle_migrations`)
    expect(new Set(applied.map(({ hash }) => hash)).size).toBe(applied.length)
    expect(applied.length).toBeGreaterThanOrEqual(3)
    const [row] = await all[0]!.execute(sql`select revision from site_revision`)
    expect(row).toEqual({ revision: 0 })
    await Promise.all(all.map(closeDatabase))
  })

  it('leaves no lock behind', async () => {
    const db = openDatabase(await emptyDatabase(), 'sitrep test', 2)
    await migrate(db)
    const locks = await db.execute(sql`
      select from pg_locks where locktype = 'advisory'
      and database = (select oid from pg_database where datname = current_database())`)
    expect(locks.length).toBe(0)
    await closeDatabase(db)
  })

  it('refuses a database that a newer version has used, and changes nothing', async () => {
    const { db, connection } = await testDatabase()
    await db.execute(sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('newer', 9999999999999)`)
    const late = openDatabase(connection, 'sitrep test', 2)
    afterwards(() => closeDatabase(late))
    await expect(migrate(late)).rejects.toThrow(/does not know: a newer version has used it.*backup/)
  })
})
