import { sql } from 'drizzle-orm'
import type { Transaction } from './client.ts'

/** Milliseconds; far less than what `endStandingTransactions` takes for standing still. */
const EVERY = 5_000

/**
 * Does long work under a transaction that has nothing to say meanwhile, and lets the server hear that its process lives:
 * others end the transactions of a process that stands still.
 */
export async function keptAlive<Result>(tx: Transaction, work: () => Promise<Result>): Promise<Result> {
  // Where the connection is lost, the work finds that out by itself.
  const timer = setInterval(() => void tx.execute(sql`select 1`).catch(() => {}), EVERY)
  try {
    return await work()
  } finally {
    clearInterval(timer)
  }
}
