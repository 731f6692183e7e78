import type { Transaction } from '../../db/client.ts'
import type { Update } from '../../db/queries/incidents.ts'
import { takenBack } from '../../db/taken-back.ts'
import type { Acting } from './acting.ts'
import { type PostUpdate, postUpdate } from './post-update.ts'

/**
 * Shows what an update would be: posts it by the very action that posts, lets `look` see the world in which it has been
 * posted, and takes everything back. So the preview has no rules of its own that could differ from what is sent: same
 * refusals, same promise, same words. The price is the incident's lock, and that of the revision, while `look` looks.
 */
export const previewUpdate = <Seen>(
  acting: Acting,
  incidentId: string,
  input: PostUpdate,
  expectedVersion: number | null,
  look: (tx: Transaction, update: Update) => Promise<Seen>,
): Promise<Seen> =>
  takenBack(acting.db, async (tx) =>
    look(
      tx,
      await postUpdate({ ...acting, db: tx, unasked: true }, incidentId, { ...input, hold: 0 }, expectedVersion),
    ),
  )
