import { describe, expect, it } from 'vitest'
import { badDays, barPaths } from '../../api/domain/bars.ts'
import type { DayView } from '../../api/domain/pages.ts'
import { barsOf } from '../support/bars.ts'

const pathsOf = (...given: Parameters<typeof barsOf>) =>
  Object.fromEntries(barPaths(barsOf(...given).days).map(({ className, d }) => [className, d]))

describe('the bars', () => {
  it('of a quiet quarter are one line', () => {
    expect(pathsOf({})).toEqual({ 'q ok': 'M0 23.5h359' })
  })

  it('draw each bad day at its place and height over the line, one path a state', () => {
    expect(
      pathsOf({
        '2026-08-15': 'partial_outage',
        '2026-08-22': 'degraded_performance',
        '2026-10-16': 'degraded_performance',
        '2026-10-17': 'under_maintenance',
        '2026-11-12': 'major_outage',
      }),
    ).toEqual({
      'q ok': 'M0 23.5h359',
      part: 'M1.5 28v-21',
      deg: 'M29.5 28v-14m220 14v-14',
      mnt: 'M253.5 28v-9',
      maj: 'M357.5 28v-28',
    })
  })

  it('draw days without data apart, and nothing else where there are only those', () => {
    expect(pathsOf({}, '2026-09-14')).toEqual({ n: 'M0 27h119', 'q ok': 'M120 23.5h239' })
    expect(pathsOf({}, '2026-11-12')).toEqual({ n: 'M0 27h355', 'q ok': 'M356 23.5h3' })
    expect(pathsOf({}, '2027-01-01')).toEqual({ n: 'M0 27h359' })
  })

  it('stay small where every day was bad', () => {
    const days = barsOf({}).days.map((day): DayView => ({ ...day, status: 'major_outage' }))
    const [, bad] = barPaths(days)
    expect(bad!.d.length).toBeLessThan(1000)
  })

  it('are read newest first', () => {
    const { days } = barsOf({ '2026-08-20': 'partial_outage', '2026-11-12': 'major_outage' }, '2026-08-20')
    expect(badDays(days)).toEqual([
      { date: '2026-11-12', status: 'major_outage' },
      { date: '2026-08-20', status: 'partial_outage' },
    ])
    expect(badDays(barsOf({}, '2027-01-01').days)).toEqual([])
  })
})
