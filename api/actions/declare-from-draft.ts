import { eq } from 'drizzle-orm'
import type { Transaction } from '../../db/client.ts'
import { type AlertDraft, draftById, lockDraft } from '../../db/queries/alert-drafts.ts'
import { audit } from '../../db/queries/audit.ts'
import type { Incident } from '../../db/queries/incidents.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { drafts } from '../../db/schema.ts'
import { refuseConflict, refuseField, refuseMissing } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'

/**
 * The draft that an incident is declared from, held until it is; null where none is named. One whose alerts have ended, or
 * that was dismissed, may be declared all the same: what it told may have hurt somebody.
 */
export async function draftToDeclare(tx: Transaction, id: string | undefined): Promise<AlertDraft | null> {
  if (id === undefined) return null
  const draft = await lockDraft(tx, id)
  if (!draft) throw refuseField('draft_id', 'not_found', 'There is no such draft.')
  if (draft.state === 'declared')
    throw refuseConflict('already_declared', 'An incident was declared from this draft already.', 'draft_id')
  return draft
}

/** Ties the draft to the incident, and says on its timeline where it came from. */
export async function declaredFromDraft(
  tx: Transaction,
  { actor }: Acting,
  draft: AlertDraft,
  incident: Incident,
): Promise<void> {
  await tx.update(drafts).set({ state: 'declared', incidentId: incident.id }).where(eq(drafts.id, draft.id))
  const told = await draftById(tx, draft.id)
  await addToTimeline(tx, {
    incidentId: incident.id,
    at: incident.declaredAt,
    kind: 'auto',
    text: `Declared from a draft of ${told!.source.name}.`,
    personId: actor.personId,
  })
  await audit(tx, actor, {
    action: 'draft.declared',
    subject: { kind: 'draft', id: draft.id },
    after: { incident_id: incident.id },
  })
}

/** Says of a draft that it is nothing to tell customers; its group's alerts grow it in silence until they end. */
export const dismissDraft = (acting: Acting, id: string): Promise<void> =>
  acting.db.transaction(async (tx) => {
    const draft = await lockDraft(tx, id)
    if (!draft) throw refuseMissing('draft')
    if (draft.state === 'declared')
      throw refuseConflict('already_declared', 'An incident was declared from this draft already.')
    if (draft.state !== 'open') return
    await tx.update(drafts).set({ state: 'dismissed' }).where(eq(drafts.id, id))
    await audit(tx, acting.actor, { action: 'draft.dismissed', subject: { kind: 'draft', id } })
  })
