import { z } from 'zod'
import type { Transaction } from '../../db/client.ts'
import { currentPolicy } from '../../db/queries/cadence.ts'
import { type Incident, lockIncident, type Update } from '../../db/queries/incidents.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { wake } from '../../db/queries/wake.ts'
import type { AskedPromise } from '../domain/cadence.ts'
import { INCIDENT_STATUSES, mayStep } from '../domain/lifecycle.ts'
import { bodyText, oneLine } from '../domain/names.ts'
import { Refusal, refuseConflict, refuseField, refuseMissing } from '../domain/refusal.ts'
import { SEVERITIES } from '../domain/severity.ts'
import type { Acting } from './acting.ts'
import { instant, interval, namedComponents } from './fields.ts'
import { publishUpdate, type Said } from './publish-update.ts'

/** What an update takes (contract section 4, `POST /incidents/{id}/updates`). */
export const postUpdateInput = z.strictObject({
  status: z.enum(INCIDENT_STATUSES).optional(),
  body: bodyText(5000).optional(),
  headline: oneLine(90).optional(),
  severity: z.enum(SEVERITIES).optional(),
  severity_reason: oneLine(500).optional(),
  components: namedComponents.optional(),
  next_update_in: interval.optional(),
  next_update_at: instant.optional(),
  extension_reason: oneLine(500).optional(),
  notify: z.boolean().optional(),
  no_change: z.boolean().optional(),
  internal_note: bodyText(5000).optional(),
})
export type PostUpdate = z.infer<typeof postUpdateInput>

/**
 * Publishes an update. `expectedVersion` is what the author last saw; when somebody else posted meanwhile the post is
 * refused as stale and nothing changes.
 */
export const postUpdate = (
  acting: Acting,
  incidentId: string,
  input: PostUpdate,
  expectedVersion: number | null = null,
): Promise<Update> =>
  acting.db.transaction(async (tx) => {
    const incident = await lockFresh(tx, incidentId, expectedVersion)
    refuseContradictions(incident, input)
    const now = await acting.clock(tx)
    const update = await publishUpdate(
      tx,
      acting,
      incident,
      saidIn(acting, incident, input),
      await currentPolicy(tx),
      now,
    )
    await noteAside(tx, acting, incident, input, now)
    await wake(tx, 'cadence')
    return update
  })

/** Locks the incident, or refuses: unknown, or changed since the caller looked (412). */
export async function lockFresh(
  tx: Transaction,
  incidentId: string,
  expectedVersion: number | null,
): Promise<Incident> {
  const incident = await lockIncident(tx, incidentId)
  if (!incident) throw refuseMissing('incident')
  if (expectedVersion !== null && expectedVersion !== incident.version)
    throw new Refusal('stale', 'Somebody changed this incident since you looked; look again, then post after it.')
  return incident
}

function refuseContradictions(incident: Incident, input: PostUpdate): void {
  const status = input.status ?? incident.status
  if (!mayStep(incident.status, status))
    throw refuseConflict('illegal_transition', 'This incident is resolved; reopen it to speak again.', 'status')
  if (input.next_update_in !== undefined && input.next_update_at !== undefined)
    throw refuseField('next_update_at', 'contradiction', 'Give next_update_in or next_update_at, not both.')
  if (input.extension_reason && input.next_update_in === undefined && input.next_update_at === undefined)
    throw refuseField(
      'extension_reason',
      'contradiction',
      'Say with next_update_in or next_update_at what you promise.',
    )
  const raises = input.severity !== undefined && input.severity !== incident.severity
  if (raises && !input.severity_reason)
    throw refuseField('severity_reason', 'required', 'Say why the severity changes; it goes on the timeline.')
  if (!input.no_change) {
    if (input.body === undefined) throw refuseField('body', 'required', 'Say what customers should read.')
    return
  }
  if (raises || status !== incident.status || (input.components?.length ?? 0) > 0)
    throw refuseField('no_change', 'contradiction', 'This update changes something; leave no_change out.')
}

const saidIn = ({ templates }: Acting, incident: Incident, input: PostUpdate): Said => ({
  status: input.status ?? incident.status,
  severity: input.severity ?? incident.severity,
  body: input.body ?? templates.text('updates/public/no_change', { status: incident.status }),
  headline: input.headline ?? null,
  components: input.components ?? [],
  asked: askedIn(input),
  extensionReason: input.extension_reason ?? null,
  noChange: input.no_change ?? false,
  notify: input.notify ?? true,
})

function askedIn(input: PostUpdate): AskedPromise {
  if (input.next_update_in !== undefined) return { in: input.next_update_in }
  return input.next_update_at ? { at: input.next_update_at } : null
}

async function noteAside(
  tx: Transaction,
  { actor }: Acting,
  incident: Incident,
  input: PostUpdate,
  now: Date,
): Promise<void> {
  const notes = []
  if (input.severity && input.severity !== incident.severity)
    notes.push({
      kind: 'auto' as const,
      text: severityChange(incident.severity, input.severity, input.severity_reason!),
    })
  if (input.extension_reason)
    notes.push({ kind: 'auto' as const, text: `Promised beyond the cadence: ${input.extension_reason}` })
  if (input.internal_note) notes.push({ kind: 'note' as const, text: input.internal_note })
  for (const note of notes)
    await addToTimeline(tx, { incidentId: incident.id, at: now, personId: actor.personId, ...note })
}

/** The timeline's line for a change of severity. */
export const severityChange = (from: string, to: string, reason: string): string => `${from} → ${to}: ${reason}`
