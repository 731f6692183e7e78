import { TransactionRollbackError } from 'drizzle-orm'
import type { Transaction } from './client.ts'

/**
 * Does work for real in a transaction of its own (within another: at a savepoint), and takes all of it back. What it
 * answers is what would have been; nothing is written, nobody is woken, and whatever it threw travels on.
 */
export async function takenBack<Answer>(
  db: Pick<Transaction, 'transaction'>,
  work: (tx: Transaction) => Promise<Answer>,
): Promise<Answer> {
  let answer: { is: Answer } | null = null
  try {
    await db.transaction(async (tx) => {
      answer = { is: await work(tx) }
      tx.rollback()
    })
  } catch (error) {
    if (!(error instanceof TransactionRollbackError)) throw error
  }
  return (answer as { is: Answer } | null)!.is
}
