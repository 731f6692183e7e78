import { audit } from '../../db/queries/audit.ts'
import { updateOf } from '../../db/queries/corrections.ts'
import { markRecalled } from '../../db/queries/held-updates.ts'
import { bumpVersion, type Update } from '../../db/queries/incidents.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { refuseConflict, refuseMissing } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'
import { lockFresh } from './post-update.ts'

/**
 * Recalls a held update: outside it never existed, and the promise runs on. What has gone out is corrected instead. Two
 * who press at once have both succeeded. Answers the update as it was held.
 */
export const recallUpdate = (
  acting: Acting,
  incidentId: string,
  updateId: string,
  expectedVersion: number | null = null,
): Promise<Update> =>
  acting.db.transaction(async (tx) => {
    await lockFresh(tx, incidentId, expectedVersion)
    const update = await updateOf(tx, incidentId, updateId)
    if (!update) throw refuseMissing('update')
    if (update.state === 'published')
      throw refuseConflict('already_published', 'This update has gone out already; correct it instead.')
    if (update.state === 'recalled') return update
    const now = await acting.clock(tx)
    await markRecalled(tx, updateId)
    await bumpVersion(tx, incidentId, now)
    await addToTimeline(tx, {
      incidentId,
      at: now,
      kind: 'auto',
      text: `Update ${update.seq} recalled before it went out.`,
      personId: acting.actor.personId,
    })
    await audit(tx, acting.actor, {
      action: 'update.recalled',
      subject: { kind: 'update', id: updateId },
      after: { incident_id: incidentId, seq: update.seq },
    })
    return update
  })
