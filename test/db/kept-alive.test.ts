import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { closeDatabase, openDatabase } from '../../db/client.ts'
import { keptAlive } from '../../db/kept-alive.ts'
import { endStandingTransactions } from '../../db/queries/rescue.ts'
import { testDatabase } from '../support/database.ts'
import { soon } from '../support/storytelling.ts'

const { db, connection } = await testDatabase()

it('a transaction that works elsewhere is heard of, so that nobody takes it for one that stands still', async () => {
  const service = openDatabase(connection, `sitrep service ${process.pid}`, 1)
  const lastHeard = async () => {
    const [row] = await db.execute<{ at: string }>(
      sql`select state_change::text as at from pg_stat_activity where application_name = ${`sitrep service ${process.pid}`}`,
    )
    return row!.at
  }
  await service.transaction((tx) =>
    keptAlive(tx, async () => {
      await tx.execute(sql`select 1`)
      const first = await lastHeard()
      await soon(async () => expect(await lastHeard()).not.toBe(first))
      expect(await endStandingTransactions(db)).toBe(0)
    }),
  )
  await closeDatabase(service)
})
