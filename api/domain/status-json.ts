import { incidentUrl, maintenanceUrl, type SiteAddress } from './addresses.ts'
import { overallOf } from './overall.ts'
import {
  type ComponentSeen,
  groupStatus,
  type HoldingNoticeSeen,
  type IncidentSeen,
  type MaintenanceSeen,
  type Snapshot,
  type UpdateSeen,
} from './snapshot.ts'
import { barsOf } from './uptime.ts'

/** `/status.json` (contract section 5): our own words for machines, with promises, which Statuspage's shape lacks. */
export const statusDocument = (snapshot: Snapshot, { publicUrl }: SiteAddress) => ({
  revision: snapshot.last.revision,
  as_of: snapshot.last.at.toISOString(),
  organisation: { name: snapshot.organisation.name, url: publicUrl },
  status: overallOf(snapshot),
  components: snapshot.components.map((component) => componentEntry(component, snapshot.last.at)),
  groups: snapshot.groups.map(({ id, name }) => ({ id, name, status: groupStatus(snapshot, id) })),
  incidents: snapshot.open.map((incident) => incidentEntry(incident, publicUrl)),
  maintenances: snapshot.maintenances.map((maintenance) => maintenanceEntry(maintenance, publicUrl)),
  recent_incidents: snapshot.recent.map((incident) => incidentEntry(incident, publicUrl)),
})

function componentEntry(component: ComponentSeen, asOf: Date) {
  const { uptime, days } = barsOf(component, asOf)
  return {
    id: component.id,
    name: component.name,
    group_id: component.groupId,
    status: component.status,
    uptime_90d: uptime,
    days: days.map(({ date, status, downSeconds }) => ({ date, status, down_seconds: downSeconds })),
  }
}

const incidentEntry = (incident: IncidentSeen, publicUrl: string) => ({
  id: incident.id,
  title: incident.title,
  severity: incident.severity,
  status: incident.status,
  retracted: incident.retracted,
  merged_into: incident.updates[0]?.mergedInto ?? null,
  started_at: incident.startedAt.toISOString(),
  resolved_at: incident.resolvedAt?.toISOString() ?? null,
  next_update_due_at: incident.nextUpdateDueAt?.toISOString() ?? null,
  overdue: incident.late,
  url: incidentUrl(publicUrl, incident.id),
  updates: incident.updates.map(updateEntry),
  holding_notices: incident.notices.map(noticeEntry),
})

/** What was told by itself of a silence, in English; it is no update. */
export const noticeEntry = ({ id, words, publishedAt }: Pick<HoldingNoticeSeen, 'id' | 'words' | 'publishedAt'>) => ({
  id,
  automatic: true,
  body: words.en,
  published_at: publishedAt.toISOString(),
})
export type NoticeEntry = ReturnType<typeof noticeEntry>

/** An update as it reads now, and when that was last mended. */
const updateEntry = ({ id, seq, status, headline, body, publishedAt, corrections, retractionReason }: UpdateSeen) => ({
  id,
  seq,
  status,
  headline,
  body,
  published_at: publishedAt.toISOString(),
  corrected_at: corrections[0]?.createdAt.toISOString() ?? null,
  retraction_reason: retractionReason,
})

const maintenanceEntry = (maintenance: MaintenanceSeen, publicUrl: string) => ({
  id: maintenance.id,
  title: maintenance.title,
  status: maintenance.status,
  scheduled_for: maintenance.scheduledFor.toISOString(),
  scheduled_until: maintenance.scheduledUntil.toISOString(),
  started_at: maintenance.startedAt?.toISOString() ?? null,
  ended_at: maintenance.endedAt?.toISOString() ?? null,
  components: maintenance.componentIds,
  url: maintenanceUrl(publicUrl, maintenance.id),
  updates: maintenance.updates.map(({ id, seq, status, body, publishedAt }) => ({
    id,
    seq,
    status,
    body,
    published_at: publishedAt.toISOString(),
  })),
})
