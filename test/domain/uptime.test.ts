import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { COMPONENT_STATUSES, type ComponentStatus } from '../../api/domain/component.ts'
import { DAY, HOUR, MINUTE, plus } from '../../api/domain/duration.ts'
import type { SpanSeen } from '../../api/domain/snapshot.ts'
import { barsOf, daysOf, groupBars, uptimeOf } from '../../api/domain/uptime.ts'
import { span } from '../support/snapshots.ts'

const asOf = new Date('2026-11-12T15:00:00.000Z')
const given = (spans: SpanSeen[], startDate: string | null = null) => ({ spans, startDate })
const dayOf = (spans: SpanSeen[], date: string, startDate: string | null = null) =>
  daysOf(given(spans, startDate), asOf).find((day) => day.date === date)

describe('uptime', () => {
  it.each<[string, SpanSeen[], string | null, number | null]>([
    ['nothing ever happened', [], null, 100],
    ['it was slow or worked on', [span('degraded_performance', '2026-09-01T00:00:00Z')], null, 100],
    ['it is under maintenance', [span('under_maintenance', '2026-09-01T00:00:00Z')], null, 100],
    [
      'it was down for a millisecond',
      [span('major_outage', '2026-10-01T00:00:00.000Z', '2026-10-01T00:00:00.001Z')],
      null,
      99.99,
    ],
    ['it was down for no time', [span('major_outage', '2026-10-01T00:00:00Z', '2026-10-01T00:00:00Z')], null, 100],
    [
      'it was down for one of ninety days',
      [span('major_outage', '2026-10-01T06:00:00Z', '2026-10-02T06:00:00Z')],
      null,
      98.88,
    ],
    [
      'a part was out for ten of ninety',
      [span('partial_outage', '2026-10-01T00:00:00Z', '2026-10-11T00:00:00Z')],
      null,
      96.66,
    ],
    ['it has been down for longer than we look', [span('major_outage', '2026-01-01T00:00:00Z')], null, 0],
    ['it was down before we look', [span('major_outage', '2026-01-01T00:00:00Z', '2026-08-14T15:00:00Z')], null, 100],
    [
      'it was down until an hour into it',
      [span('major_outage', '2026-01-01T00:00:00Z', '2026-08-14T16:00:00Z')],
      null,
      99.95,
    ],
    ['it is down since six hours', [span('major_outage', '2026-11-12T09:00:00Z')], null, 99.72],
    ['it began today and is down since', [span('major_outage', '2026-11-12T00:00:00Z')], '2026-11-12', 0],
    [
      'it began today and was down for a third',
      [span('major_outage', '2026-11-12T05:00:00Z', '2026-11-12T10:00:00Z')],
      '2026-11-12',
      66.66,
    ],
    ['it begins tomorrow', [], '2026-11-13', null],
    [
      'it was down before it began',
      [span('major_outage', '2026-10-01T00:00:00Z', '2026-11-02T00:00:00Z')],
      '2026-11-02',
      100,
    ],
    ['it began long ago', [span('major_outage', '2026-10-01T06:00:00Z', '2026-10-02T06:00:00Z')], '2020-02-29', 98.88],
  ])('is right where %s', (_, spans, startDate, uptime) => {
    expect(uptimeOf(given(spans, startDate), asOf)).toBe(uptime)
  })

  it('is floored exactly: one hundredth of a per cent down is 99.99, a millisecond more is 99.98', () => {
    const hundredth = (90 * DAY) / 10_000
    const down = (milliseconds: number) => [
      {
        status: 'major_outage' as const,
        startedAt: plus(asOf, -10 * DAY),
        endedAt: plus(asOf, -10 * DAY + milliseconds),
      },
    ]
    expect(uptimeOf(given(down(hundredth)), asOf)).toBe(99.99)
    expect(uptimeOf(given(down(hundredth + 1)), asOf)).toBe(99.98)
  })

  it('at midnight of its first day nothing was observed yet', () => {
    expect(uptimeOf(given([], '2026-11-12'), new Date('2026-11-12T00:00:00.000Z'))).toBeNull()
  })
})

describe('the ninety days', () => {
  it('are ninety UTC days, the last is the day itself, leap days among them', () => {
    const days = daysOf(given([]), new Date('2028-03-01T23:59:59.999Z'))
    expect(days).toHaveLength(90)
    expect(days.at(-1)!.date).toBe('2028-03-01')
    expect(days.at(-2)!.date).toBe('2028-02-29')
    expect(days[0]!.date).toBe('2027-12-03')
  })

  it('show the worst of each day, and count a partial outage three tenths', () => {
    const spans = [
      span('degraded_performance', '2026-11-01T08:00:00Z', '2026-11-01T09:00:00Z'),
      span('partial_outage', '2026-11-01T09:00:00Z', '2026-11-01T10:00:00Z'),
      span('major_outage', '2026-11-01T10:00:00Z', '2026-11-01T10:10:00Z'),
      span('operational', '2026-11-01T10:10:00Z', null),
    ]
    expect(dayOf(spans, '2026-11-01')).toEqual({ date: '2026-11-01', status: 'major_outage', downSeconds: 1080 + 600 })
    expect(dayOf(spans, '2026-11-02')).toEqual({ date: '2026-11-02', status: 'operational', downSeconds: 0 })
  })

  it('share an outage over midnight, to the second', () => {
    const spans = [span('major_outage', '2026-11-01T23:59:30Z', '2026-11-03T00:00:00Z')]
    expect(dayOf(spans, '2026-11-01')).toMatchObject({ status: 'major_outage', downSeconds: 30 })
    expect(dayOf(spans, '2026-11-02')).toMatchObject({ status: 'major_outage', downSeconds: 86_400 })
    expect(dayOf(spans, '2026-11-03')).toMatchObject({ status: 'operational', downSeconds: 0 })
  })

  it('count today until now only', () => {
    expect(dayOf([span('major_outage', '2026-11-10T00:00:00Z')], '2026-11-12')).toMatchObject({ downSeconds: 54_000 })
  })

  it('show what has begun this moment, and at midnight what goes on; what took no time is not shown', () => {
    expect(dayOf([span('major_outage', '2026-11-12T15:00:00Z')], '2026-11-12')!.status).toBe('major_outage')
    expect(dayOf([span('major_outage', '2026-11-12T15:00:01Z')], '2026-11-12')!.status).toBe('operational')
    expect(dayOf([span('major_outage', '2026-11-05T15:00:00Z', '2026-11-05T15:00:00Z')], '2026-11-05')!.status).toBe(
      'operational',
    )
    const midnight = new Date('2026-11-12T00:00:00.000Z')
    const ended = span('partial_outage', '2026-11-10T00:00:00Z', '2026-11-12T00:00:00Z')
    expect(daysOf(given([ended]), midnight).at(-1)).toEqual({
      date: '2026-11-12',
      status: 'operational',
      downSeconds: 0,
    })
    const open = span('partial_outage', '2026-11-10T00:00:00Z')
    expect(daysOf(given([open]), midnight).at(-1)).toMatchObject({ status: 'partial_outage', downSeconds: 0 })
  })

  it('know nothing before the first day, and all of nothing where it is still to come', () => {
    const spans = [span('major_outage', '2026-10-01T00:00:00Z', '2026-11-02T12:00:00Z')]
    expect(dayOf(spans, '2026-11-01', '2026-11-02')).toEqual({ date: '2026-11-01', status: null, downSeconds: 0 })
    expect(dayOf(spans, '2026-11-02', '2026-11-02')).toMatchObject({ status: 'major_outage', downSeconds: 43_200 })
    expect(daysOf(given([], '2026-11-12'), asOf).filter(({ status }) => status !== null)).toHaveLength(1)
    expect(daysOf(given([], '2027-01-01'), asOf).every(({ status }) => status === null)).toBe(true)
  })
})

describe('a group', () => {
  const login = barsOf(given([span('major_outage', '2026-11-05T08:00:00Z', '2026-11-05T08:10:00Z')]), asOf)
  const young = barsOf(
    given([span('partial_outage', '2026-11-11T08:00:00Z', '2026-11-11T09:00:00Z')], '2026-11-10'),
    asOf,
  )
  const unborn = barsOf(given([], '2027-01-01'), asOf)
  const on = (date: string, bars = groupBars([unborn, young, login])) => bars.days.find((day) => day.date === date)

  it('shows of each day the worst of its components, and the least uptime of those that have one', () => {
    expect(on('2026-11-05')).toEqual({ date: '2026-11-05', status: 'major_outage', downSeconds: 600 })
    expect(on('2026-11-11')).toMatchObject({ status: 'partial_outage', downSeconds: 1080 })
    expect(on('2026-08-20')!.status).toBe('operational')
    expect(groupBars([unborn, young, login]).uptime).toBe(young.uptime)
  })

  it('knows nothing where none of them does', () => {
    expect(on('2026-11-09', groupBars([unborn, young]))!.status).toBeNull()
    expect(groupBars([unborn]).uptime).toBeNull()
    expect(groupBars([])).toEqual({ uptime: null, days: [] })
  })
})

/** Spans in a row from 100 days ago, each of some minutes and a state; the last one open or not. */
const history = fc
  .record({
    steps: fc.array(fc.tuple(fc.constantFrom(...COMPONENT_STATUSES), fc.integer({ min: 0, max: 4 * DAY })), {
      maxLength: 60,
    }),
    open: fc.boolean(),
    startDaysAgo: fc.option(fc.integer({ min: -2, max: 95 })),
  })
  .map(({ steps, open, startDaysAgo }) => {
    let at = plus(asOf, -100 * DAY)
    const spans = steps.map(([status, length], index): SpanSeen => {
      const startedAt = at
      at = plus(at, length)
      return { status, startedAt, endedAt: open && index === steps.length - 1 ? null : at }
    })
    return given(
      spans.filter(({ startedAt }) => startedAt <= asOf),
      startDaysAgo === null
        ? null
        : plus(asOf, -startDaysAgo * DAY)
            .toISOString()
            .slice(0, 10),
    )
  })

const isDown = (status: ComponentStatus) => status === 'major_outage' || status === 'partial_outage'

describe('whatever happened', () => {
  it('the days add up to the time that was down', () => {
    fc.assert(
      fc.property(history, (component) => {
        const days = daysOf(component, asOf)
        const from = Math.max(Date.parse(days[0]!.date), Date.parse(component.startDate ?? '2000-01-01'))
        const down = component.spans.reduce((sum, { status, startedAt, endedAt }) => {
          const length = Math.min(+(endedAt ?? asOf), +asOf) - Math.max(+startedAt, from)
          return sum + Math.max(0, length) * (status === 'major_outage' ? 1 : status === 'partial_outage' ? 0.3 : 0)
        }, 0)
        const sum = days.reduce((total, { downSeconds }) => total + downSeconds, 0)
        expect(Math.abs(sum - down / 1000)).toBeLessThanOrEqual(45)
        for (const day of days) expect(day.downSeconds).toBeLessThanOrEqual(86_400)
      }),
    )
  })

  it('uptime is 100 only where nothing was down, between 0 and 100, and has two decimals', () => {
    fc.assert(
      fc.property(history, (component) => {
        const uptime = uptimeOf(component, asOf)
        if (uptime === null) return
        const from = Math.max(+asOf - 90 * DAY, Date.parse(component.startDate ?? '2000-01-01'))
        const down = component.spans.some(
          ({ status, startedAt, endedAt }) =>
            isDown(status) && Math.min(+(endedAt ?? asOf), +asOf) > Math.max(+startedAt, from),
        )
        expect(uptime === 100).toBe(!down)
        expect(uptime).toBeGreaterThanOrEqual(0)
        expect(String(uptime)).toMatch(/^\d{1,3}(\.\d{1,2})?$/)
      }),
    )
  })

  it('more of an outage never raises it', () => {
    const worse = fc.tuple(history, fc.nat(), fc.integer({ min: MINUTE, max: 5 * HOUR }))
    fc.assert(
      fc.property(worse, ([component, which, length]) => {
        const { spans } = component
        if (spans.length === 0) return
        const index = which % spans.length
        const hit = spans[index]!
        const until = plus(hit.startedAt, length)
        const cut = hit.endedAt === null || hit.endedAt > until ? until : hit.endedAt
        const down: SpanSeen = { ...hit, status: 'major_outage', endedAt: cut }
        const after = cut === hit.endedAt ? [] : [{ ...hit, startedAt: cut }]
        const more = [...spans.slice(0, index), down, ...after, ...spans.slice(index + 1)]
        const before = uptimeOf(component, asOf)
        const then = uptimeOf({ ...component, spans: more }, asOf)
        if (before === null) expect(then).toBeNull()
        else expect(then).toBeLessThanOrEqual(before)
      }),
    )
  })
})
