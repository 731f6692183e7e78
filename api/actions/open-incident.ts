import { z } from 'zod'
import type { Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { audit } from '../../db/queries/audit.ts'
import { currentPolicy } from '../../db/queries/cadence.ts'
import { type Incident, lockIncident } from '../../db/queries/incidents.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { wake } from '../../db/queries/wake.ts'
import { incidents } from '../../db/schema.ts'
import { type CadencePolicy, promiseOfDeclaration } from '../domain/cadence.ts'
import { NOTHING_ELSE } from '../domain/hold.ts'
import { INCIDENT_STATUSES, KINDS, VISIBILITIES } from '../domain/lifecycle.ts'
import { bodyText, oneLine } from '../domain/names.ts'
import { refuseField } from '../domain/refusal.ts'
import { SEVERITIES } from '../domain/severity.ts'
import type { Acting } from './acting.ts'
import { backfillIncident } from './backfill-incident.ts'
import { templateChoice, withTemplate } from './choose-words.ts'
import { declaredFromDraft, draftToDeclare } from './declare-from-draft.ts'
import { declaredColumns } from './declared-columns.ts'
import { idSchema, instant, namedComponents, personInRole, rolesSchema, warRoomSchema } from './fields.ts'
import { holdComponents } from './hold-components.ts'
import { requireActivePeople } from './people-in-roles.ts'
import { promiseColumns } from './promise.ts'
import type { Post } from './publish-post.ts'
import { speak } from './speak.ts'

/** What declaring takes; only title and severity are required (contract section 4, `POST /incidents`). */
export const openIncidentInput = z.strictObject({
  title: oneLine(120),
  severity: z.enum(SEVERITIES),
  body: bodyText(5000).optional(),
  headline: oneLine(90).optional(),
  status: z.enum(INCIDENT_STATUSES).exclude(['resolved']).optional(),
  components: namedComponents.optional(),
  kind: z.enum(KINDS).optional(),
  visibility: z.enum(VISIBILITIES).optional(),
  started_at: instant.optional(),
  detected_at: instant.optional(),
  commander_id: personInRole.optional(),
  roles: rolesSchema.optional(),
  war_room: warRoomSchema.optional(),
  draft_id: idSchema.optional(),
  notify: z.boolean().optional(),
  /** It is over and is only written down (`api/actions/backfill-incident.ts`). */
  backfill: z.boolean().optional(),
  /** For `backfill` alone. */
  resolved_at: instant.optional(),
  ...templateChoice,
})
export type OpenIncident = z.infer<typeof openIncidentInput>

/**
 * Declares an incident. With a body its first update is published in the same transaction, or waits where the cadence
 * wants it approved, and never beyond the first-update clock; without one that clock runs and nothing is public yet. Whoever declares commands, unless somebody else is named. Declared from a draft it
 * was detected when the draft's alerts began, unless told otherwise.
 */
export const openIncident = (acting: Acting, asked: OpenIncident): Promise<Incident> =>
  acting.db.transaction(async (tx) => {
    const input = await withReadyWords(tx, acting, asked)
    refuseUnready(input)
    const now = await acting.clock(tx)
    refuseFuture(input, now)
    if (input.backfill) return backfillIncident(tx, acting, input, now)
    const policy = await currentPolicy(tx)
    const draft = await draftToDeclare(tx, input.draft_id)
    const detected = { ...input, detected_at: input.detected_at ?? draft?.detectedAt }
    const opened = await writeIncident(tx, acting, detected, policy, now)
    await recordDeclaration(tx, acting, opened)
    if (draft) await declaredFromDraft(tx, acting, draft, opened)
    await holdComponents(tx, opened, input.components ?? [])
    if (input.body !== undefined) await speak(tx, acting, opened, firstWords({ ...input, body: input.body }), { now })
    await wake(tx, 'cadence')
    return (await lockIncident(tx, opened.id))!
  })

/** Ready words may bring their status; those that end an incident, or say that nothing is new, begin none. */
async function withReadyWords(tx: Transaction, acting: Acting, asked: OpenIncident): Promise<OpenIncident> {
  const { input, template } = await withTemplate(tx, acting, asked)
  if (template?.moment === 'no_change' || template?.status === 'resolved')
    throw refuseField('template_id', 'wrong_moment', `${template.name} cannot be the first word of an incident.`)
  return { ...input, status: input.status ?? template?.status ?? undefined }
}

function refuseUnready(input: OpenIncident): void {
  if (input.kind && input.kind !== 'incident')
    throw refuseField('kind', 'not_yet', 'Drills and near misses cannot be declared yet; leave kind out.')
  if (input.resolved_at && !input.backfill)
    throw refuseField('resolved_at', 'contradiction', 'Only what is recorded with backfill is over already.')
  if (input.body === undefined && (input.status || input.headline))
    throw refuseField('body', 'required', 'A status or headline belongs to an update; say what customers should read.')
}

function refuseFuture(input: OpenIncident, now: Date): void {
  for (const field of ['started_at', 'detected_at', 'resolved_at'] as const)
    if (input[field] && input[field] > now) throw refuseField(field, 'in_the_future', 'This time has not come yet.')
}

async function writeIncident(
  tx: Transaction,
  { actor }: Acting,
  input: OpenIncident,
  policy: CadencePolicy,
  now: Date,
): Promise<Incident> {
  const commanderId = input.commander_id === undefined ? actor.personId : input.commander_id
  await requireActivePeople(tx, { commander_id: commanderId, ...input.roles })
  const dueAt = promiseOfDeclaration(policy, input.severity, now)
  const [incident] = await tx
    .insert(incidents)
    .values({
      ...declaredColumns(input),
      id: newId(),
      commanderId,
      commandedSince: commanderId ? now : null,
      startedAt: input.started_at ?? earlier(input.detected_at, now),
      declaredAt: now,
      acknowledgedAt: commanderId ? now : null,
      ...promiseColumns(policy, { severity: input.severity, status: 'investigating', lastSpokeAt: now, dueAt }),
      createdAt: now,
      updatedAt: now,
    })
    .returning()
  return incident!
}

/** What was detected had begun. */
const earlier = (detectedAt: Date | undefined, now: Date): Date => (detectedAt && detectedAt < now ? detectedAt : now)

async function recordDeclaration(tx: Transaction, { actor }: Acting, incident: Incident): Promise<void> {
  await addToTimeline(tx, {
    incidentId: incident.id,
    at: incident.declaredAt,
    kind: 'auto',
    text: `Declared ${incident.severity}.`,
    personId: actor.personId,
  })
  const { title, severity, visibility, commanderId } = incident
  await audit(tx, actor, {
    action: 'incident.declared',
    subject: { kind: 'incident', id: incident.id },
    after: { title, severity, visibility, commander_id: commanderId },
  })
}

/** What it holds is held by now, whether the words wait or not. */
const firstWords = ({ body, headline, notify, status }: OpenIncident & { body: string }): Post => ({
  body,
  headline: headline ?? null,
  noChange: false,
  notify: notify ?? true,
  asked: { ...NOTHING_ELSE, status: status ?? null },
})
