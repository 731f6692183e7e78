import { type SiteAddress, shortMaintenanceUrl } from '../addresses.ts'
import type { MaintenanceStatus } from '../maintenance.ts'
import type { Indicator } from '../overall.ts'
import type { MaintenanceSeen, MaintenanceUpdateSeen, Snapshot } from '../snapshot.ts'
import { componentsNamed } from './components.ts'

/** One maintenance: an incident's fields and its window. */
export const maintenanceObject = (snapshot: Snapshot, { publicUrl }: SiteAddress, maintenance: MaintenanceSeen) => ({
  id: maintenance.id,
  name: maintenance.title,
  status: statuspageStatus(maintenance.status),
  created_at: maintenance.createdAt.toISOString(),
  updated_at: (maintenance.changed?.at ?? maintenance.updates[0]?.publishedAt ?? maintenance.createdAt).toISOString(),
  monitoring_at: null,
  resolved_at: maintenance.endedAt?.toISOString() ?? null,
  impact: 'maintenance' as const satisfies Indicator,
  shortlink: shortMaintenanceUrl(publicUrl, maintenance.id),
  started_at: (maintenance.startedAt ?? maintenance.scheduledFor).toISOString(),
  page_id: snapshot.organisation.pageId,
  incident_updates: maintenance.updates.map((update) => updateObject(maintenance, update)),
  components: componentsNamed(snapshot, maintenance.componentIds),
  scheduled_for: maintenance.scheduledFor.toISOString(),
  scheduled_until: maintenance.scheduledUntil.toISOString(),
})

/**
 * Statuspage has no word for what was called off, and clients take every word but `completed` for work that is under way
 * or still to come: `completed` is the only one that lets none of them wait for it. Its last update says what happened.
 */
const statuspageStatus = (status: MaintenanceStatus): Exclude<MaintenanceStatus, 'cancelled'> =>
  status === 'cancelled' ? 'completed' : status

function updateObject(maintenance: MaintenanceSeen, update: MaintenanceUpdateSeen) {
  const at = update.publishedAt.toISOString()
  return {
    id: update.id,
    status: statuspageStatus(update.status),
    body: update.body,
    incident_id: maintenance.id,
    created_at: at,
    updated_at: at,
    display_at: at,
    affected_components: null,
    deliver_notifications: update.notify,
    custom_tweet: null,
    tweet_id: null,
  }
}
