import { throwFailed } from '../../db/all-or-each.ts'
import { isConnectionLost } from '../../db/lost-connection.ts'

/**
 * Does `work` for each of these, one after the other, so that one that always fails is in nobody else's way. Answers the
 * sum; what failed is thrown once the others are done. Without a database nothing else is tried.
 */
export async function eachOnItsOwn(ids: readonly string[], work: (id: string) => Promise<number>): Promise<number> {
  const failed = new Map<string, unknown>()
  let sum = 0
  for (const id of ids)
    try {
      sum += await work(id)
    } catch (error) {
      if (isConnectionLost(error)) throw error
      failed.set(id, error)
    }
  throwFailed(failed, ids.length)
  return sum
}
