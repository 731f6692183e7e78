import type { Acting } from '../../api/actions/acting.ts'
import { changeCadence } from '../../api/actions/change-cadence.ts'
import type { SeverityCadence } from '../../api/domain/cadence.ts'
import { NOTHING_ELSE } from '../../api/domain/hold.ts'
import { SEVERITIES, type Severity } from '../../api/domain/severity.ts'
import { currentPolicy } from '../../db/queries/cadence.ts'
import type { updates } from '../../db/schema.ts'

/** Sets for how long the console holds an update before it goes out; tests of what comes after let it go at once. */
export const holdFor = (acting: Acting, hold: string): Promise<void> => setTerms(acting, { hold })

/** Puts these terms in force, for every severity unless some are named. */
export async function setTerms(
  acting: Acting,
  terms: Partial<SeverityCadence>,
  severities: readonly Severity[] = SEVERITIES,
): Promise<void> {
  const policy = await currentPolicy(acting.db)
  const changed = Object.fromEntries(severities.map((severity) => [severity, { ...policy[severity], ...terms }]))
  await changeCadence(acting, { ...policy, ...changed })
}

/** Columns of an update that is held and asks for nothing but that its words be said. */
export const HELD = {
  state: 'held',
  publishedAt: null,
  releaseAt: new Date('2026-11-12T15:00:00.000Z'),
  heldPost: NOTHING_ELSE,
} satisfies Partial<typeof updates.$inferInsert>
