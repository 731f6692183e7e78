import { renderHtml } from './markdown.ts'
import type { MaintenanceUpdateView, MaintenanceView } from './pages.ts'
import type { MaintenanceSeen, MaintenanceUpdateSeen, Snapshot } from './snapshot.ts'

/** A maintenance as pages print it, its components under the names of today and in the order of the page. */
export const maintenanceView = (
  snapshot: Pick<Snapshot, 'components'>,
  maintenance: MaintenanceSeen,
): MaintenanceView => ({
  id: maintenance.id,
  title: maintenance.title,
  status: maintenance.status,
  scheduledFor: maintenance.scheduledFor.toISOString(),
  scheduledUntil: maintenance.scheduledUntil.toISOString(),
  startedAt: maintenance.startedAt?.toISOString() ?? null,
  endedAt: maintenance.endedAt?.toISOString() ?? null,
  recurs: maintenance.recurs,
  html: renderHtml(maintenance.body),
  affected: concernedBy(snapshot, maintenance),
  updates: maintenance.updates.map(updateView),
})

/** Names of the components that it concerns. */
export const concernedBy = (
  { components }: Pick<Snapshot, 'components'>,
  { componentIds }: Pick<MaintenanceSeen, 'componentIds'>,
): string[] => components.filter(({ id }) => componentIds.includes(id)).map(({ name }) => name)

const updateView = ({ id, seq, step, status, body, publishedAt }: MaintenanceUpdateSeen): MaintenanceUpdateView => ({
  id,
  seq,
  step,
  status,
  at: publishedAt.toISOString(),
  html: renderHtml(body),
})
