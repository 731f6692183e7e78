import { eq, sql } from 'drizzle-orm'
import type { Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { queueUpdateAnnouncement } from '../../db/queries/announcements.ts'
import { audit } from '../../db/queries/audit.ts'
import { trackShownStatus } from '../../db/queries/component-spans.ts'
import { componentsHeldBy, type HeldComponent, type Incident, type Update } from '../../db/queries/incidents.ts'
import { recordChanges } from '../../db/queries/site-changes.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { type AffectedComponent, incidents, updates } from '../../db/schema.ts'
import { type AskedPromise, type CadencePolicy, isOverdue, type Promised, promiseOfUpdate } from '../domain/cadence.ts'
import { headlineOf } from '../domain/headline.ts'
import type { IncidentStatus } from '../domain/lifecycle.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Severity } from '../domain/severity.ts'
import type { Acting } from './acting.ts'
import { wordsToPublish } from './choose-words.ts'
import { guardAnnouncement } from './guard-announcement.ts'
import { holdComponents, type NamedComponent, releasedBy } from './hold-components.ts'
import { goesOutOfSight } from './out-of-sight.ts'
import { promiseColumns } from './promise.ts'

/** What is said; everything about it has been checked but the promise and the components. */
export interface Said {
  status: IncidentStatus
  severity: Severity
  body: string
  headline: string | null
  components: readonly NamedComponent[]
  asked: AskedPromise
  /** Why the promise lies beyond the cadence (standards C3); null when it does not. */
  extensionReason?: string | null
  noChange: boolean
  notify: boolean
  /** Why there never was an incident: the update that retracts it. It answers no promise, since none was to be made (C8). */
  retractionReason?: string
  /**
   * The incident that this one is part of: the update that ends it there (`api/actions/merge-incident.ts`). Programs are
   * told, though people are not: what they keep of it would stay open for ever.
   */
  mergedInto?: string
  /** The held update that this is the release of: its row, its author and the time of its posting stay. */
  held?: Update
}

/**
 * Publishes one update of a locked incident: the statement, the new promise, what the components show, the announcement
 * and the public change stand or fall with the caller's transaction (standards R2). The only thing that resets the clock.
 */
export async function publishUpdate(
  tx: Transaction,
  acting: Acting,
  incident: Incident,
  said: Said,
  policy: CadencePolicy,
  now: Date,
): Promise<Update> {
  const dueAt = promisedBy(policy, incident, said, now)
  const held = (await componentsHeldBy(tx, [incident.id])).get(incident.id) ?? []
  const changed = await holdComponents(tx, { id: incident.id, severity: said.severity }, said.components)
  const holds = concerned(held, changed)
  const affected = toldOf(incident, said, { held, holds, changed })
  const words = await wordsToPublish(tx, said, { ...incident, components: holds }, { dueAt, now })
  const update = await writeUpdate(tx, acting, incident, { ...said, ...words }, { dueAt, affected, now })
  await moveIncident(tx, incident, said, policy, { dueAt, now })
  const named = new Set([...held, ...affected, ...said.components].map((each) => each.id))
  const movedComponents = await trackShownStatus(tx, [...named], now)
  await tellInside(tx, acting, incident, update, said.extensionReason ?? null)
  const moved = { movedComponents, movedEntry: movesEntry(incident, said) }
  const before = held.map(({ id }) => id)
  const hides = incident.firstPublicUpdateAt !== null && (await goesOutOfSight(tx, before, [...named]))
  await tellOutside(tx, acting, incident, update, { notify: said.notify, moved, hides, now })
  return update
}

/** Whether a list that names the incident says something else of it from now on (`incidentEntry` in `domain/history-view.ts`). */
const movesEntry = (incident: Incident, said: Said): boolean =>
  incident.publicSince === null ||
  incident.severity !== said.severity ||
  (incident.status === 'resolved') !== (said.status === 'resolved') ||
  incident.retracted !== (said.retractionReason !== undefined) ||
  said.components.length > 0

/** The promise that an update published then gives; refuses one that the cadence does not allow. */
export function promisedBy(
  policy: CadencePolicy,
  incident: Pick<Incident, 'declaredAt'>,
  said: Said,
  publishedAt: Date,
): Date | null {
  const promise = askedOf(policy, incident, said, publishedAt)
  if ('refused' in promise) throw new Refusal('invalid', promise.refused.message, [promise.refused])
  return promise.dueAt
}

/** The components that are spoken of: those held until now, and those that it holds from now on. */
const concerned = (held: readonly HeldComponent[], changed: readonly AffectedComponent[]) => {
  const now = changed.map(({ id, name, new_status }) => ({ id, name, status: new_status }))
  return [...held.filter(({ id }) => !now.some((each) => each.id === id)), ...now]
}

/** What becomes of the promise asked for, were the update published then. */
export function askedOf(
  policy: CadencePolicy,
  { declaredAt }: Pick<Incident, 'declaredAt'>,
  said: Said,
  publishedAt: Date,
): Promised {
  const extension = { age: publishedAt.getTime() - declaredAt.getTime(), reason: said.extensionReason ?? null }
  return promiseOfUpdate(policy, { ...said, publishedAt, extension })
}

/** What the update tells of components. To who hears of the incident for the first time, whatever it holds by now is news. */
function toldOf(
  incident: Incident,
  said: Said,
  {
    held,
    holds,
    changed,
  }: { held: readonly HeldComponent[]; holds: readonly HeldComponent[]; changed: AffectedComponent[] },
): AffectedComponent[] {
  if (said.status === 'resolved') return letGo(incident, said, held)
  const { visibility, updateSeq, firstPublicUpdateAt } = incident
  return updateSeq === 0 || (visibility === 'public' && firstPublicUpdateAt === null) ? fallen(holds) : changed
}

const fallen = (holds: readonly HeldComponent[]): AffectedComponent[] =>
  holds
    .filter(({ status }) => status !== 'operational')
    .map(({ id, name, status }) => ({ id, name, old_status: 'operational', new_status: status }))

/** What was resolved already has nothing left to release; what became part of another is held there. */
const letGo = (incident: Incident, said: Said, held: readonly HeldComponent[]) =>
  incident.status === 'resolved' || said.mergedInto ? [] : releasedBy(held)

async function writeUpdate(
  tx: Transaction,
  { actor }: Acting,
  incident: Incident,
  said: Said,
  { dueAt, affected, now }: { dueAt: Date | null; affected: AffectedComponent[]; now: Date },
): Promise<Update> {
  const voids = said.retractionReason !== undefined || said.mergedInto !== undefined
  const answered = voids ? null : incident.nextUpdateDueAt
  const published = {
    seq: incident.updateSeq + 1,
    audience: incident.visibility,
    state: 'published' as const,
    status: said.status,
    severity: said.severity,
    headline: said.headline ?? headlineOf(said.body),
    body: said.body,
    noChange: said.noChange,
    notify: said.notify,
    affected,
    heldPost: null,
    publishedAt: now,
    nextUpdateDueAt: dueAt,
    answeredSeq: incident.deadlineSeq,
    answeredDueAt: answered,
    promiseKept: answered === null ? null : !isOverdue(answered, now),
    retractionReason: said.retractionReason ?? null,
    mergedInto: said.mergedInto ?? null,
  }
  const [update] = said.held
    ? await tx.update(updates).set(published).where(eq(updates.id, said.held.id)).returning()
    : await tx
        .insert(updates)
        .values({ ...published, ...writtenBy(actor), id: newId(), incidentId: incident.id, createdAt: now })
        .returning()
  return update!
}

/** Who wrote it: a person, or a program by its key. */
export const writtenBy = ({ kind, id, personId }: Acting['actor']) => ({
  authorId: personId,
  authorKeyId: kind === 'key' ? id : null,
})

async function moveIncident(
  tx: Transaction,
  incident: Incident,
  said: Said,
  policy: CadencePolicy,
  { dueAt, now }: { dueAt: Date | null; now: Date },
): Promise<void> {
  const mitigated = said.status === 'monitoring' || said.status === 'resolved'
  const mitigatedAt = said.mergedInto ? incident.mitigatedAt : mitigated ? (incident.mitigatedAt ?? now) : null
  await tx
    .update(incidents)
    .set({
      status: said.status,
      severity: said.severity,
      retracted: said.retractionReason !== undefined,
      ...promiseColumns(policy, { severity: said.severity, status: said.status, lastSpokeAt: now, dueAt }),
      deadlineSeq: incident.deadlineSeq + 1,
      updateSeq: incident.updateSeq + 1,
      firstPublicUpdateAt: incident.firstPublicUpdateAt ?? (incident.visibility === 'public' ? now : null),
      publicSince: incident.publicSince ?? (incident.visibility === 'public' ? now : null),
      subjectTitle: incident.subjectTitle ?? (incident.visibility === 'public' ? incident.title : null),
      mitigatedAt,
      resolvedAt: said.status === 'resolved' ? (incident.resolvedAt ?? now) : null,
      version: sql`${incidents.version} + 1`,
      updatedAt: now,
    })
    .where(eq(incidents.id, incident.id))
}

async function tellInside(
  tx: Transaction,
  { actor }: Acting,
  incident: Incident,
  update: Update,
  extensionReason: string | null,
): Promise<void> {
  const promise = update.nextUpdateDueAt ? `, promise ${update.nextUpdateDueAt.toISOString().slice(11, 16)} UTC` : ''
  await addToTimeline(tx, {
    incidentId: incident.id,
    at: update.publishedAt!,
    kind: 'auto',
    text: `Update ${update.seq} published (${update.status})${promise}${update.notify ? '' : ', sent to nobody'}.`,
    personId: actor.personId,
  })
  await audit(tx, actor, {
    action: 'update.published',
    subject: { kind: 'update', id: update.id },
    before: { status: incident.status, severity: incident.severity },
    after: {
      incident_id: incident.id,
      seq: update.seq,
      status: update.status,
      severity: update.severity,
      notify: update.notify,
      ...(extensionReason === null ? {} : { extension_reason: extensionReason }),
    },
  })
}

type Moved = { movedComponents: boolean; movedEntry: boolean }

async function tellOutside(
  tx: Transaction,
  acting: Acting,
  incident: Incident,
  update: Update,
  { notify, moved, hides, now }: { notify: boolean; moved: Moved; hides: boolean; now: Date },
): Promise<void> {
  if (incident.visibility !== 'public') return
  if (notify) await guardAnnouncement(tx, acting, await queueUpdateAnnouncement(tx, update, now), now)
  else if (update.mergedInto) await queueUpdateAnnouncement(tx, update, now)
  const change = { topic: 'incident', incidentId: incident.id, ...moved } as const
  await recordChanges(tx, [change, ...(hides ? [{ topic: 'audiences' } as const] : [])], now)
}
