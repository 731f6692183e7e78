import { endpointOf } from '../../db/queries/endpoints.ts'
import { readIncidents } from '../../db/queries/public-incidents.ts'
import { readMaintenances } from '../../db/queries/public-maintenances.ts'
import { atOneInstant, readSnapshot } from '../../db/queries/snapshot.ts'
import { type Announcement, confirmationById } from '../../db/queries/told.ts'
import { incidentUrl } from '../domain/addresses.ts'
import { unseal } from '../domain/sealing.ts'
import { signedToken } from '../domain/signature.ts'
import type { IncidentSeen, MaintenanceSeen, Snapshot } from '../domain/snapshot.ts'
import { noticeEntry } from '../domain/status-json.ts'
import { unsubscribeUrl } from '../domain/subscription-links.ts'
import { incidentEvent, incidentThen, maintenanceEvent, maintenanceThen } from '../domain/webhook-events.ts'
import { type WebhookBody, webhookText } from '../domain/webhook-shapes.ts'
import { personWebhookSecrets, webhookHeaders } from '../domain/webhook-signature.ts'
import { alertWords } from './alert-words.ts'
import { approvalWords } from './approval-words.ts'
import { type BriefingKind, briefingMessage } from './briefing-words.ts'
import type { MessagePurpose, WebhookMessage } from './channel.ts'
import type { Composed, Composing, Facts } from './composing.ts'
import { endpointUrl } from './endpoint-url.ts'
import { guardWords } from './guard-words.ts'
import { handoverWords } from './handover-words.ts'
import { siteOf } from './reader-site.ts'
import { isForReader, NOT_STAFF } from './staff-note-words.ts'

/** The webhook of one delivery: what it says is the same at every attempt, its signature is of this one. */
export function composeWebhook(composing: Composing, facts: Facts): Promise<Composed> {
  switch (facts.announcement.kind) {
    case 'update':
    case 'welcome':
      return incidentHook(composing, facts, facts.told!.update.mergedInto ? 'incident.merged' : 'incident.update')
    case 'correction':
      return incidentHook(composing, facts, 'incident.correction')
    case 'holding_notice':
      return incidentHook(composing, facts, 'incident.holding_notice')
    case 'maintenance':
      return maintenanceHook(composing, facts)
    case 'staff_note':
      return staffNoteHook(composing, facts)
    case 'confirmation':
      return challengeHook(composing, facts)
    case 'alert':
      return alertHook(composing, facts)
    case 'guard':
      return guardHook(composing, facts)
    case 'approval':
      return approvalHook(composing, facts)
    case 'handover':
      return handoverHook(composing, facts)
    case 'briefing':
    case 'briefing_alert':
    case 'decision_answer':
    case 'decision_reminder':
      return briefingHook(composing, facts, facts.announcement.kind)
    case 'test':
      return Promise.resolve({ message: staffHook(composing, facts, { type: 'test', text: testText(composing) }) })
    case 'notice':
    case 'choice_gone':
      return Promise.resolve({ drop: 'suppressed', reason: 'notices go by mail' })
    case 'answer':
      return Promise.resolve({ drop: 'suppressed', reason: 'answers go the way the words came' })
  }
}

async function incidentHook(
  composing: Composing,
  facts: Facts,
  type: 'incident.update' | 'incident.correction' | 'incident.merged' | 'incident.holding_notice',
): Promise<Composed> {
  const { snapshot, incident } = await seenBy(composing, facts)
  if (!incident) return { drop: 'suppressed', reason: 'no longer public' }
  const { told, correction, holdingNotice, delivery } = facts
  const mendedAt = correction?.correction.createdAt ?? delivery.queuedAt
  const at = mendedAt > delivery.queuedAt ? mendedAt : delivery.queuedAt
  const seq = told?.update.seq ?? holdingNotice?.notice.afterSeq
  const then = incidentThen(incident, seq ?? newestAt(incident, at), at)
  const notice = holdingNotice && noticeEntry(holdingNotice.notice)
  const event = { ...about(composing, facts), type, snapshot, notice }
  return eventHook(composing, facts, 'update', incidentEvent(event, then))
}

/** A correction is told with everything that had been said by then. */
const newestAt = ({ updates }: IncidentSeen, at: Date): number =>
  Math.max(...updates.filter((update) => update.publishedAt <= at).map((update) => update.seq))

async function maintenanceHook(composing: Composing, facts: Facts): Promise<Composed> {
  const { snapshot, maintenance } = await seenBy(composing, facts)
  const { step } = facts.maintenance!
  if (!maintenance) return { drop: 'suppressed', reason: 'no longer public' }
  const type = step.step === 'reminder' ? 'maintenance.reminder' : 'maintenance.update'
  const text = maintenanceEvent({ ...about(composing, facts), type, snapshot }, maintenanceThen(maintenance, step))
  return eventHook(composing, facts, 'maintenance', text)
}

/** What is noted for staff, for their own programs: it has no place in Statuspage's shape. */
async function staffNoteHook(composing: Composing, facts: Facts): Promise<Composed> {
  if (!isForReader(facts)) return NOT_STAFF
  const { note, incident, author } = facts.note!
  const { address, meta } = about(composing, facts)
  const told = {
    id: note.id,
    kind: note.kind,
    text: note.text,
    by: author,
    created_at: note.at.toISOString(),
    incident: {
      id: incident.id,
      name: incident.title,
      severity: incident.severity,
      status: incident.status,
      visibility: incident.visibility,
      url: incidentUrl(address.publicUrl, incident.id),
    },
  }
  return eventHook(composing, facts, 'update', webhookText({ type: 'staff.note', meta, staff_note: told }))
}

const about = (composing: Composing, facts: Facts) => ({
  address: { publicUrl: siteOf(composing, facts), apiUrl: composing.urls.api },
  meta: {
    unsubscribe: unsubscribeUrl(composing, facts.delivery.subscriberId!),
    documentation: `${composing.urls.api}/api/v1/docs`,
    manage: endpointUrl(composing, facts.delivery),
  },
})

interface Seen {
  snapshot: Snapshot
  incident: IncidentSeen | null
  maintenance: MaintenanceSeen | null
}

/** What outsiders see, read once for all who are told one announcement and see alike. */
const seen = new WeakMap<Announcement, Map<string, Promise<Seen>>>()

function seenBy({ db }: Composing, { announcement, maintenance, eyes }: Facts): Promise<Seen> {
  const alike = seen.get(announcement) ?? new Map<string, Promise<Seen>>()
  seen.set(announcement, alike)
  const known = alike.get(String(eyes))
  if (known) return known
  const reading = atOneInstant(
    db,
    async (tx) => ({
      snapshot: await readSnapshot(tx),
      incident: announcement.incidentId ? ((await readIncidents(tx, [announcement.incidentId]))[0] ?? null) : null,
      maintenance: maintenance ? ((await readMaintenances(tx, [maintenance.maintenance.id]))[0] ?? null) : null,
    }),
    eyes,
  )
  alike.set(String(eyes), reading)
  reading.catch(() => alike.delete(String(eyes)))
  return reading
}

/** Signed with the endpoint's secret, and after a rotation with the old one too (standards W3). */
async function eventHook(composing: Composing, facts: Facts, purpose: MessagePurpose, body: string): Promise<Composed> {
  const endpoint = await endpointOf(composing.db, facts.delivery.subscriberId!)
  if (!endpoint) return { drop: 'suppressed', reason: 'the endpoint has no secret' }
  const { secret, oldSecret, oldSecretUntil } = endpoint
  const valid = oldSecret && oldSecretUntil && oldSecretUntil > facts.now ? [secret, oldSecret] : [secret]
  const opened = valid.map((each) => unseal(each, composing.secrets)).filter((each) => each !== null)
  if (opened.length === 0) return { drop: 'suppressed', reason: 'its secret was sealed under a SECRET that is gone' }
  return { message: hook(facts, purpose, body, opened) }
}

/** What an endpoint is asked at sign-up; its answer proves that it wants to hear from us (contract section 4, Confirm). */
async function challengeHook(composing: Composing, facts: Facts): Promise<Composed> {
  const confirmation = await confirmationById(composing.db, facts.delivery.confirmationId!)
  if (confirmation.usedAt) return { drop: 'superseded', reason: 'already confirmed' }
  const secret = confirmation.webhookSecret && unseal(confirmation.webhookSecret, composing.secrets)
  if (!secret) return { drop: 'suppressed', reason: 'its secret was sealed under a SECRET that is gone' }
  const challenge = signedToken('challenge', confirmation.id, composing.secrets)
  const body = webhookText({ type: 'subscription.challenge', challenge, secret })
  return { message: { ...hook(facts, 'confirmation', body, [secret]), echo: challenge } }
}

async function alertHook(composing: Composing, facts: Facts): Promise<Composed> {
  const words = await alertWords(composing, facts)
  if ('drop' in words) return words
  const data = { ...words.data, room: 'full' }
  const names = [`sms/${words.template}`, `sms/${words.template}.after`]
  const [before, after] = names.map((name) => composing.templates.text(name, data))
  const { incident_id, title, severity, rung, late, minutes, commander, url } = words.data
  const alert = { incident_id, title, severity, rung, late, minutes, commander, url }
  return { message: staffHook(composing, facts, { type: 'alert', text: `${before}${title}${after}`, alert }) }
}

async function guardHook(composing: Composing, facts: Facts): Promise<Composed> {
  const words = await guardWords(composing, facts)
  if ('drop' in words) return words
  const [before, after] = ['sms/guard', 'sms/guard.after'].map((name) => composing.templates.text(name, words.data))
  return { message: staffHook(composing, facts, { type: 'alert', text: `${before}${words.data.title}${after}` }) }
}

async function approvalHook(composing: Composing, facts: Facts): Promise<Composed> {
  const words = await approvalWords(composing, facts)
  if ('drop' in words) return words
  const [before, after] = ['sms/approval', 'sms/approval.after'].map((name) =>
    composing.templates.text(name, words.data),
  )
  return { message: staffHook(composing, facts, { type: 'alert', text: `${before}${words.data.headline}${after}` }) }
}

async function handoverHook(composing: Composing, facts: Facts): Promise<Composed> {
  const words = await handoverWords(composing, facts)
  if ('drop' in words) return words
  const text = composing.templates.text('webhook/handover', words.data)
  return { message: staffHook(composing, facts, { type: 'alert', text }) }
}

/** What a person is told around a briefing: one line for people, and the same in parts for programs. */
async function briefingHook(composing: Composing, facts: Facts, kind: BriefingKind): Promise<Composed> {
  const told = await briefingMessage(composing, facts, kind)
  if ('drop' in told) return told
  const text = composing.templates.text(`webhook/${told.template}`, told.data)
  return { message: staffHook(composing, facts, { ...told.parts, text }) }
}

const testText = ({ templates }: Composing): string => templates.text('webhook/test', {})

/** To a member of staff, signed with the secret of their own. */
function staffHook(
  composing: Composing,
  facts: Facts,
  told: WebhookBody<'alert' | 'briefing' | 'test'>,
): WebhookMessage {
  const secrets = personWebhookSecrets(composing.secrets, facts.delivery.personId!)
  return hook(facts, told.type, webhookText(told), secrets)
}

function hook(
  { delivery, now }: Facts,
  purpose: MessagePurpose,
  body: string,
  secrets: readonly string[],
): WebhookMessage {
  return {
    channel: 'webhook',
    deliveryId: delivery.id,
    purpose,
    lane: delivery.lane,
    to: delivery.address,
    queuedAt: delivery.queuedAt,
    body,
    headers: { 'user-agent': 'Sitrep', ...webhookHeaders({ id: delivery.id, at: now, body }, secrets) },
    echo: null,
  }
}
