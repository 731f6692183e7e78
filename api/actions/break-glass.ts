import { z } from 'zod'
import type { Update } from '../../db/queries/incidents.ts'
import { oneLine } from '../domain/names.ts'
import type { Acting } from './acting.ts'
import { refusePublished, waiting } from './approve-update.ts'
import { decide } from './ask-approval.ts'
import { lockFresh } from './post-update.ts'
import { release } from './release-update.ts'

/** Why an update has to go out before a second person has approved it. */
export const breakGlassInput = z.strictObject({ reason: oneLine(500) })
export type BreakGlass = z.infer<typeof breakGlassInput>

/**
 * Lets an update go that waits for approval, without it: by anybody who may speak, its author too, with a reason that
 * stands on the timeline and in the audit. Refuses what waits for no approval, or is out already.
 */
export const breakGlass = (
  acting: Acting,
  incidentId: string,
  updateId: string,
  { reason }: BreakGlass,
  expectedVersion: number | null = null,
): Promise<Update> =>
  acting.db.transaction(async (tx) => {
    const incident = await lockFresh(tx, incidentId, expectedVersion)
    const { update, approval } = await waiting(tx, incidentId, updateId)
    refusePublished(update)
    const now = await acting.clock(tx)
    if (approval.outcome === null) await decide(tx, acting, update, { outcome: 'glass_broken', reason, now })
    return release(tx, acting, incident, update, now)
  })
