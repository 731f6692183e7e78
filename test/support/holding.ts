import type { Acting } from '../../api/actions/acting.ts'
import { changeCadence } from '../../api/actions/change-cadence.ts'
import { SEVERITIES } from '../../api/domain/severity.ts'
import { currentPolicy } from '../../db/queries/cadence.ts'
import type { updates } from '../../db/schema.ts'

/** Sets for how long the console holds an update before it goes out; tests of what comes after let it go at once. */
export async function holdFor(acting: Acting, hold: string): Promise<void> {
  const policy = await currentPolicy(acting.db)
  const held = Object.fromEntries(SEVERITIES.map((severity) => [severity, { ...policy[severity], hold }]))
  await changeCadence(acting, { ...policy, ...held })
}

/** Columns of an update that is held and asks for nothing but that its words be said. */
export const HELD = {
  state: 'held',
  publishedAt: null,
  releaseAt: new Date('2026-11-12T15:00:00.000Z'),
  heldPost: {
    status: null,
    severity: null,
    severity_reason: null,
    components: [],
    promise: null,
    extension_reason: null,
  },
} satisfies Partial<typeof updates.$inferInsert>
