import { z } from 'zod'
import type { Incident, Update } from '../../db/queries/incidents.ts'
import { wake } from '../../db/queries/wake.ts'
import { NOTHING_ELSE } from '../domain/hold.ts'
import { bodyText, oneLine } from '../domain/names.ts'
import { refuseConflict } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'
import { refuseWhileHeld } from './hold-update.ts'
import { lockFresh } from './post-update.ts'
import { speak } from './speak.ts'

/** What a retraction takes (contract section 4). The reason is public: how it came to be declared by mistake. */
export const retractIncidentInput = z.strictObject({
  reason: oneLine(300),
  body: bodyText(5000),
  notify: z.boolean().optional(),
})
export type RetractIncident = z.infer<typeof retractIncidentInput>

/**
 * Says that an incident was declared by mistake, with a last update that everybody is told like any other. Nothing is
 * taken away: what was said stays, marked; the promises are void and not missed (standards C8), and it counts as no
 * downtime. What the public never heard of is retracted inside and says nothing outside. It waits for a second person's
 * approval as any update does: said wrongly of an outage that goes on, it does more harm than a false alarm that stands for
 * some minutes, and whoever cannot wait breaks the glass.
 */
export const retractIncident = (
  acting: Acting,
  incidentId: string,
  input: RetractIncident,
  expectedVersion: number | null = null,
): Promise<Update> =>
  acting.db.transaction(async (tx) => {
    const incident = await lockFresh(tx, incidentId, expectedVersion)
    if (incident.retracted)
      throw refuseConflict('illegal_transition', 'This incident is retracted already; reopen it if it was none.')
    await refuseWhileHeld(tx, incident.id)
    const post = {
      body: input.body,
      headline: null,
      noChange: false,
      notify: input.notify ?? true,
      asked: { ...NOTHING_ELSE, status: 'resolved' as const },
      retractionReason: input.reason,
    }
    const update = await speak(tx, acting, asHeard(incident), post, { now: await acting.clock(tx) })
    await wake(tx, 'cadence')
    return update
  })

/** Declared without a word to the public, an incident does not become public by being retracted. */
const asHeard = (incident: Incident): Incident =>
  incident.publicSince === null ? { ...incident, visibility: 'internal' } : incident
