import { expect } from 'vitest'

const sorted = (fields: string) => fields.split(' ').sort()
const PAGE = sorted('id name url time_zone updated_at')
const STATUS = sorted('indicator description')
const COMPONENT = sorted(
  'id name status created_at updated_at position description showcase start_date group_id page_id group only_show_if_degraded',
)
const GROUP = [...COMPONENT, 'components'].sort()
const INCIDENT = sorted(
  'id name status created_at updated_at monitoring_at resolved_at impact shortlink started_at page_id incident_updates components',
)
const MAINTENANCE = [...INCIDENT, 'scheduled_for', 'scheduled_until'].sort()
const UPDATE = sorted(
  'id status body incident_id created_at updated_at display_at affected_components deliver_notifications custom_tweet tweet_id',
)
const CHANGE = sorted('code name old_status new_status')

/** Whether an object has exactly the fields that Statuspage's has, and all within it too. */
export function expectShape(object: object, fields: string[]): void {
  expect(Object.keys(object).sort()).toEqual(fields)
  for (const [name, value] of Object.entries(object)) {
    if (name === 'page') expectShape(value, PAGE)
    if (name === 'status' && typeof value === 'object') expectShape(value, STATUS)
    if (name === 'incident') expectShape(value, INCIDENT)
    if (name === 'incidents') for (const each of value) expectShape(each, INCIDENT)
    if (name === 'scheduled_maintenances') for (const each of value) expectShape(each, MAINTENANCE)
    if (name === 'incident_updates') for (const each of value) expectShape(each, UPDATE)
    if (name === 'affected_components') for (const each of value ?? []) expectShape(each, CHANGE)
    if (name === 'components' && !('group' in object))
      for (const each of value) expectShape(each, each.group ? GROUP : COMPONENT)
  }
}

/** The documents and their own fields, by their path below `/api/v2/`. */
export const DOCUMENT_FIELDS: Record<string, string[]> = {
  'summary.json': sorted('page components incidents scheduled_maintenances status'),
  'status.json': sorted('page status'),
  'components.json': sorted('page components'),
  'incidents.json': sorted('page incidents'),
  'incidents/unresolved.json': sorted('page incidents'),
  'scheduled-maintenances.json': sorted('page scheduled_maintenances'),
  'scheduled-maintenances/upcoming.json': sorted('page scheduled_maintenances'),
  'scheduled-maintenances/active.json': sorted('page scheduled_maintenances'),
}
