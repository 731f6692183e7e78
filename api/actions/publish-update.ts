import { eq, sql } from 'drizzle-orm'
import type { Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { queueUpdateAnnouncement } from '../../db/queries/announcements.ts'
import { audit } from '../../db/queries/audit.ts'
import { trackShownStatus } from '../../db/queries/component-spans.ts'
import { componentsHeldBy, type HeldComponent, type Incident, type Update } from '../../db/queries/incidents.ts'
import { recordChange } from '../../db/queries/site-changes.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { type AffectedComponent, incidents, updates } from '../../db/schema.ts'
import { type AskedPromise, type CadencePolicy, isOverdue, promiseOfUpdate } from '../domain/cadence.ts'
import { headlineOf } from '../domain/headline.ts'
import type { IncidentStatus } from '../domain/lifecycle.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Severity } from '../domain/severity.ts'
import type { Acting } from './acting.ts'
import { guardAnnouncement } from './guard-announcement.ts'
import { holdComponents, type NamedComponent, releasedBy } from './hold-components.ts'
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
  const dueAt = promised(policy, incident, said, now)
  const held = (await componentsHeldBy(tx, [incident.id])).get(incident.id) ?? []
  const changed = await holdComponents(tx, { id: incident.id, severity: said.severity }, said.components)
  const affected = said.status === 'resolved' ? letGo(incident, held) : changed
  const update = await writeUpdate(tx, acting, incident, said, { dueAt, affected, now })
  await moveIncident(tx, incident, said, policy, { dueAt, now })
  const named = new Set([...held, ...affected, ...said.components].map((each) => each.id))
  const movedComponents = await trackShownStatus(tx, [...named], now)
  await tellInside(tx, acting, incident, update, said.extensionReason ?? null)
  await tellOutside(tx, acting, incident, update, { notify: said.notify, movedComponents, now })
  return update
}

function promised(policy: CadencePolicy, { declaredAt }: Incident, said: Said, publishedAt: Date): Date | null {
  const extension = { age: publishedAt.getTime() - declaredAt.getTime(), reason: said.extensionReason ?? null }
  const promise = promiseOfUpdate(policy, { ...said, publishedAt, extension })
  if ('refused' in promise) throw new Refusal('invalid', promise.refused.message, [promise.refused])
  return promise.dueAt
}

/** What was resolved already has nothing left to release. */
const letGo = (incident: Incident, held: readonly HeldComponent[]) =>
  incident.status === 'resolved' ? [] : releasedBy(held)

async function writeUpdate(
  tx: Transaction,
  { actor }: Acting,
  incident: Incident,
  said: Said,
  { dueAt, affected, now }: { dueAt: Date | null; affected: AffectedComponent[]; now: Date },
): Promise<Update> {
  const answered = said.retractionReason === undefined ? incident.nextUpdateDueAt : null
  const [update] = await tx
    .insert(updates)
    .values({
      id: newId(),
      incidentId: incident.id,
      seq: incident.updateSeq + 1,
      audience: incident.visibility,
      state: 'published',
      status: said.status,
      severity: said.severity,
      headline: said.headline ?? headlineOf(said.body),
      body: said.body,
      noChange: said.noChange,
      notify: said.notify,
      affected,
      authorId: actor.personId,
      authorKeyId: actor.kind === 'key' ? actor.id : null,
      createdAt: now,
      publishedAt: now,
      nextUpdateDueAt: dueAt,
      answeredSeq: incident.deadlineSeq,
      answeredDueAt: answered,
      promiseKept: answered === null ? null : !isOverdue(answered, now),
      retractionReason: said.retractionReason ?? null,
    })
    .returning()
  return update!
}

async function moveIncident(
  tx: Transaction,
  incident: Incident,
  said: Said,
  policy: CadencePolicy,
  { dueAt, now }: { dueAt: Date | null; now: Date },
): Promise<void> {
  const mitigated = said.status === 'monitoring' || said.status === 'resolved'
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
      subjectTitle: incident.subjectTitle ?? (incident.visibility === 'public' ? incident.title : null),
      mitigatedAt: mitigated ? (incident.mitigatedAt ?? now) : null,
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

async function tellOutside(
  tx: Transaction,
  acting: Acting,
  incident: Incident,
  update: Update,
  { notify, movedComponents, now }: { notify: boolean; movedComponents: boolean; now: Date },
): Promise<void> {
  if (incident.visibility !== 'public') return
  if (notify) await guardAnnouncement(tx, acting, await queueUpdateAnnouncement(tx, update, now), now)
  await recordChange(tx, { topic: 'incident', incidentId: incident.id, movedComponents }, now)
}
