import { shortUrl } from './addresses.ts'
import { type Indicator, impactOf, type Overall, overallOf } from './overall.ts'
import type { SiteAddress } from './page-views.ts'
import {
  type ComponentSeen,
  componentsIn,
  type GroupSeen,
  groupStatus,
  type IncidentSeen,
  type Snapshot,
  type UpdateSeen,
} from './snapshot.ts'

/**
 * Statuspage's public API v2, read side, in its exact shape: some clients refuse a field they do not know, so none is
 * added, and none is missing. Each document is a selection of the parts made here.
 */

/** `/api/v2/summary.json`: everything that is so now. */
export const summaryDocument = (snapshot: Snapshot, address: SiteAddress) => ({
  page: pageObject(snapshot, address),
  components: componentObjects(snapshot),
  incidents: snapshot.open.toSorted(newestDeclared).map((incident) => incidentObject(snapshot, address, incident)),
  scheduled_maintenances: [],
  status: statusObject(snapshot),
})

const newestDeclared = (one: IncidentSeen, other: IncidentSeen): number =>
  other.createdAt.getTime() - one.createdAt.getTime() || one.id.localeCompare(other.id)

/** Whose page it is. */
export const pageObject = ({ organisation, last }: Snapshot, { publicUrl }: SiteAddress) => ({
  id: organisation.pageId,
  name: organisation.name,
  url: publicUrl,
  time_zone: organisation.timeZone,
  updated_at: last.at.toISOString(),
})

/** The overall state. */
export const statusObject = (snapshot: Snapshot): Overall => overallOf(snapshot)

/** Every component and group in one flat list: each group before its components, those outside groups last. */
export const componentObjects = (snapshot: Snapshot) => [
  ...snapshot.groups.flatMap((group) => [
    groupObject(snapshot, group),
    ...componentsIn(snapshot, group.id).map((component) => componentObject(snapshot, component)),
  ]),
  ...componentsIn(snapshot, null).map((component) => componentObject(snapshot, component)),
]

const componentObject = ({ organisation }: Snapshot, component: ComponentSeen) => ({
  id: component.id,
  name: component.name,
  status: component.status,
  created_at: component.createdAt.toISOString(),
  updated_at: component.updatedAt.toISOString(),
  position: component.position,
  description: component.description,
  showcase: true,
  start_date: component.startDate,
  group_id: component.groupId,
  page_id: organisation.pageId,
  group: false,
  only_show_if_degraded: component.onlyShowIfDegraded,
})

const groupObject = (snapshot: Snapshot, group: GroupSeen) => ({
  id: group.id,
  name: group.name,
  status: groupStatus(snapshot, group.id),
  created_at: group.createdAt.toISOString(),
  updated_at: group.updatedAt.toISOString(),
  position: group.position,
  description: group.description,
  showcase: false,
  start_date: null,
  group_id: null,
  page_id: snapshot.organisation.pageId,
  group: true,
  only_show_if_degraded: false,
  components: componentsIn(snapshot, group.id).map((component) => component.id),
})

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
  components: snapshot.components
    .filter(({ id }) => incident.components.some((held) => held.id === id))
    .map((component) => componentObject(snapshot, component)),
})

/** When it last began to be watched: the first update of the newest run of `monitoring`; null if it never was. */
function monitoringSince({ updates }: IncidentSeen): Date | null {
  const newest = updates.findIndex((update) => update.status === 'monitoring')
  if (newest === -1) return null
  const run = updates.slice(newest)
  const before = run.findIndex((update) => update.status !== 'monitoring')
  return run.at(before === -1 ? -1 : before - 1)!.publishedAt
}

function updateObject(snapshot: Snapshot, incident: IncidentSeen, update: UpdateSeen) {
  const at = update.publishedAt.toISOString()
  return {
    id: update.id,
    status: update.status,
    body: update.body,
    incident_id: incident.id,
    created_at: at,
    updated_at: at,
    display_at: at,
    affected_components: affectedComponents(snapshot, update),
    deliver_notifications: update.notify,
    custom_tweet: null,
    tweet_id: null,
  }
}

/** Null where an update tells nothing of components; names are "Group - Component". */
const affectedComponents = (snapshot: Snapshot, { affected }: UpdateSeen) =>
  affected.length === 0
    ? null
    : affected.map(({ id, name, old_status, new_status }) => ({
        code: id,
        name: fullName(snapshot, id, name),
        old_status,
        new_status,
      }))

function fullName({ components, groups }: Snapshot, id: string, name: string): string {
  const groupId = components.find((component) => component.id === id)?.groupId
  const group = groups.find((each) => each.id === groupId)
  return group ? `${group.name} - ${name}` : name
}
