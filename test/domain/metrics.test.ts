import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cadenceKept, type Spoken } from '../../api/domain/cadence-kept.ts'
import { DAY, HOUR, MINUTE } from '../../api/domain/duration.ts'
import { orderViolations, timeOf } from '../../api/domain/incident-times.ts'
import { figuresOf, type IncidentFacts, incidentMetrics, keptPercent, measured } from '../../api/domain/metrics.ts'
import { spreadOf } from '../../api/domain/spread.ts'

const at = (time: string) => new Date(`2026-11-12T${time}:00.000Z`)
const said = (
  time: string,
  answered: string | null,
  promised: string | null,
  status: Spoken['status'] = 'identified',
) => ({
  status,
  publishedAt: at(time),
  answeredDueAt: answered === null ? null : at(answered),
  nextUpdateDueAt: promised === null ? null : at(promised),
  noChange: false,
})

/**
 * By hand: declared 14:00 with the first word due 14:05. Met (14:04), early and met (14:10 for 14:19), raised to SEV1 so
 * that 14:40 gave way to 14:27, late by 3 (14:30), resolved before 14:45 was due.
 */
const worked: IncidentFacts = {
  id: 'w0rked000001',
  title: 'Sign-in fails',
  severity: 'SEV1',
  retracted: false,
  merged: false,
  startedAt: at('13:50'),
  detectedAt: at('13:56'),
  declaredAt: at('14:00'),
  acknowledgedAt: at('14:01'),
  firstPublicUpdateAt: at('14:04'),
  mitigatedAt: at('14:30'),
  resolvedAt: at('14:42'),
  nextUpdateDueAt: null,
  updates: [
    said('14:04', '14:05', '14:19', 'investigating'),
    said('14:10', '14:19', '14:40'),
    said('14:30', '14:27', '14:45', 'monitoring'),
    said('14:42', '14:45', null, 'resolved'),
  ],
}

describe('the record of promises', () => {
  it('counts a hand-computed incident: two met of three due, two voided, three minutes overdue', () => {
    expect(cadenceKept(worked, at('15:00'))).toEqual({
      due: 3,
      met: 2,
      voided: 2,
      overdue: 3 * MINUTE,
      longestSilence: 20 * MINUTE,
      openSilence: null,
    })
  })

  const open = { declaredAt: at('14:00'), resolvedAt: null, nextUpdateDueAt: at('14:30') }
  it.each([
    ['a promise still ahead is not due', { ...open, updates: [] }, '14:30', { due: 0, met: 0, overdue: 0 }],
    [
      'a promise broken now is due and not met',
      { ...open, updates: [] },
      '14:33',
      { due: 1, met: 0, overdue: 3 * MINUTE },
    ],
    [
      'silence runs from declaring until somebody speaks',
      { ...open, updates: [] },
      '14:20',
      { openSilence: 20 * MINUTE },
    ],
    [
      'silence of an open incident counts as its longest',
      { ...open, updates: [said('14:02', null, '14:30')] },
      '14:25',
      { openSilence: 23 * MINUTE, longestSilence: 23 * MINUTE },
    ],
    [
      'a word at the promised instant keeps it',
      { ...open, updates: [said('14:05', '14:05', null)] },
      '14:06',
      { due: 1, met: 1 },
    ],
    [
      'a late resolution was late',
      { ...open, resolvedAt: at('14:50'), nextUpdateDueAt: null, updates: [said('14:50', '14:30', null, 'resolved')] },
      '15:00',
      { due: 1, met: 0, voided: 0, overdue: 20 * MINUTE },
    ],
    [
      'nobody waits between a resolution and reopening',
      {
        ...open,
        updates: [said('14:10', '14:15', null, 'resolved'), said('18:00', null, '18:30', 'investigating')],
      },
      '14:11',
      { longestSilence: 10 * MINUTE },
    ],
    [
      'where nothing is promised nothing is due',
      { ...open, nextUpdateDueAt: null, updates: [] },
      '23:00',
      { due: 0, met: 0 },
    ],
  ])('%s', (_, incident, now, expected) => {
    expect(cadenceKept(incident, at(now))).toMatchObject(expected)
  })

  it('says 100 % only where every deadline was met, and nothing where none was due', () => {
    expect(keptPercent({ met: 9999, due: 10_000 })).toBe(99.9)
    expect(keptPercent({ met: 3, due: 3 })).toBe(100)
    expect(keptPercent({ met: 0, due: 0 })).toBeNull()
  })
})

describe('the times of an incident', () => {
  it('are those of the worked example', () => {
    const minutes = (name: Parameters<typeof timeOf>[1]) => {
      const time = timeOf(worked, name)
      return typeof time === 'object' ? time.length / MINUTE : time
    }
    expect([minutes('detect'), minutes('acknowledge'), minutes('first_update')]).toEqual([6, 5, 4])
    expect([minutes('first_update_from_start'), minutes('mitigate'), minutes('resolve')]).toEqual([14, 40, 52])
  })

  it('are unknown, never zero, while one of their moments is missing', () => {
    expect(timeOf({ ...worked, detectedAt: null }, 'detect')).toBe('unknown')
    expect(timeOf({ ...worked, detectedAt: null }, 'acknowledge')).toBe('unknown')
    expect(timeOf({ ...worked, resolvedAt: null }, 'resolve')).toBe('unknown')
  })

  it('are no lengths where they end before they begin, and say which moments contradict each other', () => {
    const wrong = { ...worked, detectedAt: at('13:40') }
    expect(timeOf(wrong, 'detect')).toBe('out_of_order')
    expect(orderViolations(wrong)).toEqual([{ earlier: 'startedAt', later: 'detectedAt' }])
    expect(orderViolations(worked)).toEqual([])
  })
})

describe('a spread', () => {
  it('shows median and 90th percentile beside the mean', () => {
    expect(spreadOf([])).toBeNull()
    expect(spreadOf([7])).toEqual({ mean: 7, median: 7, p90: 7 })
    expect(spreadOf([40, 10, 30, 20])).toEqual({ mean: 25, median: 25, p90: 37 })
  })

  it('lies within its lengths, in order, and does not depend on the order they come in', () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 90 * DAY }), { minLength: 1 })
    fc.assert(
      fc.property(lengths, (some) => {
        const { mean, median, p90 } = spreadOf(some)!
        const [least, most] = [Math.min(...some), Math.max(...some)]
        for (const each of [mean, median, p90]) expect(least <= each && each <= most).toBe(true)
        expect(median).toBeLessThanOrEqual(p90)
        expect(spreadOf(some.toReversed())).toEqual({ mean: expect.closeTo(mean), median, p90 })
      }),
    )
  })
})

describe('the figures of a range', () => {
  const range = { since: new Date('2026-10-01T00:00:00Z'), until: new Date('2026-12-01T00:00:00Z') }
  const unspoken: IncidentFacts = {
    ...worked,
    id: 'unsp0ken0001',
    severity: 'SEV3',
    startedAt: new Date('2026-10-03T08:00:00Z'),
    declaredAt: new Date('2026-10-03T08:00:00Z'),
    detectedAt: null,
    acknowledgedAt: null,
    firstPublicUpdateAt: null,
    mitigatedAt: null,
    resolvedAt: null,
    updates: [],
  }

  const metricsOf = (facts: readonly IncidentFacts[], now = at('15:00')) =>
    incidentMetrics(
      facts.map((each) => measured(each, now)),
      range,
    )

  it('are grouped by severity and by month, with quiet ones told too', () => {
    const { total, bySeverity, byMonth } = metricsOf([worked, unspoken])
    expect(total).toMatchObject({ incidents: 2, open: 1, updates: 4, cadence: { due: 3, met: 2, keptPercent: 66.6 } })
    expect(bySeverity.map(({ severity, incidents }) => [severity, incidents])).toEqual([
      ['SEV1', 1],
      ['SEV2', 0],
      ['SEV3', 1],
      ['SEV4', 0],
    ])
    expect(byMonth.map(({ month, incidents }) => [month, incidents])).toEqual([
      ['2026-11', 1],
      ['2026-10', 1],
    ])
    expect(bySeverity[1]).toMatchObject({
      cadence: { keptPercent: null },
      times: { resolve: { known: 0, spread: null } },
    })
  })

  it('count what is left out and never take it as zero', () => {
    const { total } = metricsOf([worked, unspoken])
    expect(total.times.detect).toEqual({
      known: 1,
      unknown: 1,
      outOfOrder: 0,
      spread: { mean: 6 * MINUTE, median: 6 * MINUTE, p90: 6 * MINUTE },
    })
  })

  it('leave false alarms out, and flag what contradicts itself', () => {
    const wrong = { ...worked, id: 'wr0ng0000001', resolvedAt: at('14:20') }
    const metrics = metricsOf([wrong, { ...worked, retracted: true }])
    expect(metrics).toMatchObject({ retracted: 1, total: { incidents: 1 } })
    expect(metrics.outOfOrder).toEqual([
      { id: wrong.id, title: wrong.title, violations: [{ earlier: 'mitigatedAt', later: 'resolvedAt' }] },
    ])
  })

  it('never count more deadlines met than due, more time than was, nor any incident in two months', () => {
    const moment = fc
      .integer({ min: 0, max: 300 })
      .map((minutes) => new Date(range.since.getTime() + (minutes * 6 * HOUR) / 2))
    const incident = fc
      .record({ declaredAt: moment, due: fc.option(moment), spoke: fc.array(fc.tuple(moment, fc.option(moment))) })
      .map(({ declaredAt, due, spoke }) => ({
        ...unspoken,
        declaredAt,
        startedAt: declaredAt,
        nextUpdateDueAt: due,
        updates: spoke
          .toSorted(([one], [other]) => one.getTime() - other.getTime())
          .map(([publishedAt, answeredDueAt]) => ({ ...said('14:00', null, null), publishedAt, answeredDueAt })),
      }))
    fc.assert(
      fc.property(fc.array(incident, { maxLength: 8 }), (some) => {
        const { total, byMonth, bySeverity } = metricsOf(some, range.until)
        expect(total.cadence.met).toBeLessThanOrEqual(total.cadence.due)
        expect(total.cadence.overdue > 0).toBe(total.cadence.met < total.cadence.due)
        for (const rows of [byMonth, bySeverity]) {
          expect(rows.reduce((sum, row) => sum + row.incidents, 0)).toBe(total.incidents)
          expect(rows.reduce((sum, row) => sum + row.cadence.due, 0)).toBe(total.cadence.due)
        }
      }),
    )
  })
})

it('what became part of another incident is measured until then, and never as resolved by it', () => {
  const { times, open, incidents } = figuresOf([{ ...worked, merged: true }], at('15:00'))
  expect({ incidents, open }).toEqual({ incidents: 1, open: 0 })
  expect(times.resolve).toMatchObject({ known: 0, unknown: 1 })
  expect(times.acknowledge).toMatchObject({ known: 1, unknown: 0 })
})
