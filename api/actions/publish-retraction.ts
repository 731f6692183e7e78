import type { Transaction } from '../../db/client.ts'
import { audit } from '../../db/queries/audit.ts'
import { componentsHeldBy, type Incident, type Update, updatesOf } from '../../db/queries/incidents.ts'
import { holdsIn, recordBeside, replaceSpans, shownFrom } from '../../db/queries/span-records.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { spansWithout } from '../domain/mistaken-holds.ts'
import type { Acting } from './acting.ts'
import { publishUpdate } from './publish-update.ts'

/** Publishes the update that retracts a locked incident, and takes back what its components were shown as. */
export const publishRetraction: typeof publishUpdate = async (tx, acting, incident, ...rest) => {
  const update = await publishUpdate(tx, acting, incident, ...rest)
  await takeBackDowntime(tx, incident)
  await recordRetraction(tx, acting, incident, update)
  return update
}

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
