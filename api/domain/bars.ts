import type { ComponentStatus } from './component.ts'
import type { DayView } from './pages.ts'

/**
 * The ninety-day bars as one SVG of 359 × 28 units: four to a day, three of them inked. Quiet days are one dashed line
 * along the foot; days that were not are strokes of a height of their own, drawn over it.
 */

/** A path and the class that gives it its colour. */
export interface BarPath {
  className: string
  d: string
}

const HEIGHT = 28
const STEP = 4

/** How high a day stands in which that was the worst, and its class; in the order in which they are drawn. */
const BAD: { status: ComponentStatus; className: string; height: number }[] = [
  { status: 'under_maintenance', className: 'mnt', height: 9 },
  { status: 'degraded_performance', className: 'deg', height: 14 },
  { status: 'partial_outage', className: 'part', height: 21 },
  { status: 'major_outage', className: 'maj', height: 28 },
]

/** The paths of some days, at most one for each class, in as few bytes as will do: every page carries many of them. */
export const barPaths = (days: readonly DayView[]): BarPath[] =>
  [
    { className: 'q ok', d: line(days, 23.5, ({ status }) => status !== null) },
    { className: 'n', d: line(days, 27, ({ status }) => status === null) },
    ...BAD.map(({ status, className, height }) => ({ className, d: strokes(days, status, height) })),
  ].filter(({ d }) => d !== '')

/** The days on which something was wrong, newest first; where nobody looked nothing is known to be. */
export const badDays = (days: readonly DayView[]): { date: string; status: ComponentStatus }[] =>
  days.flatMap(({ date, status }) => (status === null || status === 'operational' ? [] : [{ date, status }])).reverse()

/** A level line through each run of days that are `wanted`. */
function line(days: readonly DayView[], y: number, wanted: (day: DayView) => boolean): string {
  const inside = (index: number) => days[index] !== undefined && wanted(days[index])
  return days
    .map((_, start) => {
      if (!inside(start) || inside(start - 1)) return ''
      const after = days.findIndex((_, index) => index > start && !inside(index))
      return `M${STEP * start} ${y}h${STEP * ((after === -1 ? days.length : after) - start) - 1}`
    })
    .join('')
}

/** An upright stroke for each day of that status: the first from a place, each other counted from the one before. */
function strokes(days: readonly DayView[], status: ComponentStatus, height: number): string {
  const found = days.flatMap((day, index) => (day.status === status ? [index] : []))
  return found
    .map((day, index) =>
      index === 0
        ? `M${STEP * day + 1.5} ${HEIGHT}v-${height}`
        : `m${STEP * (day - found[index - 1]!)} ${height}v-${height}`,
    )
    .join('')
}
