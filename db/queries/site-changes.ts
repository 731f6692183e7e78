import { sql } from 'drizzle-orm'
import type { Transaction } from '../client.ts'
import { type ChangeTopic, siteChanges, siteRevision } from '../schema.ts'
import { wake } from './wake.ts'

/** Something that outsiders see has changed. */
export type SiteChange = (
  | { topic: 'incident'; incidentId: string }
  | { topic: 'maintenance'; maintenanceId: string }
  | { topic: 'component'; componentId: string }
  | { topic: Exclude<ChangeTopic, 'incident' | 'maintenance' | 'component'> }
) & {
  /** What `trackShownStatus` answered: some component is shown as something else now. */
  movedComponents?: boolean
  /** False where lists say the same of it as before, because only its own words have changed. */
  movedEntry?: boolean
  /** The month (YYYY-MM) that it began in until now, where its time was corrected into another. */
  leftMonth?: string | null
}

/**
 * Records a public change under the next revision and wakes the publishers. Take every other lock first: the revision's
 * row stays locked until the transaction ends, so that revisions become visible in their own order and without gaps.
 */
export const recordChange = (tx: Transaction, change: SiteChange, at: Date): Promise<number> =>
  recordChanges(tx, [change], at)

/**
 * The same for several at once, each under a revision of its own; answers the last. What is asked is asked in one go, since
 * everybody who changes anything public waits meanwhile.
 */
export async function recordChanges(tx: Transaction, changes: readonly SiteChange[], at: Date): Promise<number> {
  const [moved] = await Promise.all([
    tx
      .update(siteRevision)
      .set({ revision: sql`${siteRevision.revision} + ${changes.length}` })
      .returning({ revision: siteRevision.revision }),
    tx.insert(siteChanges).values(
      changes.map((change, n) => ({
        revision: sql`(select revision from site_revision) - ${changes.length - n - 1}::int`,
        topic: change.topic,
        incidentId: change.topic === 'incident' ? change.incidentId : null,
        maintenanceId: change.topic === 'maintenance' ? change.maintenanceId : null,
        componentId: change.topic === 'component' ? change.componentId : null,
        movedComponents: change.movedComponents ?? false,
        movedEntry: change.movedEntry ?? true,
        leftMonth: change.leftMonth ?? null,
        at,
      })),
    ),
    wake(tx, 'publish'),
  ])
  return moved[0]!.revision
}
