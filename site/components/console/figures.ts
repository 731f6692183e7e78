import type { Figures, IncidentMetrics, TimeFigure } from '../../../api/domain/metrics.ts'
import { count, lengthOf } from './time.ts'

/** How figures are written. A figure that nothing is known of is a dash, never a nought. */

const NONE = '–'

/** "95.0 %". */
export const percent = (figure: number | null): string => (figure === null ? NONE : `${figure.toFixed(1)} %`)

/** "38 of 40". */
export const share = (part: number, whole: number): string => (whole === 0 ? NONE : `${count(part)} of ${count(whole)}`)

/** Of time without a promise kept: "none" where there was none. */
export const lostTime = (milliseconds: number): string => (milliseconds === 0 ? 'none' : lengthOf(milliseconds))

/** One of the measures of a spread. */
export const measureOf = ({ spread }: TimeFigure, measure: 'mean' | 'median' | 'p90'): string =>
  spread ? lengthOf(spread[measure]) : NONE

/** A line of a table: whose figures they are. */
export interface FiguresRow {
  name: string
  figures: Figures
}

const MONTHS = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' })

/** All of them, then each severity that there was. */
export const severityRows = ({ total, bySeverity }: IncidentMetrics): FiguresRow[] => [
  { name: 'All', figures: total },
  ...bySeverity
    .filter((figures) => figures.incidents > 0)
    .map((figures) => ({ name: figures.severity as string, figures })),
]

/** Each month, newest first. */
export const monthRows = ({ byMonth }: IncidentMetrics): FiguresRow[] =>
  byMonth.map((figures) => ({ name: MONTHS.format(new Date(`${figures.month}-01T00:00:00Z`)), figures }))
