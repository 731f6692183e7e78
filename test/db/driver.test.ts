import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { closeDatabase, openDatabase, type Transaction } from '../../db/client.ts'
import { isConnectionLost } from '../../db/lost-connection.ts'
import { testDatabase } from '../support/database.ts'

const { db, connection } = await testDatabase()
const own = openDatabase(connection, 'sitrep losing connections', 4)
beforeAll(() => db.execute(sql`create table said (word text)`))
afterAll(() => closeDatabase(own))

/** Ends the server's side of a transaction's connection, as the death of the server does. */
async function lose(tx: Transaction): Promise<void> {
  const [row] = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`)
  await db.execute(sql`select pg_terminate_backend(${row!.pid})`)
  const left = sql`select from pg_stat_activity where pid = ${row!.pid}`
  await vi.waitFor(async () => expect(await db.execute(left)).toHaveLength(0), { timeout: 15_000, interval: 5 })
}

const say = (tx: Transaction, word: string) => tx.execute(sql`insert into said values (${word})`)

describe('a transaction whose connection is lost', () => {
  it('is refused, whatever it says on, and nothing of it is written', async () => {
    const works = Array.from({ length: 20 }, (_, n) =>
      own.transaction(async (tx) => {
        await say(tx, 'before')
        await lose(tx)
        for (let word = 0; word < n % 4; word += 1) await say(tx, 'after').catch(() => {})
        await say(tx, 'last')
      }),
    )
    const outcomes = await Promise.allSettled(works)
    expect(outcomes.map((outcome) => outcome.status === 'rejected' && isConnectionLost(outcome.reason))).toEqual(
      works.map(() => true),
    )
    expect(await own.execute(sql`select word from said`)).toEqual([])
  })

  it('does not write into the transaction that has its connection next', async () => {
    const one = openDatabase(connection, 'sitrep one connection', 1)
    const { promise: next, resolve: nextIsIn } = Promise.withResolvers<void>()
    const { promise: stale, resolve: staleHasSpoken } = Promise.withResolvers<void>()
    const first = one.transaction(async (tx) => {
      await lose(tx)
      await next
      await say(tx, 'of the first').catch(() => {})
      staleHasSpoken()
    })
    await expect(first).rejects.toThrow()
    const second = one.transaction(async (tx) => {
      await say(tx, 'of the second')
      nextIsIn()
      await stale
      throw new Error('rolled back')
    })
    await expect(second).rejects.toThrow('rolled back')
    expect(await db.execute(sql`select word from said`)).toEqual([])
    await closeDatabase(one)
  })

  it('does not keep its pool from working or from ending', async () => {
    const pool = openDatabase(connection, 'sitrep ending', 2)
    await pool.transaction(lose).catch(() => {})
    expect(await pool.execute(sql`select 1 as one`)).toEqual([{ one: 1 }])
    const since = performance.now()
    await closeDatabase(pool)
    expect(performance.now() - since).toBeLessThan(4_000)
  })
})
