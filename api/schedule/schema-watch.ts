import type { Database } from '../../db/client.ts'
import { knownMigrations, unknownChanges } from '../../db/migrate.ts'
import type { Duty } from './loop.ts'

const EVERY = 1_000

/**
 * Looks whether a newer version has changed the schema under this process, which must not write by rules that no longer
 * hold (standards R24). `onNewer` is told by how many changes, once.
 */
export function schemaWatch(db: Database, onNewer: (changes: number) => void): Duty {
  const known = knownMigrations()
  let told = false
  return {
    name: 'schema watch',
    atMost: EVERY,
    async round() {
      const changes = await unknownChanges(db, known)
      if (changes > 0 && !told) {
        told = true
        onNewer(changes)
      }
      return EVERY
    },
  }
}
