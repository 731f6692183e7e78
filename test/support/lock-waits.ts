import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import type { Database, Transaction } from '../../db/client.ts'

/** Waits until so many sessions of this test's database wait for a lock, or `over` answers true. */
export const untilWaiting = (db: Database, sessions: number, over: () => boolean = () => false): Promise<void> =>
  expect.poll(async () => over() || (await waitingIn(db)) >= sessions, { timeout: 10_000, interval: 10 }).toBe(true)

async function waitingIn(db: Database): Promise<number> {
  const [row] = await db.execute<{ count: string }>(sql`
    select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
  return Number(row!.count)
}

/** Holds what `take` locks in a transaction of its own; answers how to let it go. */
export async function holding(db: Database, take: (tx: Transaction) => Promise<unknown>): Promise<() => Promise<void>> {
  const taken = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  const held = db.transaction(async (tx) => {
    await take(tx)
    taken.resolve()
    await released.promise
  })
  await Promise.race([taken.promise, held])
  return async () => {
    released.resolve()
    await held
  }
}
