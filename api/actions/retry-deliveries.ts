import { z } from 'zod'
import type { Transaction } from '../../db/client.ts'
import { announcementOfStep } from '../../db/queries/announced.ts'
import { audit } from '../../db/queries/audit.ts'
import { updateOf } from '../../db/queries/corrections.ts'
import type { LedgerScope } from '../../db/queries/ledger.ts'
import { stepOf } from '../../db/queries/maintenances.ts'
import { resend } from '../../db/queries/resend.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { takeTurns } from '../../db/queries/turns.ts'
import { wake } from '../../db/queries/wake.ts'
import { refuseMissing } from '../domain/refusal.ts'
import { nothingResent, type Resending } from '../domain/resend.ts'
import type { Acting } from './acting.ts'
import { idSchema } from './fields.ts'

/** What sending again takes (contract section 4): which update, of the incident or of the maintenance. */
export const retryDeliveriesInput = z.strictObject({ update_id: idSchema })

/** Sends again what failed of an update, and nothing else; answers how many, and how many are left alone and why. */
export const retryDeliveries = (acting: Acting, incidentId: string, updateId: string): Promise<Resending> =>
  acting.db.transaction(async (tx) => {
    await takeTurns(tx, incidentId)
    const update = await updateOf(tx, incidentId, updateId)
    if (!update) throw refuseMissing('update')
    const resending = await resendWithin(tx, acting, { incidentId, updateId }, { kind: 'update', id: updateId })
    if (resending.retried > 0)
      await addToTimeline(tx, {
        incidentId,
        at: await acting.clock(tx),
        kind: 'auto',
        text: `Update ${update.seq} sent again: ${resending.retried} had failed.`,
        personId: acting.actor.personId,
      })
    return resending
  })

/** The same for what was told of a maintenance. */
export const retryStepDeliveries = (acting: Acting, maintenanceId: string, updateId: string): Promise<Resending> =>
  acting.db.transaction(async (tx) => {
    await takeTurns(tx, maintenanceId)
    const step = await stepOf(tx, maintenanceId, updateId)
    if (!step) throw refuseMissing('update')
    const told = await announcementOfStep(tx, step.id)
    if (!told) return nothingResent()
    return resendWithin(tx, acting, { announcementId: told.id }, { kind: 'maintenance', id: maintenanceId })
  })

/** A press that found nothing to send leaves no trace: nothing was done. */
async function resendWithin(
  tx: Transaction,
  { actor }: Acting,
  scope: LedgerScope,
  subject: { kind: string; id: string },
): Promise<Resending> {
  const resending = await resend(tx, scope)
  if (resending.retried === 0) return resending
  await audit(tx, actor, { action: 'deliveries.retried', subject, after: { ...scope, ...resending } })
  await wake(tx, 'deliver')
  return resending
}
