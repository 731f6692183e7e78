import { inArray } from 'drizzle-orm'
import type { Transaction } from '../../db/client.ts'
import { people } from '../../db/schema.ts'
import { Refusal } from '../domain/refusal.ts'

/** Refuses people who do not exist or are no longer active, naming the field each stands in. */
export async function requireActivePeople(
  tx: Transaction,
  named: Record<string, string | null | undefined>,
): Promise<void> {
  const wanted = Object.entries(named).filter((entry): entry is [string, string] => Boolean(entry[1]))
  if (wanted.length === 0) return
  const ids = wanted.map(([, id]) => id)
  const rows = await tx.select({ id: people.id, active: people.active }).from(people).where(inArray(people.id, ids))
  const active = new Set(rows.filter((row) => row.active).map((row) => row.id))
  const errors = wanted
    .filter(([, id]) => !active.has(id))
    .map(([field, id]) => ({ field, code: 'unknown', message: `There is no active person ${id}.` }))
  if (errors.length > 0) throw new Refusal('invalid', errors[0]!.message, errors)
}
