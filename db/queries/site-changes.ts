import { sql } from 'drizzle-orm'
import type { Transaction } from '../client.ts'
import { type ChangeTopic, siteChanges, siteRevision } from '../schema.ts'
import { wake } from './wake.ts'

/** Something that outsiders see has changed: an incident, the components, or the organisation. */
export type SiteChange = { topic: 'incident'; incidentId: string } | { topic: Exclude<ChangeTopic, 'incident'> }

/**
 * Records a public change under the next revision and wakes the publishers. Take every other lock first: the revision's
 * row stays locked until the transaction ends, so that revisions become visible in their own order and without gaps.
 */
export async function recordChange(tx: Transaction, change: SiteChange, at: Date): Promise<number> {
  const [row] = await tx
    .update(siteRevision)
    .set({ revision: sql`${siteRevision.revision} + 1` })
    .returning({ revision: siteRevision.revision })
  const incidentId = change.topic === 'incident' ? change.incidentId : null
  await tx.insert(siteChanges).values({ revision: row!.revision, topic: change.topic, incidentId, at })
  await wake(tx, 'publish')
  return row!.revision
}
