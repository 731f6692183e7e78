import { z } from 'zod'
import { announcementsOf } from '../../../db/queries/announced.ts'
import { type Approval, approvalsOf } from '../../../db/queries/approvals.ts'
import { briefingsBesideUpdates } from '../../../db/queries/briefings.ts'
import type { Reader } from '../../../db/queries/cadence.ts'
import { type Correction, correctionsOf } from '../../../db/queries/corrections.ts'
import { type HoldingNotice, holdingNoticesOf } from '../../../db/queries/holding-notices.ts'
import {
  componentsHeldBy,
  type HeldComponent,
  type Incident,
  type Update,
  updatesOfAll,
} from '../../../db/queries/incidents.ts'
import { isOverdue } from '../../domain/cadence.ts'
import { COMPONENT_STATUSES } from '../../domain/component.ts'
import { INCIDENT_STATUSES, KINDS, PHASES, phaseOf, VISIBILITIES } from '../../domain/lifecycle.ts'
import { IMPACTS, SEVERITIES, SEVERITY } from '../../domain/severity.ts'
import { timeOrNull, timeText } from './time.ts'
import { updateAnswer, updateJson } from './update.ts'

const id = z.string()
const time = z.iso.datetime()
const orNull = <T extends z.ZodType>(schema: T) => schema.nullable()

export const incidentAnswer = z.strictObject({
  id,
  kind: z.enum(KINDS),
  visibility: z.enum(VISIBILITIES),
  title: z.string(),
  severity: z.enum(SEVERITIES),
  status: z.enum(INCIDENT_STATUSES),
  phase: z.enum(PHASES),
  impact: z.enum(IMPACTS),
  retracted: z.boolean(),
  /** The incident that it turned out to be part of. */
  merged_into: orNull(id),
  /** Written down when it was over: told to nobody, no promise made. */
  backfilled: z.boolean(),
  components: z.array(z.strictObject({ id, name: z.string(), status: z.enum(COMPONENT_STATUSES) })),
  commander_id: orNull(id),
  roles: z.strictObject({
    deputy: orNull(id),
    comms_lead: orNull(id),
    scribe: orNull(id),
    subject_expert: orNull(id),
    executive_sponsor: orNull(id),
  }),
  war_room: z.strictObject({
    bridge_url: orNull(z.string()),
    channel_url: orNull(z.string()),
    documents: z.array(z.strictObject({ name: z.string(), url: z.string() })),
  }),
  started_at: time,
  detected_at: orNull(time),
  declared_at: time,
  acknowledged_at: orNull(time),
  first_public_update_at: orNull(time),
  mitigated_at: orNull(time),
  resolved_at: orNull(time),
  next_update_due_at: orNull(time),
  overdue: z.boolean(),
  update_seq: z.int(),
  deadline_seq: z.int(),
  url: z.string(),
  short_url: z.string(),
  created_at: time,
  updated_at: time,
  updates: z.array(updateAnswer),
  /** What was told by itself of silences, newest first; no updates. */
  holding_notices: z.array(z.strictObject({ id, after_seq: z.int(), body: z.string(), published_at: time })),
})

export interface Told {
  components: readonly HeldComponent[]
  updates: readonly Update[]
  /** By update, newest first. */
  corrections: ReadonlyMap<string, Correction[]>
  announcements: ReadonlyMap<string, string>
  /** By the update that each was posted beside. */
  briefings: ReadonlyMap<string, string>
  /** By update. */
  approvals: ReadonlyMap<string, Approval>
  holdingNotices: readonly HoldingNotice[]
}

/** An incident as the API answers it, `overdue` as of `now`. */
export const incidentJson = (
  incident: Incident,
  { components, updates, corrections, announcements, briefings, approvals, holdingNotices }: Told,
  siteUrl: string,
  now: Date,
): z.infer<typeof incidentAnswer> => ({
  id: incident.id,
  kind: incident.kind,
  visibility: incident.visibility,
  title: incident.title,
  severity: incident.severity,
  status: incident.status,
  phase: phaseOf(incident),
  impact: incident.retracted ? 'none' : SEVERITY[incident.severity].impact,
  retracted: incident.retracted,
  merged_into: updates.find((update) => update.state === 'published')?.mergedInto ?? null,
  backfilled: incident.backfilled,
  components: components.map(({ id: componentId, name, status }) => ({ id: componentId, name, status })),
  commander_id: incident.commanderId,
  roles: {
    deputy: incident.deputyId,
    comms_lead: incident.commsLeadId,
    scribe: incident.scribeId,
    subject_expert: incident.subjectExpertId,
    executive_sponsor: incident.executiveSponsorId,
  },
  war_room: incident.warRoom,
  started_at: timeText(incident.startedAt),
  detected_at: timeOrNull(incident.detectedAt),
  declared_at: timeText(incident.declaredAt),
  acknowledged_at: timeOrNull(incident.acknowledgedAt),
  first_public_update_at: incident.backfilled ? null : timeOrNull(incident.firstPublicUpdateAt),
  mitigated_at: timeOrNull(incident.mitigatedAt),
  resolved_at: timeOrNull(incident.resolvedAt),
  next_update_due_at: timeOrNull(incident.nextUpdateDueAt),
  overdue: isOverdue(incident.nextUpdateDueAt, now),
  update_seq: incident.updateSeq,
  deadline_seq: incident.deadlineSeq,
  url: `${siteUrl}/incidents/${incident.id}`,
  short_url: `${siteUrl}/i/${incident.id}`,
  created_at: timeText(incident.createdAt),
  updated_at: timeText(incident.updatedAt),
  updates: updates.map((update) =>
    updateJson(update, {
      corrections: corrections.get(update.id) ?? [],
      announcementId: announcements.get(update.id) ?? null,
      briefingId: briefings.get(update.id) ?? null,
      approval: approvals.get(update.id) ?? null,
    }),
  ),
  holding_notices: holdingNotices.map((notice) => ({
    id: notice.id,
    after_seq: notice.afterSeq,
    body: notice.words.en,
    published_at: timeText(notice.publishedAt),
  })),
})

/** Incidents with all that belongs to them, in the order given; as many queries, however many they are. */
export async function wholeIncidents(reader: Reader, incidents: readonly Incident[], siteUrl: string, now: Date) {
  const ids = incidents.map((incident) => incident.id)
  const components = await componentsHeldBy(reader, ids)
  const updates = Map.groupBy(await updatesOfAll(reader, ids), (update) => update.incidentId)
  const corrections = await correctionsOf(reader, ids)
  const announcements = await announcementsOf(reader, ids)
  const briefings = await briefingsBesideUpdates(reader, ids)
  const approvals = await approvalsOf(reader, ids)
  const notices = await holdingNoticesOf(reader, ids)
  return incidents.map((incident) => {
    const told = {
      components: components.get(incident.id) ?? [],
      updates: updates.get(incident.id) ?? [],
      corrections,
      announcements,
      briefings,
      approvals,
      holdingNotices: notices.get(incident.id) ?? [],
    }
    return incidentJson(incident, told, siteUrl, now)
  })
}

/** One incident with all that belongs to it. */
export const wholeIncident = async (reader: Reader, incident: Incident, siteUrl: string, now: Date) =>
  (await wholeIncidents(reader, [incident], siteUrl, now))[0]!

/** The ETag of an incident: its version. */
export const etagOf = (incident: Pick<Incident, 'version'>): string => `"${incident.version}"`
