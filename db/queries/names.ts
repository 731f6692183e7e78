import { inArray } from 'drizzle-orm'
import { apiKeys, people } from '../schema.ts'
import type { Reader } from './cadence.ts'

/** The names of these people, by id; ids that are null are passed over. */
export async function namesOfPeople(reader: Reader, ids: readonly (string | null)[]): Promise<Map<string, string>> {
  const wanted = known(ids)
  if (wanted.length === 0) return new Map()
  const rows = await reader.select({ id: people.id, name: people.name }).from(people).where(inArray(people.id, wanted))
  return new Map(rows.map((row) => [row.id, row.name]))
}

/** The names of these API keys, by id. */
export async function namesOfKeys(reader: Reader, ids: readonly (string | null)[]): Promise<Map<string, string>> {
  const wanted = known(ids)
  if (wanted.length === 0) return new Map()
  const rows = await reader
    .select({ id: apiKeys.id, name: apiKeys.name })
    .from(apiKeys)
    .where(inArray(apiKeys.id, wanted))
  return new Map(rows.map((row) => [row.id, row.name]))
}

const known = (ids: readonly (string | null)[]): string[] => [...new Set(ids)].filter((id) => id !== null)
