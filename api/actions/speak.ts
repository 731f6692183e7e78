import type { Transaction } from '../../db/client.ts'
import { severityTold } from '../../db/queries/approvals.ts'
import { currentPolicy } from '../../db/queries/cadence.ts'
import type { Incident, Update } from '../../db/queries/incidents.ts'
import { releaseTime } from '../domain/hold.ts'
import type { Acting } from './acting.ts'
import { askApproval, noteUnapproved, waitFor } from './ask-approval.ts'
import { holdUpdate } from './hold-update.ts'
import { type Post, publishPost } from './publish-post.ts'

/**
 * Publishes what is said of a locked incident, or holds it: for the time asked for, and for a second person's approval
 * (standards C15). Whatever is said in somebody's own words goes this way: first words, updates, a retraction, a
 * reopening. Only corrections do not: what stands there is wrong for as long as they wait.
 */
export async function speak(
  tx: Transaction,
  acting: Acting,
  incident: Incident,
  post: Post,
  { now, hold = 0 }: { now: Date; hold?: number },
): Promise<Update> {
  const wait = acting.unasked
    ? null
    : waitFor(await currentPolicy(tx), incident, post, await severityTold(tx, incident.id))
  const releaseAt = releaseTime(now, Math.max(hold, wait ?? 0), incident.nextUpdateDueAt)
  const update = releaseAt
    ? await holdUpdate(tx, acting, incident, post, { now, releaseAt })
    : await publishPost(tx, acting, incident, post, now)
  if (wait === null) return update
  if (releaseAt) await askApproval(tx, acting, incident, update, { now, wait, hold })
  else await noteUnapproved(tx, acting, update, { now, wait })
  return update
}
