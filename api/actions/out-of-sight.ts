import type { Transaction } from '../../db/client.ts'
import { audiencesOf } from '../../db/queries/eyes.ts'
import { maySee, PUBLIC_EYES } from '../domain/eyes.ts'

/**
 * Whether what everybody could see is there for named audiences alone from now on, by the components that it named and
 * names. That is a public change of its own: all that was recorded of it goes out of sight with it.
 */
export async function goesOutOfSight(
  tx: Transaction,
  before: readonly string[],
  now: readonly string[],
): Promise<boolean> {
  const kept = await audiencesOf(tx, [...before, ...now])
  return maySee(kept, PUBLIC_EYES, before) && !maySee(kept, PUBLIC_EYES, now)
}
