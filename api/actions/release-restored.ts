import { audit } from '../../db/queries/audit.ts'
import { dropWaiting, lockHeldRestore, markReleased, waitingToBeSent } from '../../db/queries/restores.ts'
import { recordChange } from '../../db/queries/site-changes.ts'
import { wake } from '../../db/queries/wake.ts'
import { refuseConflict } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'

export interface Released {
  /** Messages that go out now. */
  sent: number
  /** Messages that were waiting when the backup was taken and are sent no more. */
  dropped: number
}

/**
 * Lets a restored database speak again: messages go out, the page is published, the silence ladder is climbed (one alert
 * an incident, as after any downtime, standards R15). With `dropWaiting`, what waited when the backup was taken is not
 * sent: it probably was, since. Refuses where nothing is held.
 */
export const releaseRestored = (acting: Acting, choice: { dropWaiting: boolean }): Promise<Released> =>
  acting.db.transaction(async (tx) => {
    const held = await lockHeldRestore(tx)
    if (!held) throw refuseConflict('not_held', 'Nothing is held: no restored backup waits for its release.')
    const now = await acting.clock(tx)
    const dropped = choice.dropWaiting ? await dropWaiting(tx, held.restoredAt) : 0
    const { messages: sent } = await waitingToBeSent(tx)
    await markReleased(tx, now, acting.actor.personId)
    await audit(tx, acting.actor, {
      action: 'restore.released',
      subject: { kind: 'restore', id: held.id },
      after: { sent, dropped },
    })
    await recordChange(tx, { topic: 'organisation' }, now)
    for (const what of ['deliver', 'fan_out', 'cadence'] as const) await wake(tx, what)
    return { sent, dropped }
  })
