import { z } from 'zod'
import type { Transaction } from '../../db/client.ts'
import { audit } from '../../db/queries/audit.ts'
import { currentPolicy } from '../../db/queries/cadence.ts'
import { componentsHeldBy, type Incident, type Update, updatesOf } from '../../db/queries/incidents.ts'
import { holdsIn, recordBeside, replaceSpans, shownFrom } from '../../db/queries/span-records.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { wake } from '../../db/queries/wake.ts'
import { spansWithout } from '../domain/mistaken-holds.ts'
import { bodyText, oneLine } from '../domain/names.ts'
import { refuseConflict } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'
import { refuseWhileHeld } from './hold-update.ts'
import { lockFresh } from './post-update.ts'
import { publishUpdate } from './publish-update.ts'

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
 * downtime. What the public never heard of is retracted inside and says nothing outside.
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
    const now = await acting.clock(tx)
    const said = {
      status: 'resolved' as const,
      severity: incident.severity,
      body: input.body,
      headline: null,
      components: [],
      asked: null,
      noChange: false,
      notify: input.notify ?? true,
      retractionReason: input.reason,
    }
    const update = await publishUpdate(tx, acting, asHeard(incident), said, await currentPolicy(tx), now)
    await takeBackDowntime(tx, incident)
    await recordRetraction(tx, acting, incident, update)
    await wake(tx, 'cadence')
    return update
  })

/** Declared without a word to the public, an incident does not become public by being retracted. */
const asHeard = (incident: Incident): Incident =>
  incident.firstPublicUpdateAt === null ? { ...incident, visibility: 'internal' } : incident

/** The components are locked by now: publishing let them go. */
async function takeBackDowntime(tx: Transaction, incident: Incident): Promise<void> {
  const since = shownFrom(incident)
  if (since === null) return
  const updates = await updatesOf(tx, incident.id)
  for (const component of (await componentsHeldBy(tx, [incident.id])).get(incident.id) ?? []) {
    const record = await recordBeside(tx, incident.id, component.id, since)
    const spans = spansWithout(holdsIn(incident, updates, component), record)
    await replaceSpans(tx, component.id, since, spans)
  }
}

async function recordRetraction(tx: Transaction, { actor }: Acting, incident: Incident, update: Update): Promise<void> {
  const reason = update.retractionReason!
  await addToTimeline(tx, {
    incidentId: incident.id,
    at: update.publishedAt!,
    kind: 'auto',
    text: `Retracted: ${reason}`,
    personId: actor.personId,
  })
  await audit(tx, actor, {
    action: 'incident.retracted',
    subject: { kind: 'incident', id: incident.id },
    before: { status: incident.status, retracted: false },
    after: { status: update.status, retracted: true, reason, update_id: update.id, notify: update.notify },
  })
}
