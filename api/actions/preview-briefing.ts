import type { Transaction } from '../../db/client.ts'
import type { Briefing } from '../../db/queries/briefings.ts'
import { takenBack } from '../../db/taken-back.ts'
import type { Acting } from './acting.ts'
import type { PostBriefing } from './briefing-fields.ts'
import { postBriefing } from './post-briefing.ts'

/**
 * Shows what a briefing would be: posts it by the very action that posts, lets `look` see the world in which it has been
 * posted, and takes everything back; refused as the post would be. The clock of the briefings is locked while `look` looks.
 */
export const previewBriefing = <Seen>(
  acting: Acting,
  incidentId: string,
  input: PostBriefing,
  look: (tx: Transaction, briefing: Briefing) => Promise<Seen>,
): Promise<Seen> =>
  takenBack(acting.db, async (tx) => look(tx, await postBriefing({ ...acting, db: tx }, incidentId, input)))
