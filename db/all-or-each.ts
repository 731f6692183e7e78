import type { Transaction } from './client.ts'
import { isConnectionLost } from './lost-connection.ts'

/**
 * Does `work` for all of these at once, in a savepoint; where that fails, for each in a savepoint of its own, so that one
 * that always fails is in nobody else's way. The locks of the transaction stay. Answers the sum; why one failed is put into
 * `failed`, by its id. Throws when the connection is lost.
 */
export async function allOrEach<Item extends { id: string }>(
  tx: Transaction,
  items: readonly Item[],
  work: (tx: Transaction, items: readonly Item[]) => Promise<number>,
  failed: Map<string, unknown>,
): Promise<number> {
  if (items.length === 0) return 0
  try {
    return await tx.transaction((savepoint) => work(savepoint, items))
  } catch (error) {
    if (isConnectionLost(error)) throw error
    if (items.length === 1) failed.set(items[0]!.id, error)
  }
  let sum = 0
  if (items.length > 1) for (const item of items) sum += await allOrEach(tx, [item], work, failed)
  return sum
}

/** Throws what failed of so many, if anything did, by name. */
export function throwFailed(failed: ReadonlyMap<string, unknown>, of: number): void {
  if (failed.size > 0)
    throw new AggregateError(failed.values(), `${failed.size} of ${of} failed: ${[...failed.keys()].join(', ')}`)
}
