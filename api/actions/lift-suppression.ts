import { eq } from 'drizzle-orm'
import { audit } from '../../db/queries/audit.ts'
import { forgetSoftBounces } from '../../db/queries/returns.ts'
import { suppressions } from '../../db/schema.ts'
import { refuseMissing } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'

/**
 * Lifts a suppression: the address may be sent to again, and its soft bounces are forgotten. A subscription that a
 * complaint ended stays ended: only its reader can begin it again. Lifted already is fine.
 */
export const liftSuppression = (acting: Acting, id: string): Promise<void> =>
  acting.db.transaction(async (tx) => {
    const [row] = await tx.select().from(suppressions).where(eq(suppressions.id, id)).for('update')
    if (!row) throw refuseMissing('suppression')
    if (row.liftedAt) return
    const { channel, addressKey, reason } = row
    await tx
      .update(suppressions)
      .set({ liftedAt: await acting.clock(tx), liftedBy: acting.actor.personId })
      .where(eq(suppressions.id, id))
    if (addressKey !== null) await forgetSoftBounces(tx, { channel, addressKey })
    const subject = { kind: 'suppression', id }
    await audit(tx, acting.actor, { action: 'suppression.lifted', subject, before: { channel, reason } })
  })
