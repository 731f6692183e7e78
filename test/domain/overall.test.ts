import { describe, expect, it } from 'vitest'
import { COMPONENT_STATUSES, type ComponentStatus } from '../../api/domain/component.ts'
import { overallOf, overallState } from '../../api/domain/overall.ts'
import { IMPACTS, SEVERITIES, type Severity } from '../../api/domain/severity.ts'
import { componentSeen, incidentSeen, maintenanceSeen } from '../support/snapshots.ts'

const given = (severities: Severity[], statuses: ComponentStatus[]) => ({
  open: severities.map((severity) => incidentSeen({ severity })),
  components: statuses.map((status) => componentSeen({ status })),
  maintenances: [],
})

describe('the overall state', () => {
  it.each<[Severity[], ComponentStatus[], string, string, ComponentStatus]>([
    [[], [], 'none', 'All Systems Operational', 'operational'],
    [[], ['operational'], 'none', 'All Systems Operational', 'operational'],
    [[], ['under_maintenance', 'operational'], 'maintenance', 'Service Under Maintenance', 'under_maintenance'],
    [[], ['degraded_performance', 'under_maintenance'], 'minor', 'Partially Degraded Service', 'degraded_performance'],
    [[], ['partial_outage', 'degraded_performance'], 'minor', 'Minor Service Outage', 'partial_outage'],
    [[], ['major_outage', 'operational'], 'major', 'Partial System Outage', 'major_outage'],
    [['SEV4'], ['operational'], 'none', 'All Systems Operational', 'operational'],
    [['SEV4'], ['under_maintenance'], 'maintenance', 'Service Under Maintenance', 'under_maintenance'],
    [['SEV3'], [], 'minor', 'Partially Degraded Service', 'degraded_performance'],
    [['SEV3'], ['degraded_performance'], 'minor', 'Partially Degraded Service', 'degraded_performance'],
    [['SEV3'], ['partial_outage'], 'minor', 'Minor Service Outage', 'partial_outage'],
    [['SEV2'], ['partial_outage'], 'major', 'Partial System Outage', 'partial_outage'],
    [['SEV1'], ['major_outage'], 'critical', 'Major Service Outage', 'major_outage'],
    [['SEV1'], [], 'critical', 'Major Service Outage', 'major_outage'],
    [['SEV3', 'SEV1', 'SEV4'], ['operational'], 'critical', 'Major Service Outage', 'major_outage'],
  ])('of open %j and components %j is %s, "%s", shown as %s', (severities, statuses, indicator, description, state) => {
    expect(overallOf(given(severities, statuses))).toEqual({ indicator, description })
    expect(overallState(given(severities, statuses))).toBe(state)
  })

  it('is never milder than the worst open impact, whatever components say', () => {
    for (const severity of SEVERITIES)
      for (const status of COMPONENT_STATUSES) {
        const { indicator } = overallOf(given([severity], [status]))
        const alone = overallOf(given([severity], [])).indicator
        if (indicator !== 'maintenance' && alone !== 'maintenance')
          expect(IMPACTS.indexOf(indicator)).toBeLessThanOrEqual(IMPACTS.indexOf(alone))
      }
  })

  it('is maintenance while work runs that names no component, unless something is worse', () => {
    const running = { maintenances: [maintenanceSeen({ status: 'verifying' })] }
    const judged = (severities: Severity[]) => ({ ...given(severities, ['operational']), ...running })
    expect(overallOf(judged([])).indicator).toBe('maintenance')
    expect(overallState(judged([]))).toBe('under_maintenance')
    expect(overallOf(judged(['SEV3'])).indicator).toBe('minor')
    expect(overallState(judged(['SEV3']))).toBe('degraded_performance')
  })

  it('is not moved by work that is still to come', () => {
    const coming = { ...given([], ['operational']), maintenances: [maintenanceSeen()] }
    expect(overallOf(coming).indicator).toBe('none')
    expect(overallState(coming)).toBe('operational')
  })
})
