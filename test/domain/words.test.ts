import { describe, expect, it } from 'vitest'
import { COMPONENT_STATUSES, shownStatus, worstStatus } from '../../api/domain/component.ts'
import { durationOf, millisecondsOf } from '../../api/domain/duration.ts'
import { INCIDENT_STATUSES, mayStep, phaseOf } from '../../api/domain/lifecycle.ts'
import { covers, ROLES } from '../../api/domain/role.ts'
import { isRaise } from '../../api/domain/severity.ts'
import { mayConfirmAgain } from '../../api/domain/subscription.ts'

describe('severity', () => {
  it('is raised when it becomes worse', () => {
    expect(isRaise('SEV3', 'SEV1')).toBe(true)
    expect(isRaise('SEV1', 'SEV1')).toBe(false)
    expect(isRaise('SEV1', 'SEV3')).toBe(false)
  })
})

describe('a component', () => {
  it('shows the worst that is held, and what was set by hand only while nothing holds it', () => {
    expect(shownStatus('operational', ['degraded_performance', 'major_outage'])).toBe('major_outage')
    expect(shownStatus('partial_outage', [])).toBe('partial_outage')
    expect(shownStatus('partial_outage', ['operational'])).toBe('operational')
  })

  it('orders its states from best to worst', () => {
    expect(worstStatus(COMPONENT_STATUSES)).toBe('major_outage')
    expect(worstStatus(['under_maintenance', 'degraded_performance'])).toBe('degraded_performance')
    expect(worstStatus([])).toBe('operational')
  })
})

describe('an incident', () => {
  it('may step among its open statuses and to resolved, and leaves resolved only by reopening', () => {
    for (const from of INCIDENT_STATUSES)
      for (const to of INCIDENT_STATUSES) expect(mayStep(from, to)).toBe(from !== 'resolved')
  })

  it.each([
    [{ status: 'investigating', severity: 'SEV1', acknowledgedAt: null }, 'detect'],
    [{ status: 'investigating', severity: 'SEV1', acknowledgedAt: new Date(0) }, 'triage'],
    [{ status: 'identified', severity: 'SEV3', acknowledgedAt: null }, 'mitigate'],
    [{ status: 'monitoring', severity: 'SEV3', acknowledgedAt: null }, 'mitigate'],
    [{ status: 'resolved', severity: 'SEV2', acknowledgedAt: null }, 'review'],
    [{ status: 'resolved', severity: 'SEV3', acknowledgedAt: null }, 'closed'],
  ] as const)('that is %o is in phase %s', (incident, phase) => {
    expect(phaseOf(incident)).toBe(phase)
  })
})

describe('roles', () => {
  it('cover those below them; executive stands apart', () => {
    const table = ROLES.map((role) => [role, ROLES.filter((needed) => covers(role, needed))])
    expect(Object.fromEntries(table)).toEqual({
      admin: ['admin', 'commander', 'responder', 'viewer', 'executive'],
      commander: ['commander', 'responder', 'viewer'],
      responder: ['responder', 'viewer'],
      viewer: ['viewer'],
      executive: ['executive'],
    })
  })
})

describe('durations', () => {
  it.each([
    ['PT15M', 900_000],
    ['PT2H', 7_200_000],
    ['P1D', 86_400_000],
    ['-PT30S', -30_000],
    ['PT0S', 0],
    ['PT1.5S', 1500],
    ['P', null],
    ['PT', null],
    ['15M', null],
    ['P1M', null],
    ['P1Y', null],
  ])('%s is %s milliseconds', (text, expected) => {
    expect(millisecondsOf(text)).toBe(expected)
  })

  it('are written in hours, minutes and seconds', () => {
    expect([0, 90_000, 900_000, 7_200_000, 90_000_000].map(durationOf)).toEqual([
      'PT0S',
      'PT1M30S',
      'PT15M',
      'PT2H',
      'PT25H',
    ])
  })
})

describe('confirmations', () => {
  const now = new Date('2026-11-12T14:00:00.000Z')
  const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000)

  it.each([
    [[], true],
    [[59], false],
    [[60], true],
    [[61, 300], true],
    [[61, 300, 600], false],
    [[61, 300, 1440], true],
  ])('sent %o minutes ago let another be sent: %s', (minutes, allowed) => {
    expect(mayConfirmAgain(minutes.map(ago), now)).toBe(allowed)
  })
})
