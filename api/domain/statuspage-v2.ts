import type { SiteAddress } from './addresses.ts'
import { isRunning } from './maintenance.ts'
import { overallOf } from './overall.ts'
import { ownChange } from './page-changes.ts'
import { type Change, type IncidentSeen, lastStatement, type MaintenanceSeen, type Snapshot } from './snapshot.ts'
import { componentObjects } from './statuspage-v2/components.ts'
import { incidentObject, newestDeclared } from './statuspage-v2/incidents.ts'
import { maintenanceObject } from './statuspage-v2/maintenances.ts'

/**
 * Statuspage's public API v2, read side, in its exact shape: some clients refuse a field they do not know, so none is
 * added, and none is missing. Each document is a selection of the parts made in `statuspage-v2/`.
 */

/** Every document but those of single incidents, by its path below `/api/v2/`. */
export function statuspageDocuments(snapshot: Snapshot, address: SiteAddress) {
  const page = pageObject(snapshot, address, lastStatement(snapshot))
  const incidents = (some: readonly IncidentSeen[]) =>
    some
      .filter(({ updates }) => updates.length > 0)
      .toSorted(newestDeclared)
      .map((incident) => incidentObject(snapshot, address, incident))
  const maintenances = (some: readonly MaintenanceSeen[]) =>
    some.map((maintenance) => maintenanceObject(snapshot, address, maintenance))
  const { open, newest, newestMaintenances } = snapshot
  const active = maintenances(snapshot.maintenances.filter(({ status }) => isRunning(status)))
  const upcoming = maintenances(snapshot.maintenances.filter(({ status }) => status === 'scheduled'))
  const components = componentObjects(snapshot)
  const status = overallOf(snapshot)
  const unresolved = incidents(open)
  return {
    'summary.json': {
      page,
      components,
      incidents: unresolved,
      scheduled_maintenances: [...active, ...upcoming],
      status,
    },
    'status.json': { page, status },
    'components.json': { page, components },
    'incidents.json': { page, incidents: incidents(newest) },
    'incidents/unresolved.json': { page, incidents: unresolved },
    'scheduled-maintenances.json': { page, scheduled_maintenances: maintenances(newestMaintenances) },
    'scheduled-maintenances/upcoming.json': { page, scheduled_maintenances: upcoming },
    'scheduled-maintenances/active.json': { page, scheduled_maintenances: active },
  }
}

/** `/api/v2/incidents/{id}.json`: changes with its own incident only, so that old ones lie still. */
export const incidentDocument = (snapshot: Snapshot, address: SiteAddress, incident: IncidentSeen) => ({
  page: pageObject(snapshot, address, ownChange(snapshot, incident)),
  incident: incidentObject(snapshot, address, incident),
})

/** Whose page it is, and when what the document says last changed. */
const pageObject = ({ organisation }: Snapshot, { publicUrl }: SiteAddress, changed: Change) => ({
  id: organisation.pageId,
  name: organisation.name,
  url: publicUrl,
  time_zone: organisation.timeZone,
  updated_at: changed.at.toISOString(),
})
