import { type ComponentStatus, worstStatus } from './component.ts'
import { IMPACTS, type Impact, SEVERITIES, SEVERITY } from './severity.ts'
import { type IncidentSeen, runningMaintenances, type Snapshot } from './snapshot.ts'

/** Statuspage's word for the overall state. */
export type Indicator = Impact | 'maintenance'

export interface Overall {
  indicator: Indicator
  description: string
}

/** The impact that a component's shown state amounts to, as Statuspage counts it; only an incident is ever critical. */
const COMPONENT_IMPACT: Record<ComponentStatus, Impact> = {
  operational: 'none',
  under_maintenance: 'none',
  degraded_performance: 'minor',
  partial_outage: 'minor',
  major_outage: 'major',
}

/** The impact outsiders read; a retracted incident had none. */
export const impactOf = (incident: Pick<IncidentSeen, 'severity' | 'retracted'>): Impact =>
  incident.retracted ? 'none' : SEVERITY[incident.severity].impact

type Judged = Pick<Snapshot, 'open' | 'components' | 'maintenances'>

/** What components are shown as, and maintenance that runs: it counts though it names no component. */
const shownStatuses = (judged: Judged): ComponentStatus[] => [
  ...judged.components.map((component) => component.status),
  ...runningMaintenances(judged).map(() => 'under_maintenance' as const),
]

/** The overall state as machines read it (contract section 5, Overall): the worst of open impacts and shown states. */
export function overallOf(judged: Judged): Overall {
  const statuses = shownStatuses(judged)
  const impacts = [...judged.open.map(impactOf), ...statuses.map((status) => COMPONENT_IMPACT[status])]
  switch (worstImpact(impacts)) {
    case 'critical':
      return { indicator: 'critical', description: 'Major Service Outage' }
    case 'major':
      return { indicator: 'major', description: 'Partial System Outage' }
    case 'minor':
      return { indicator: 'minor', description: minorDescription(statuses) }
    case 'none':
      return statuses.includes('under_maintenance')
        ? { indicator: 'maintenance', description: 'Service Under Maintenance' }
        : { indicator: 'none', description: 'All Systems Operational' }
  }
}

const minorDescription = (statuses: readonly ComponentStatus[]): string =>
  statuses.includes('partial_outage') ? 'Minor Service Outage' : 'Partially Degraded Service'

const worstImpact = (impacts: readonly Impact[]): Impact => IMPACTS.find((impact) => impacts.includes(impact)) ?? 'none'

/** The overall state as people see it: the worst of what is shown and of what open incidents amount to. */
export const overallState = (judged: Judged): ComponentStatus =>
  worstStatus([
    ...shownStatuses(judged),
    ...SEVERITIES.filter((severity) => judged.open.some((incident) => incident.severity === severity)).map(
      (severity) => SEVERITY[severity].componentStatus,
    ),
  ])
