import { sql } from 'drizzle-orm'
import type { Transaction } from '../client.ts'

type Taking = Pick<Transaction, 'execute'>

/**
 * Makes everything that writes rows about one incident (or one maintenance) take turns, so that each sees the rows of the
 * other (standards R7), and a correction knows for certain who was queued before it. Take it before the incident's row
 * lock: writing a row of the ledger looks at that row too. Several at once are taken in the order of their ids.
 */
export const takeTurns = (tx: Taking, subjectId: string) =>
  tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`fan-out ${subjectId}`}))`)

const NEW_READERS = sql`hashtext('new readers')`

/**
 * Lets a reader in: until the end of this transaction no fan-out begins (`awaitNewReaders`). So of every update the reader
 * finds the words, or its fan-out finds the reader. Take it before any turn, and read what is open after it.
 */
export const admitReader = (tx: Taking) => tx.execute(sql`select pg_advisory_xact_lock_shared(${NEW_READERS})`)

/**
 * Waits for readers who are being let in and may not have seen the update that is about to be fanned out. The first chunk
 * is enough: who comes after it finds the update.
 */
export const awaitNewReaders = (tx: Taking) => tx.execute(sql`select pg_advisory_xact_lock(${NEW_READERS})`)
