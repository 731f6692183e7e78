import type { Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { awaitingApproval } from '../../db/queries/approvals.ts'
import { audit } from '../../db/queries/audit.ts'
import { currentPolicy } from '../../db/queries/cadence.ts'
import { heldUpdateOf } from '../../db/queries/held-updates.ts'
import { bumpVersion, type Incident, type Update } from '../../db/queries/incidents.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { updates } from '../../db/schema.ts'
import { headlineOf } from '../domain/headline.ts'
import { refuseConflict } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'
import { wordsToPublish } from './choose-words.ts'
import { wouldHold } from './hold-components.ts'
import { type Post, saidIn } from './publish-post.ts'
import { promisedBy, writtenBy } from './publish-update.ts'

/**
 * Holds a post of a locked incident back: it is written down whole, and nothing of it happens before its release. The
 * promise runs on meanwhile. What could be refused is refused now, to whoever can still mend it.
 */
export async function holdUpdate(
  tx: Transaction,
  acting: Acting,
  incident: Incident,
  post: Post,
  { now, releaseAt }: { now: Date; releaseAt: Date },
): Promise<Update> {
  const asked = saidIn(incident, post)
  const dueAt = promisedBy(await currentPolicy(tx), incident, asked, releaseAt)
  const components = await wouldHold(tx, { id: incident.id, severity: asked.severity }, asked.components)
  // Filled in as of the release, so that what is seen in the room is what goes out.
  const words = await wordsToPublish(tx, asked, { ...incident, components }, { dueAt, now: releaseAt })
  const said = { ...asked, ...words }
  const [update] = await tx
    .insert(updates)
    .values({
      ...writtenBy(acting.actor),
      id: newId(),
      incidentId: incident.id,
      seq: incident.updateSeq + 1,
      audience: incident.visibility,
      state: 'held',
      status: said.status,
      severity: said.severity,
      headline: said.headline ?? headlineOf(said.body),
      body: said.body,
      noChange: said.noChange,
      notify: said.notify,
      affected: [],
      createdAt: now,
      releaseAt,
      heldPost: post.asked,
      answeredSeq: incident.deadlineSeq,
      retractionReason: said.retractionReason ?? null,
    })
    .returning()
  await bumpVersion(tx, incident.id, now)
  await recordHold(tx, acting, update!)
  return update!
}

/**
 * Refuses to speak while an update is held. Releasing that one first would send what somebody may be about to recall, and
 * tell readers twice within seconds; both ways out are one press.
 */
export async function refuseWhileHeld(tx: Transaction, incidentId: string): Promise<void> {
  const held = await heldUpdateOf(tx, incidentId)
  if (!held) return
  const awaited = await awaitingApproval(tx, incidentId)
  const ways = awaited ? 'Recall it, approve it or break the glass first.' : 'Recall it or release it first.'
  const waits = `Update ${held.seq} is held and goes out at ${clock(held.releaseAt!)} at the latest. ${ways}`
  throw refuseConflict('update_held', waits)
}

const clock = (at: Date): string => `${at.toISOString().slice(11, 19)} UTC`

async function recordHold(tx: Transaction, { actor }: Acting, update: Update): Promise<void> {
  await addToTimeline(tx, {
    incidentId: update.incidentId,
    at: update.createdAt,
    kind: 'auto',
    text: `Update ${update.seq} posted, held until ${clock(update.releaseAt!)}.`,
    personId: actor.personId,
  })
  await audit(tx, actor, {
    action: 'update.held',
    subject: { kind: 'update', id: update.id },
    after: { incident_id: update.incidentId, seq: update.seq, release_at: update.releaseAt!.toISOString() },
  })
}
