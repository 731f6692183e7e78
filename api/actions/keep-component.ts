import { eq } from 'drizzle-orm'
import type { Transaction } from '../../db/client.ts'
import { knownAudiences } from '../../db/queries/audiences.ts'
import { queueChoiceGone } from '../../db/queries/choice-gone.ts'
import { audiencesOf } from '../../db/queries/eyes.ts'
import { recordChange } from '../../db/queries/site-changes.ts'
import { componentAudiences } from '../../db/schema.ts'
import { refuseField } from '../domain/refusal.ts'

/**
 * Shows a component to these audiences and to nobody else outside; with none, to everybody. Where it was public before or
 * is so now, every page is made anew: what stands there may name it, and pages of what concerned it alone come or go. What
 * the public never saw, one that is `born` private among it, moves nothing of theirs. Who is left with nothing is told.
 */
export async function keepComponent(
  tx: Transaction,
  componentId: string,
  audienceIds: readonly string[] | undefined,
  now: Date,
  { born = false } = {},
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
  if (!born && losesAny(before, wanted)) await queueChoiceGone(tx, componentId, now)
  if (!born && (before.length === 0 || wanted.length === 0)) await recordChange(tx, { topic: 'audiences' }, now)
}

/** Whether anybody sees the component no more who saw it before. */
const losesAny = (before: readonly string[], after: readonly string[]): boolean =>
  after.length > 0 && (before.length === 0 || before.some((id) => !after.includes(id)))
