import { z } from 'zod'
import type { Transaction } from '../../db/client.ts'
import { type Incident, lockIncident, type Update } from '../../db/queries/incidents.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { wake } from '../../db/queries/wake.ts'
import type { HeldPost } from '../domain/hold.ts'
import { INCIDENT_STATUSES, mayStep } from '../domain/lifecycle.ts'
import { bodyText, oneLine } from '../domain/names.ts'
import { Refusal, refuseConflict, refuseField, refuseMissing } from '../domain/refusal.ts'
import { SEVERITIES } from '../domain/severity.ts'
import type { Acting } from './acting.ts'
import { templateChoice, withTemplate, wordsOfNoChange } from './choose-words.ts'
import { holding, instant, interval, namedComponents } from './fields.ts'
import { refuseWhileHeld } from './hold-update.ts'
import type { Post } from './publish-post.ts'
import { speak } from './speak.ts'

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
  hold: holding.optional(),
  no_change: z.boolean().optional(),
  internal_note: bodyText(5000).optional(),
  ...templateChoice,
})
export type PostUpdate = z.infer<typeof postUpdateInput>

/**
 * Posts an update: publishes it, or holds it back for the time asked for, and where the cadence wants it until a second
 * person has approved it. `expectedVersion` is what the author last saw; when somebody else posted meanwhile the post is
 * refused as stale and nothing changes.
 */
export const postUpdate = (
  acting: Acting,
  incidentId: string,
  asked: PostUpdate,
  expectedVersion: number | null = null,
): Promise<Update> =>
  acting.db.transaction(async (tx) => {
    const incident = await lockFresh(tx, incidentId, expectedVersion)
    await refuseWhileHeld(tx, incident.id)
    const input = await withReadyWords(tx, acting, incident, asked)
    refuseContradictions(incident, input)
    const now = await acting.clock(tx)
    const update = await speak(tx, acting, incident, postIn(incident, input), { now, hold: input.hold ?? 0 })
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

/** The words of the template that is named, or of "no material change"; a template may bring its status. */
async function withReadyWords(
  tx: Transaction,
  acting: Acting,
  incident: Incident,
  asked: PostUpdate,
): Promise<PostUpdate> {
  const { input, template } = await withTemplate(tx, acting, asked)
  const noChange = input.no_change ?? (template?.moment === 'no_change' || undefined)
  if (!noChange) return { ...input, status: input.status ?? template?.status ?? undefined }
  const ready = await wordsOfNoChange(tx, acting, incident)
  return {
    ...input,
    no_change: true,
    body: input.body ?? ready.body,
    headline: input.headline ?? (input.body === undefined ? (ready.headline ?? undefined) : undefined),
  }
}

const postIn = (incident: Incident, input: PostUpdate): Post => ({
  body: input.body!,
  headline: input.headline ?? null,
  noChange: input.no_change ?? false,
  notify: input.notify ?? true,
  asked: {
    status: input.status ?? null,
    severity: input.severity === undefined || input.severity === incident.severity ? null : input.severity,
    severity_reason: input.severity_reason ?? null,
    components: input.components ?? [],
    promise: promiseIn(input),
    extension_reason: input.extension_reason ?? null,
  },
})

function promiseIn({ next_update_in, next_update_at }: PostUpdate): HeldPost['promise'] {
  if (next_update_in !== undefined) return { in: next_update_in }
  return next_update_at ? { at: next_update_at.toISOString() } : null
}

/** What is written for inside is read inside at once, whether the words beside it are held or not. */
async function noteAside(
  tx: Transaction,
  { actor }: Acting,
  { id }: Incident,
  { internal_note: text }: PostUpdate,
  now: Date,
): Promise<void> {
  if (text) await addToTimeline(tx, { incidentId: id, at: now, kind: 'note', text, personId: actor.personId })
}
