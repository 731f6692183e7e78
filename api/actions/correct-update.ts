import { z } from 'zod'
import type { Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { queueCorrectionAnnouncement } from '../../db/queries/announcements.ts'
import { audit } from '../../db/queries/audit.ts'
import {
  type Correction,
  correctionsOf,
  momentOfCorrection,
  queueAnew,
  updateOf,
} from '../../db/queries/corrections.ts'
import { bumpVersion, type Incident, type Update } from '../../db/queries/incidents.ts'
import { recordChange } from '../../db/queries/site-changes.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { takeTurns } from '../../db/queries/turns.ts'
import { corrections } from '../../db/schema.ts'
import { readsNow } from '../domain/correction.ts'
import { oneLine } from '../domain/names.ts'
import { saidText } from '../domain/placeholders.ts'
import { refuseConflict, refuseField, refuseMissing } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'
import { guardAnnouncement } from './guard-announcement.ts'
import { lockFresh } from './post-update.ts'
import { writtenBy } from './publish-update.ts'

/** What a correction takes (contract section 4). The reason is public: who noticed, and what was wrong. */
export const correctUpdateInput = z.strictObject({
  body: saidText(5000),
  reason: oneLine(300),
  notify: z.boolean().optional(),
})
export type CorrectUpdate = z.infer<typeof correctUpdateInput>

/**
 * Corrects a published update where everybody sees it: the words as first published stay, the page shows both, and who
 * was sent them is sent the correction (standards C21). It answers no promise and gives none. Answers the update as
 * first published.
 */
export const correctUpdate = (
  acting: Acting,
  incidentId: string,
  updateId: string,
  input: CorrectUpdate,
  expectedVersion: number | null = null,
): Promise<Update> =>
  acting.db.transaction(async (tx) => {
    await takeTurns(tx, incidentId)
    const incident = await lockFresh(tx, incidentId, expectedVersion)
    const update = await publishedUpdate(tx, incidentId, updateId)
    const { body: previousBody } = readsNow(update, (await correctionsOf(tx, [incidentId])).get(updateId) ?? [])
    if (input.body === previousBody)
      throw refuseField('body', 'unchanged', 'These are the words that stand there. Change what was wrong.')
    const at = await momentOfCorrection(tx, update, await acting.clock(tx))
    const correction = await writeCorrection(tx, acting, update, input, { previousBody, at })
    await bumpVersion(tx, incidentId, at)
    await tellInside(tx, acting, update, correction)
    await tellOutside(tx, acting, incident, update, correction)
    return update
  })

async function publishedUpdate(tx: Transaction, incidentId: string, updateId: string): Promise<Update> {
  const update = await updateOf(tx, incidentId, updateId)
  if (!update) throw refuseMissing('update')
  if (update.state !== 'published')
    throw refuseConflict('not_published', 'This update has not been published, so there is nothing to correct.')
  return update
}

async function writeCorrection(
  tx: Transaction,
  { actor }: Acting,
  update: Update,
  input: CorrectUpdate,
  { previousBody, at }: { previousBody: string; at: Date },
): Promise<Correction> {
  const [correction] = await tx
    .insert(corrections)
    .values({
      id: newId(),
      updateId: update.id,
      incidentId: update.incidentId,
      body: input.body,
      previousBody,
      reason: input.reason,
      notify: input.notify ?? true,
      ...writtenBy(actor),
      createdAt: at,
    })
    .returning()
  return correction!
}

async function tellInside(tx: Transaction, { actor }: Acting, update: Update, correction: Correction): Promise<void> {
  await addToTimeline(tx, {
    incidentId: update.incidentId,
    at: correction.createdAt,
    kind: 'auto',
    text: `Update ${update.seq} corrected: ${correction.reason}`,
    personId: actor.personId,
  })
  await audit(tx, actor, {
    action: 'update.corrected',
    subject: { kind: 'update', id: update.id },
    before: { body: correction.previousBody },
    after: { correction_id: correction.id, body: correction.body, reason: correction.reason },
  })
}

/** Words written while an incident was internal stay inside, corrected or not. */
async function tellOutside(
  tx: Transaction,
  acting: Acting,
  incident: Incident,
  update: Update,
  correction: Correction,
): Promise<void> {
  if (incident.visibility !== 'public' || update.audience !== 'public') return
  if (correction.notify) {
    const id = await queueCorrectionAnnouncement(tx, incident, correction)
    await guardAnnouncement(tx, acting, id, correction.createdAt)
  } else await queueAnew(tx, update, correction.createdAt)
  await recordChange(tx, { topic: 'incident', incidentId: incident.id, movedEntry: false }, correction.createdAt)
}
