import { currentPolicy } from '../../../db/queries/cadence.ts'
import { type Draft, draftOf } from '../../../db/queries/drafts.ts'
import type { HeldComponent, Incident, Update } from '../../../db/queries/incidents.ts'
import { concernOfNext } from '../../../db/queries/reach.ts'
import type { Acting } from '../../actions/acting.ts'
import type { IncidentStatus } from '../../domain/lifecycle.ts'
import { extendedLimits, promiseOptions, silenceLimits } from '../../domain/promise-options.ts'
import type { Composer, PostedUpdate } from '../../domain/room.ts'
import type { Form } from '../../domain/screen-parts.ts'
import { SEVERITIES } from '../../domain/severity.ts'
import { peopleReached } from '../reach.ts'
import type { Call } from '../route.ts'
import type { World } from '../world.ts'
import { approvalAhead } from './approval-ahead.ts'
import { componentChoices } from './component-choices.ts'
import { isNoChange, usualPromise } from './composer-fields.ts'
import { readyToPost } from './ready-words.ts'

/** What is known of an incident when its composer is made. */
export interface Known {
  incident: Incident
  held: readonly HeldComponent[]
  /** Newest first. */
  updates: readonly Update[]
  posted: readonly PostedUpdate[]
}

/** The name under which drafts about an incident are kept. */
export const draftNameOf = (incidentId: string): string => `incident:${incidentId}`

/**
 * The composer: with what was just refused, else with the draft of it, else prefilled. Words that others published since
 * its author began are shown above the text, which stays as it is.
 */
export async function composerOf(call: Call, known: Known, refused: Form | null): Promise<Composer> {
  const { world, acting } = call
  const { incident, held, posted } = known
  const policy = await currentPolicy(acting.db)
  const age = await ageOf(acting, incident)
  const draft = refused ? null : await livingDraft(call, known)
  const typed = refused?.values ?? draft?.fields ?? {}
  const { version: _, seq, no_change: __, ...values } = typed
  const heldIds = held.map((component) => component.id)
  const form = {
    values: { ...prefilled(known, usualPromise(policy, incident.severity, incident.status)), ...values },
    errors: refused?.errors ?? [],
  }
  const [ready, reach, approval, others] = await Promise.all([
    readyToPost(call, form),
    reachOf(world, known, form.values),
    approvalAhead(acting, incident, policy),
    componentChoices(acting.db, heldIds),
  ])
  return {
    form,
    ready,
    version: incident.version,
    seq: incident.updateSeq + 1,
    reach,
    approval,
    promises: promiseOptions(policy, incident.severity, age),
    limits: silenceLimits(policy),
    extended: extendedLimits(policy, age),
    held: held.map(({ id, name, status }) => ({ id, name, status })),
    others,
    savedAt: draft?.savedAt.toISOString() ?? null,
    overtakenBy: since(posted, seq),
  }
}

/** How many an update reaches that says what the form holds, and how many hear the end; counted as the preview counts. */
async function reachOf(world: World, { incident, held, updates }: Known, fields: Record<string, string>) {
  const heldIds = held.map((component) => component.id)
  const severity = SEVERITIES.find((each) => each === fields.severity) ?? incident.severity
  const count = async (status: IncidentStatus) =>
    peopleReached(world, await concernOfNext(world.db, incident, newestPublic(updates), heldIds, { status, severity }))
  const [update, resolution] = await Promise.all([count(incident.status), count('resolved')])
  return { update, resolution }
}

/** The newest public word of these; null where there has been none. */
export const newestPublic = (updates: readonly Update[]): Update | null =>
  updates.find(({ audience }) => audience === 'public') ?? null

/** How long ago an incident was declared, in milliseconds. */
export const ageOf = async ({ clock, db }: Acting, { declaredAt }: Pick<Incident, 'declaredAt'>): Promise<number> =>
  (await clock(db)).getTime() - declaredAt.getTime()

const prefilled = ({ incident }: Known, next_update_in: string): Record<string, string> => ({
  status: incident.status,
  severity: incident.severity,
  next_update_in,
})

/** What was published since somebody began to write the update number `seq`. */
export const since = <U extends { seq: number }>(updates: readonly U[], seq: string | undefined): U[] =>
  /^\d{1,6}$/.test(seq ?? '') ? updates.filter((update) => update.seq >= Number(seq)) : []

/** The draft about an incident, unless it was posted meanwhile (a last save may arrive after the post itself). */
export async function livingDraft(
  { acting }: Call,
  { incident, updates }: Pick<Known, 'incident' | 'updates'>,
): Promise<Draft | null> {
  const { personId } = acting.actor
  const draft = await draftOf(acting.db, personId, draftNameOf(incident.id))
  return draft && saidAlready(updates, personId, draft.fields) !== null ? null : draft
}

/** The update with this very text that its author has posted since they began: the form was sent twice. Null: none. */
export const saidAlready = (
  updates: readonly Update[],
  personId: string | null,
  fields: Record<string, string>,
): Update | null =>
  since(updates, fields.seq).find(
    (update) =>
      update.authorId === personId &&
      (isNoChange(fields) ? update.noChange : update.body === (fields.body ?? '').replaceAll('\r\n', '\n').trim()),
  ) ?? null
