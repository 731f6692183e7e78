import { expect } from 'vitest'
import { Refusal } from '../../api/domain/refusal.ts'

/** What an action was refused as: the kind, then `field code` of each error. Fails when it was not refused. */
export async function refusedAs(work: Promise<unknown>): Promise<string[]> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(Refusal)
  const { kind, errors } = error as Refusal
  return [kind, ...errors.map(({ field, code }) => `${field} ${code}`)]
}
