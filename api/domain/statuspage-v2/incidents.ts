import { type SiteAddress, shortUrl } from '../addresses.ts'
import { type Indicator, impactOf } from '../overall.ts'
import type { IncidentSeen, Snapshot, UpdateSeen } from '../snapshot.ts'
import { componentsNamed, fullName } from './components.ts'

/** One incident with its updates, newest first, and the components it holds. */
export const incidentObject = (snapshot: Snapshot, { publicUrl }: SiteAddress, incident: IncidentSeen) => ({
  id: incident.id,
  name: incident.title,
  status: incident.status,
  created_at: incident.createdAt.toISOString(),
  updated_at: (incident.changed?.at ?? incident.updates[0]?.publishedAt ?? incident.createdAt).toISOString(),
  monitoring_at: monitoringSince(incident)?.toISOString() ?? null,
  resolved_at: incident.resolvedAt?.toISOString() ?? null,
  impact: impactOf(incident) satisfies Indicator,
  shortlink: shortUrl(publicUrl, incident.id),
  started_at: incident.startedAt.toISOString(),
  page_id: snapshot.organisation.pageId,
  incident_updates: incident.updates.map((update) => updateObject(snapshot, incident, update)),
  components: componentsNamed(
    snapshot,
    incident.components.map(({ id }) => id),
  ),
})

/** Newest first, as they were declared. */
export const newestDeclared = (one: IncidentSeen, other: IncidentSeen): number =>
  other.createdAt.getTime() - one.createdAt.getTime() || one.id.localeCompare(other.id)

/** When it last began to be watched: the first update of the newest run of `monitoring`; null if it never was. */
function monitoringSince({ updates }: IncidentSeen): Date | null {
  const newest = updates.findIndex((update) => update.status === 'monitoring')
  if (newest === -1) return null
  const run = updates.slice(newest)
  const before = run.findIndex((update) => update.status !== 'monitoring')
  return run.at(before === -1 ? -1 : before - 1)!.publishedAt
}

/** An update as it reads now; a correction moves `updated_at` and no other time. */
function updateObject(snapshot: Snapshot, incident: IncidentSeen, update: UpdateSeen) {
  const at = update.publishedAt.toISOString()
  return {
    id: update.id,
    status: update.status,
    body: update.body,
    incident_id: incident.id,
    created_at: at,
    updated_at: update.corrections[0]?.createdAt.toISOString() ?? at,
    display_at: at,
    affected_components: affectedComponents(snapshot, update),
    deliver_notifications: update.notify,
    custom_tweet: null,
    tweet_id: null,
  }
}

/** Null where an update tells nothing of components. */
const affectedComponents = (snapshot: Snapshot, { affected }: UpdateSeen) =>
  affected.length === 0
    ? null
    : affected.map(({ id, name, old_status, new_status }) => ({
        code: id,
        name: fullName(snapshot, id, name),
        old_status,
        new_status,
      }))
