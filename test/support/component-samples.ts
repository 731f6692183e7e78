import type { ChoiceGroup, ComponentGroup, ComponentRow } from '../../api/domain/pages.ts'
import { groupBars } from '../../api/domain/uptime.ts'
import { type BadDays, barsOf } from './bars.ts'

type Status = ComponentRow['status']

export const rowOf = (id: string, name: string, status: Status = 'operational', bars = barsOf({})): ComponentRow => ({
  id,
  name,
  description: null,
  status,
  bars,
})

export const groupOf = (
  id: string | null,
  name: string | null,
  status: Status,
  components: ComponentRow[],
): ComponentGroup => ({ id, name, status, bars: groupBars(components.map(({ bars }) => bars)), components })

/** Four groups of two; sign-in is in trouble unless `quiet`, which is five days later. */
export function groupsOf(quiet: boolean): ComponentGroup[] {
  const last = quiet ? '2026-11-17' : '2026-11-12'
  const row = (id: string, name: string, bad: BadDays, status: Status = 'operational', since = '') =>
    rowOf(id, name, quiet ? 'operational' : status, barsOf(bad, since, last))
  return [
    groupOf('gr0up0000001', 'Sign-in and console', quiet ? 'operational' : 'major_outage', [
      row('c0mp0nent001', 'Login', LOGIN, 'major_outage'),
      row('c0mp0nent002', 'Dashboard', DASHBOARD, 'partial_outage'),
    ]),
    groupOf('gr0up0000002', 'API and webhooks', 'operational', [
      row('c0mp0nent003', 'REST API', { '2026-10-28': 'partial_outage' }),
      row('c0mp0nent004', 'Webhooks', WEBHOOKS),
    ]),
    groupOf('gr0up0000003', 'Storage', 'operational', [
      row('c0mp0nent005', 'Storage EU', { '2026-09-15': 'under_maintenance' }),
      row('c0mp0nent006', 'Storage US', { '2026-10-17': 'partial_outage' }, 'operational', '2026-09-18'),
    ]),
    groupOf('gr0up0000004', 'Billing and email', 'operational', [
      row('c0mp0nent007', 'Billing', { '2026-10-04': 'degraded_performance' }),
      row('c0mp0nent008', 'Email delivery', {}),
    ]),
  ]
}

const LOGIN: BadDays = {
  '2026-08-20': 'partial_outage',
  '2026-08-27': 'degraded_performance',
  '2026-11-12': 'major_outage',
}
const DASHBOARD: BadDays = { '2026-10-21': 'degraded_performance', '2026-11-12': 'partial_outage' }
const WEBHOOKS: BadDays = {
  '2026-10-11': 'major_outage',
  '2026-10-12': 'partial_outage',
  '2026-11-05': 'degraded_performance',
}

/** What there is to choose among the components of some groups. */
export const choicesOf = (groups: ComponentGroup[]): ChoiceGroup[] =>
  groups.map(({ id, name, components }) => ({
    id,
    name,
    components: components.map((component) => ({ id: component.id, name: component.name })),
  }))
