import { incidentUrl } from './addresses.ts'
import { overallOf } from './overall.ts'
import type { SiteAddress } from './page-views.ts'
import { groupStatus, type IncidentSeen, type Snapshot } from './snapshot.ts'

/** `/status.json` (contract section 5): our own words for machines, with promises, which Statuspage's shape lacks. */
export const statusDocument = (snapshot: Snapshot, { publicUrl }: SiteAddress) => ({
  revision: snapshot.last.revision,
  as_of: snapshot.last.at.toISOString(),
  organisation: { name: snapshot.organisation.name, url: publicUrl },
  status: overallOf(snapshot),
  components: snapshot.components.map(({ id, name, groupId, status }) => ({
    id,
    name,
    group_id: groupId,
    status,
    uptime_90d: null,
    days: [],
  })),
  groups: snapshot.groups.map(({ id, name }) => ({ id, name, status: groupStatus(snapshot, id) })),
  incidents: snapshot.open.map((incident) => incidentEntry(incident, publicUrl)),
  maintenances: [],
  recent_incidents: snapshot.recent.map((incident) => incidentEntry(incident, publicUrl)),
})

const incidentEntry = (incident: IncidentSeen, publicUrl: string) => ({
  id: incident.id,
  title: incident.title,
  severity: incident.severity,
  status: incident.status,
  started_at: incident.startedAt.toISOString(),
  resolved_at: incident.resolvedAt?.toISOString() ?? null,
  next_update_due_at: incident.nextUpdateDueAt?.toISOString() ?? null,
  overdue: incident.late,
  url: incidentUrl(publicUrl, incident.id),
  updates: incident.updates.map(({ id, seq, status, headline, body, publishedAt }) => ({
    id,
    seq,
    status,
    headline,
    body,
    published_at: publishedAt.toISOString(),
    corrected_at: null,
  })),
})
