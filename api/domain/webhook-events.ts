import { type SiteAddress, shortUrl } from './addresses.ts'
import { overallOf } from './overall.ts'
import type { IncidentSeen, MaintenanceSeen, Snapshot, UpdateSeen } from './snapshot.ts'
import type { NoticeEntry } from './status-json.ts'
import { incidentObject } from './statuspage-v2/incidents.ts'
import { maintenanceObject } from './statuspage-v2/maintenances.ts'
import { type WebhookBody, webhookText } from './webhook-shapes.ts'

/** What an event tells of an incident or of planned work, as the field `type` of its body names it. */
type IncidentEvent = 'incident.update' | 'incident.correction' | 'incident.merged' | 'incident.holding_notice'
type MaintenanceEvent = 'maintenance.update' | 'maintenance.reminder'

interface Told<Type extends string> {
  type: Type
  /** Where an endpoint's owner finds the way out and the settings of the endpoint, in every event. */
  meta: WebhookBody<IncidentEvent>['meta']
  snapshot: Snapshot
  address: SiteAddress
}

interface ToldOfIncident extends Told<IncidentEvent> {
  /** For a holding notice: beside the incident as it was last told, since it is no update of it. */
  notice: NoticeEntry | null
}

/** The event of an incident: Statuspage's webhook shape and a `type` (contract section 6). The text is what is signed. */
export function incidentEvent(told: ToldOfIncident, seen: IncidentSeen): string {
  const { type, meta, snapshot, address } = told
  const page = pageOf(snapshot)
  return fitted(incidentObject(snapshot, address, seen), (incident) => {
    const whole = { meta, page, incident }
    if (type === 'incident.holding_notice') return { type, ...whole, holding_notice: told.notice! }
    if (type === 'incident.merged') return { type, ...whole, merged_into: whereItGoesOn(address, seen) }
    return { type, ...whole }
  })
}

/** The event of a maintenance; its webhook shape is that of an incident with a window. */
export function maintenanceEvent(told: Told<MaintenanceEvent>, seen: MaintenanceSeen): string {
  const { type, meta, snapshot, address } = told
  const page = pageOf(snapshot)
  return fitted(maintenanceObject(snapshot, address, seen), (incident) => ({ type, meta, page, incident }))
}

function pageOf(snapshot: Snapshot): WebhookBody<IncidentEvent>['page'] {
  const { indicator, description } = overallOf(snapshot)
  return { id: snapshot.organisation.pageId, status_indicator: indicator, status_description: description }
}

function whereItGoesOn({ publicUrl }: SiteAddress, { updates }: IncidentSeen) {
  const id = updates[0]!.mergedInto
  return id === null ? null : { id, shortlink: shortUrl(publicUrl, id) }
}

/**
 * An incident as it was told by its update number `seq`, read at `at`: an event says the same at every attempt and when it
 * is replayed, whatever has been said or corrected since.
 */
export function incidentThen(incident: IncidentSeen, seq: number, at: Date): IncidentSeen {
  const updates = incident.updates.filter((update) => update.seq <= seq).map((update) => readThen(update, at))
  const newest = updates[0]
  // Told by itself before anybody had spoken.
  if (!newest)
    return {
      ...incident,
      updates,
      status: 'investigating',
      retracted: false,
      resolvedAt: null,
      changed: { revision: 0, at },
    }
  const resolved = newest.status === 'resolved'
  const times = updates.flatMap((update) => [update.publishedAt, ...update.corrections.map((each) => each.createdAt)])
  return {
    ...incident,
    updates,
    status: newest.status,
    severity: newest.severity,
    retracted: newest.retractionReason !== null,
    resolvedAt: resolved ? beganToEnd(updates).publishedAt : null,
    changed: { revision: 0, at: new Date(Math.max(...times.map((time) => time.getTime()))) },
  }
}

/** The update that resolved it: of a resolved incident that was retracted later, the one before. Updates are newest first. */
function beganToEnd(updates: readonly UpdateSeen[]): UpdateSeen {
  const open = updates.findIndex((update) => update.status !== 'resolved')
  return updates.slice(0, open === -1 ? undefined : open).at(-1)!
}

/** Corrections are newest first: the oldest that was not known yet still holds the words before it. */
function readThen(update: UpdateSeen, at: Date): UpdateSeen {
  const later = update.corrections.filter((correction) => correction.createdAt > at)
  const corrections = update.corrections.filter((correction) => correction.createdAt <= at)
  return { ...update, corrections, body: later.at(-1)?.previousBody ?? update.body }
}

/** A maintenance as it was told by its step number `seq`. */
export function maintenanceThen(maintenance: MaintenanceSeen, step: MaintenanceStepThen): MaintenanceSeen {
  const { seq, status, scheduledFor, scheduledUntil, publishedAt } = step
  const updates = maintenance.updates.filter((update) => update.seq <= seq)
  const ended = status === 'completed' || status === 'cancelled'
  const changed = { revision: 0, at: publishedAt }
  return { ...maintenance, updates, status, scheduledFor, scheduledUntil, changed, endedAt: ended ? publishedAt : null }
}

type MaintenanceStepThen = Pick<MaintenanceSeen, 'status' | 'scheduledFor' | 'scheduledUntil'> & {
  seq: number
  publishedAt: Date
}

/** An event stays under 20 kB (standards W4). */
const MOST_BYTES = 20_000

type Embedded = { incident_updates: Spoken[]; components: unknown[] }

/** What does not fit is left out where it is missed least: old updates, then components, then the end of the words. */
function fitted<Whole extends Embedded>(whole: Whole, eventOf: (incident: Whole) => WebhookBody): string {
  let kept = whole
  const textOf = (): string => webhookText(eventOf(kept))
  const tooLong = (): boolean => Buffer.byteLength(textOf()) > MOST_BYTES
  while (kept.incident_updates.length > 1 && tooLong())
    kept = { ...kept, incident_updates: kept.incident_updates.slice(0, -1) }
  while (kept.components.length > 0 && tooLong()) kept = { ...kept, components: kept.components.slice(0, -1) }
  while (tooLong()) kept = { ...kept, incident_updates: kept.incident_updates.map(shortened) }
  return textOf()
}

type Spoken = { body: string }

const shortened = <Update extends Spoken>(update: Update): Update => {
  const words = update.body.slice(0, Math.floor(update.body.length * 0.9) - 1)
  return { ...update, body: `${words.toWellFormed()}…` }
}
