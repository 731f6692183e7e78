import { eq } from 'drizzle-orm'
import type { Transaction } from '../../db/client.ts'
import { type Approval, approvalOf } from '../../db/queries/approvals.ts'
import { updateOf } from '../../db/queries/corrections.ts'
import { bumpVersion, type Incident, type Update } from '../../db/queries/incidents.ts'
import { wake } from '../../db/queries/wake.ts'
import { updates } from '../../db/schema.ts'
import { approvalHindrance } from '../domain/approval.ts'
import { releaseTime } from '../domain/hold.ts'
import { refuseConflict, refuseMissing } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'
import { decide } from './ask-approval.ts'
import { lockFresh } from './post-update.ts'
import { release } from './release-update.ts'

/**
 * A second person approves a held update: it goes out now, or as soon as its author's own hold is over. Two who press at
 * once have both succeeded. Refuses its author (409 `own_update`), a program that is nobody's (409 `approver_unknown`), and
 * what waits for no approval (409 `no_approval_asked`, `already_published`, `already_recalled`).
 */
export const approveUpdate = (
  acting: Acting,
  incidentId: string,
  updateId: string,
  expectedVersion: number | null = null,
): Promise<Update> =>
  acting.db.transaction(async (tx) => {
    const incident = await lockFresh(tx, incidentId, expectedVersion)
    const { update, approval } = await waiting(tx, incidentId, updateId)
    if (approval.outcome === 'approved') return update
    refusePublished(update)
    refuseHindered(update, acting)
    const now = await acting.clock(tx)
    await decide(tx, acting, update, { outcome: 'approved', reason: null, now })
    return letGo(tx, acting, incident, { update, approval, now })
  })

/** An update of which approval was asked, and what was asked; refuses a recalled one, and one that needs none. */
export async function waiting(
  tx: Transaction,
  incidentId: string,
  updateId: string,
): Promise<{ update: Update; approval: Approval }> {
  const update = await updateOf(tx, incidentId, updateId)
  if (!update) throw refuseMissing('update')
  if (update.state === 'recalled')
    throw refuseConflict('already_recalled', 'This update was recalled. Post anew to speak.')
  const approval = await approvalOf(tx, updateId)
  if (!approval) throw refuseConflict('no_approval_asked', 'This update waits for nobody’s approval.')
  return { update, approval }
}

/** Refuses what is out already: there is nothing left to decide. */
export function refusePublished({ state }: Update): void {
  if (state === 'published')
    throw refuseConflict('already_published', 'This update has gone out already; correct it instead.')
}

function refuseHindered(update: Update, { actor }: Acting): void {
  const hindrance = approvalHindrance(update, actor)
  if (hindrance === 'own_update')
    throw refuseConflict('own_update', 'You wrote this update: another person approves it, or you break the glass.')
  if (hindrance === 'approver_unknown')
    throw refuseConflict('approver_unknown', 'A person approves: use a key that belongs to one, or name them.')
}

async function letGo(
  tx: Transaction,
  acting: Acting,
  incident: Incident,
  { update, approval, now }: { update: Update; approval: Approval; now: Date },
): Promise<Update> {
  const hold = Math.max(0, approval.heldUntil.getTime() - now.getTime())
  const releaseAt = releaseTime(now, hold, incident.nextUpdateDueAt)
  if (hold === 0 || releaseAt === null) return release(tx, acting, incident, update, now)
  const [held] = await tx.update(updates).set({ releaseAt }).where(eq(updates.id, update.id)).returning()
  await bumpVersion(tx, incident.id, now)
  await wake(tx, 'cadence')
  return held!
}
