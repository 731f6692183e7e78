import type { Transaction } from '../../db/client.ts'
import type { Store } from './acting.ts'

/**
 * A transaction as what many actions write to, where the first refusal ends them all: they need no savepoints of their
 * own, since there is nothing to go back to.
 */
export const allOrNothing = (tx: Transaction): Store =>
  Object.create(tx, { transaction: { value: (work: (tx: Transaction) => unknown) => work(tx) } })
