import { eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import { audit } from '../../db/queries/audit.ts'
import type { LadderPause } from '../../db/queries/pauses.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { incidents } from '../../db/schema.ts'
import type { Acting } from './acting.ts'
import { interval } from './fields.ts'
import { clockTime, pauseLadder } from './pause-ladder.ts'
import { lockFresh } from './post-update.ts'

/** How long the alerts are held (contract section 4); without it, as long as the cadence allows. */
export const acknowledgeInput = z.strictObject({ for: interval.optional() })
export type Acknowledge = z.infer<typeof acknowledgeInput>

/**
 * "I have it." The first to say so moves the incident from detection to triage; everybody who says so holds further rungs
 * of the ladder for a bounded time. The public promise stays where it is: only words answer it.
 */
export const acknowledge = (acting: Acting, incidentId: string, input: Acknowledge): Promise<LadderPause> =>
  acting.db.transaction(async (tx) => {
    const incident = await lockFresh(tx, incidentId, null)
    const now = await acting.clock(tx)
    const asked = { kind: 'acknowledged', length: input.for ?? null, reason: null } as const
    const pause = await pauseLadder(tx, acting, incident, asked, now)
    const first = incident.acknowledgedAt === null
    if (first)
      await tx
        .update(incidents)
        .set({ acknowledgedAt: now, version: sql`${incidents.version} + 1`, updatedAt: now })
        .where(eq(incidents.id, incident.id))
    const { personId } = acting.actor
    const text = `Acknowledged: alerts are held until ${clockTime(pause.until)}.`
    await addToTimeline(tx, { incidentId: incident.id, at: now, kind: 'auto', text, personId })
    await audit(tx, acting.actor, {
      action: 'incident.acknowledged',
      subject: { kind: 'incident', id: incident.id },
      after: { first, deadline_seq: pause.deadlineSeq, until: pause.until.toISOString() },
    })
    return pause
  })
