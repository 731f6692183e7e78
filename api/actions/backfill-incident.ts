import type { Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { audit } from '../../db/queries/audit.ts'
import { currentPolicy } from '../../db/queries/cadence.ts'
import { trackShownStatus } from '../../db/queries/component-spans.ts'
import { componentsHeldBy, type HeldComponent, type Incident } from '../../db/queries/incidents.ts'
import { recordChange } from '../../db/queries/site-changes.ts'
import { recordBeside, replaceSpans } from '../../db/queries/span-records.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { incidents, updates } from '../../db/schema.ts'
import { headlineOf } from '../domain/headline.ts'
import { spansWith } from '../domain/late-holds.ts'
import { refuseField } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'
import { type Declared, declaredColumns } from './declared-columns.ts'
import { holdComponents, type NamedComponent, releasedBy } from './hold-components.ts'
import { requireActivePeople } from './people-in-roles.ts'
import { writtenBy } from './publish-update.ts'

/** What is recorded of an incident that is over. */
interface Recorded extends Declared {
  body?: string | undefined
  headline?: string | undefined
  status?: string | undefined
  components?: NamedComponent[] | undefined
  commander_id?: string | null | undefined
  draft_id?: string | undefined
  started_at?: Date | undefined
  resolved_at?: Date | undefined
  notify?: boolean | undefined
}
/** It has its words and its times. */
type Past = Recorded & { body: string; started_at: Date; resolved_at: Date }

/**
 * Writes down an incident that is over, with the times that it had: the page and the history hold it, and its components
 * were as bad as it says while it lasted. Nobody is told of it or alerted, and no promise was made that could be kept.
 */
export async function backfillIncident(tx: Transaction, acting: Acting, input: Recorded, now: Date): Promise<Incident> {
  const past = pastOf(input)
  const incident = await writeIncident(tx, past, now)
  await holdComponents(tx, incident, past.components ?? [])
  const held = (await componentsHeldBy(tx, [incident.id])).get(incident.id) ?? []
  await writeUpdate(tx, acting, incident, past, held)
  if (incident.visibility === 'public') {
    await recordDowntime(tx, past, held, now)
    await recordChange(tx, { topic: 'incident', incidentId: incident.id }, now)
  }
  await recordInside(tx, acting, incident, past, now)
  return incident
}

function pastOf(input: Recorded): Past {
  const { body, started_at, resolved_at } = input
  for (const [field, value] of Object.entries({ body, started_at, resolved_at }))
    if (value === undefined)
      throw refuseField(field, 'required', 'A past incident is recorded with its words and times.')
  for (const field of ['status', 'draft_id'] as const)
    if (input[field] !== undefined)
      throw refuseField(field, 'contradiction', 'What is recorded is over; leave this out.')
  if (input.notify) throw refuseField('notify', 'contradiction', 'Nobody is told of what is recorded; leave this out.')
  if (resolved_at! <= started_at!)
    throw refuseField('resolved_at', 'not_after_start', 'It ended after it began; mend one of the two.')
  return input as Past
}

async function writeIncident(tx: Transaction, past: Past, now: Date): Promise<Incident> {
  const { commander_id: commanderId = null, roles = {} } = past
  await requireActivePeople(tx, { commander_id: commanderId, ...roles })
  const columns = declaredColumns(past)
  const declaredAt = past.detected_at ?? past.started_at
  const [incident] = await tx
    .insert(incidents)
    .values({
      ...columns,
      id: newId(),
      status: 'resolved',
      backfilled: true,
      commanderId,
      startedAt: past.started_at,
      declaredAt,
      firstPublicUpdateAt: columns.visibility === 'public' ? past.resolved_at : null,
      publicSince: columns.visibility === 'public' ? past.resolved_at : null,
      resolvedAt: past.resolved_at,
      lastSpokeAt: past.resolved_at,
      cadenceVersion: (await currentPolicy(tx)).version,
      updateSeq: 1,
      createdAt: declaredAt,
      updatedAt: now,
    })
    .returning()
  return incident!
}

const writeUpdate = (
  tx: Transaction,
  { actor }: Acting,
  incident: Incident,
  { body, headline, resolved_at }: Past,
  held: readonly HeldComponent[],
) =>
  tx.insert(updates).values({
    ...writtenBy(actor),
    id: newId(),
    incidentId: incident.id,
    seq: 1,
    audience: incident.visibility,
    state: 'published',
    status: 'resolved',
    severity: incident.severity,
    headline: headline ?? headlineOf(body),
    body,
    notify: false,
    affected: releasedBy(held),
    createdAt: resolved_at,
    publishedAt: resolved_at,
    answeredSeq: incident.deadlineSeq,
  })

/** Tracking locks the components; nothing that is shown now moves. */
async function recordDowntime(tx: Transaction, past: Past, held: readonly HeldComponent[], now: Date): Promise<void> {
  const ids = held.map(({ id }) => id)
  await trackShownStatus(tx, ids, now)
  for (const { id, status } of held) {
    const hold = { status, from: past.started_at, until: past.resolved_at }
    const { spans } = await recordBeside(tx, '', id, past.started_at)
    await replaceSpans(tx, id, past.started_at, spansWith(hold, spans))
  }
}

async function recordInside(
  tx: Transaction,
  { actor }: Acting,
  incident: Incident,
  past: Past,
  now: Date,
): Promise<void> {
  const [from, until] = [past.started_at.toISOString(), past.resolved_at.toISOString()]
  await addToTimeline(tx, {
    incidentId: incident.id,
    at: now,
    kind: 'auto',
    text: `Recorded when it was over: from ${from} to ${until}.`,
    personId: actor.personId,
  })
  await audit(tx, actor, {
    action: 'incident.recorded',
    subject: { kind: 'incident', id: incident.id },
    after: { title: incident.title, severity: incident.severity, started_at: from, resolved_at: until },
  })
}
