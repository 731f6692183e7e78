import { z } from 'zod'
import type { Transaction } from '../../db/client.ts'
import { audit } from '../../db/queries/audit.ts'
import { currentPolicy } from '../../db/queries/cadence.ts'
import { trackShownStatus } from '../../db/queries/component-spans.ts'
import { followAsWell } from '../../db/queries/followers.ts'
import { bumpVersion, componentsHeldBy, type Incident, incidentById, lockIncident } from '../../db/queries/incidents.ts'
import { recordChange } from '../../db/queries/site-changes.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { wake } from '../../db/queries/wake.ts'
import { incidentUrl } from '../domain/addresses.ts'
import { worstStatus } from '../domain/component.ts'
import { refuseConflict, refuseField } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'
import { idSchema } from './fields.ts'
import { holdComponents } from './hold-components.ts'
import { refuseWhileHeld } from './hold-update.ts'
import { lockFresh } from './post-update.ts'
import { publishUpdate } from './publish-update.ts'

/** What merging takes: the incident that goes on. */
export const mergeIncidentInput = z.strictObject({ into: idSchema })
export type MergeIncident = z.infer<typeof mergeIncidentInput>

/**
 * Ends an incident as part of another one. Its page says so and leads there; its components are held by the other from
 * then on, the worse status winning; who followed it follows the other. Its promise is void, not missed (standards C8).
 * People are sent nothing: the next word on the other reaches them all, once. Endpoints are told `incident.merged`, since
 * a log of events that lacks the end would hold the incident open for ever. Answers the incident that ended.
 */
export const mergeIncident = (
  acting: Acting,
  incidentId: string,
  { into }: MergeIncident,
  expectedVersion: number | null = null,
): Promise<Incident> =>
  acting.db.transaction(async (tx) => {
    if (into === incidentId) throw refuseField('into', 'itself', 'An incident cannot become part of itself.')
    // In the order of their ids: two merged into each other at the same time wait for one another, once.
    for (const id of [incidentId, into].sort()) await lockIncident(tx, id)
    const incident = await lockFresh(tx, incidentId, expectedVersion)
    const other = await lockIncident(tx, into)
    if (!other) throw refuseField('into', 'unknown', `There is no incident ${into}.`)
    refuseUnlike(incident, other)
    for (const { id } of [incident, other]) await refuseWhileHeld(tx, id)
    const now = await acting.clock(tx)
    await handOver(tx, incident, other, now)
    await publishUpdate(tx, acting, asHeard(incident), lastWord(acting, incident, other), await currentPolicy(tx), now)
    await followAsWell(tx, incidentId, into)
    await recordMerge(tx, acting, incident, other, now)
    await wake(tx, 'cadence')
    return (await incidentById(tx, incidentId))!
  })

function refuseUnlike(incident: Incident, other: Incident): void {
  if (incident.status === 'resolved')
    throw refuseConflict('illegal_transition', 'This incident is over already; there is nothing left to merge.')
  if (other.status === 'resolved')
    throw refuseConflict('illegal_transition', 'The other incident is over; reopen it first.', 'into')
  if (incident.visibility !== other.visibility)
    throw refuseConflict('visibility_differs', 'One of them is internal and the other is public.', 'into')
  if (incident.publicSince !== null && other.publicSince === null)
    throw refuseConflict(
      'not_public_yet',
      'Customers have not heard of the other incident: speak there first, or merge that one into this.',
      'into',
    )
}

/** Declared without a word to the public, an incident does not become public by its end. */
const asHeard = (incident: Incident): Incident =>
  incident.publicSince === null ? { ...incident, visibility: 'internal' } : incident

const lastWord = ({ templates, urls }: Acting, incident: Incident, other: Incident) => ({
  status: 'resolved' as const,
  severity: incident.severity,
  body: templates.text('updates/public/merged', { url: incidentUrl(urls.site, other.id) }),
  headline: null,
  components: [],
  asked: null,
  noChange: false,
  notify: false,
  mergedInto: other.id,
})

/** What the one held is held by the other, so that nothing seems mended because it is told elsewhere. */
async function handOver(tx: Transaction, incident: Incident, other: Incident, now: Date): Promise<void> {
  const held = await componentsHeldBy(tx, [incident.id, other.id])
  const theirs = new Map((held.get(other.id) ?? []).map(({ id, status }) => [id, status]))
  const handed = (held.get(incident.id) ?? []).map(({ id, status }) => ({
    id,
    status: worstStatus([status, theirs.get(id) ?? 'operational']),
  }))
  await holdComponents(tx, other, handed)
  await bumpVersion(tx, other.id, now)
  const ids = handed.map(({ id }) => id)
  const movedComponents = await trackShownStatus(tx, ids, now)
  if (other.publicSince !== null && handed.length > 0)
    await recordChange(tx, { topic: 'incident', incidentId: other.id, movedComponents }, now)
}

async function recordMerge(
  tx: Transaction,
  { actor }: Acting,
  incident: Incident,
  other: Incident,
  now: Date,
): Promise<void> {
  const lines = [
    [incident.id, `Merged into “${other.title}” (${other.id}).`],
    [other.id, `“${incident.title}” (${incident.id}) was merged into this; what it held is held here.`],
  ] as const
  for (const [incidentId, text] of lines)
    await addToTimeline(tx, { incidentId, at: now, kind: 'auto', text, personId: actor.personId })
  await audit(tx, actor, {
    action: 'incident.merged',
    subject: { kind: 'incident', id: incident.id },
    before: { status: incident.status },
    after: { status: 'resolved', into: other.id },
  })
}
