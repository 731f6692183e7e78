import { eq } from 'drizzle-orm'
import type { Transaction } from '../../db/client.ts'
import { knownAudiences } from '../../db/queries/audiences.ts'
import { audiencesOf } from '../../db/queries/eyes.ts'
import { recordChange } from '../../db/queries/site-changes.ts'
import { componentAudiences } from '../../db/schema.ts'
import { refuseField } from '../domain/refusal.ts'

/**
 * Shows a component to these audiences and to nobody else outside; with none, to everybody. Where that changes anything,
 * every page is made anew: what stands there may name it, and pages of what concerned it alone come or go.
 */
export async function keepComponent(
  tx: Transaction,
  componentId: string,
  audienceIds: readonly string[] | undefined,
  now: Date,
): Promise<void> {
  if (audienceIds === undefined) return
  const wanted = [...new Set(audienceIds)].toSorted()
  const known = await knownAudiences(tx, wanted)
  const unknown = audienceIds.findIndex((id) => !known.has(id))
  if (unknown >= 0)
    throw refuseField(`audience_ids.${unknown}`, 'unknown', `There is no audience ${audienceIds[unknown]}.`)
  const before = (await audiencesOf(tx, [componentId])).get(componentId) ?? []
  if (before.toSorted().join() === wanted.join()) return
  await tx.delete(componentAudiences).where(eq(componentAudiences.componentId, componentId))
  if (wanted.length > 0)
    await tx.insert(componentAudiences).values(wanted.map((audienceId) => ({ componentId, audienceId })))
  await recordChange(tx, { topic: 'audiences' }, now)
}
