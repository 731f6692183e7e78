import { badness, type ComponentStatus, worstStatus } from './component.ts'
import { dayStart, utcDay } from './days.ts'
import { DAY } from './duration.ts'
import type { BarsView, DayView } from './pages.ts'
import type { ComponentSeen, SpanSeen } from './snapshot.ts'

/** What it takes to say how a component fared. */
type Observed = Pick<ComponentSeen, 'spans' | 'startDate'>

const DAYS = 90

/** What a moment in a state counts as down, in tenths: whole numbers, so that sums of milliseconds stay exact. */
const TENTHS_DOWN: Record<ComponentStatus, number> = {
  operational: 0,
  under_maintenance: 0,
  degraded_performance: 0,
  partial_outage: 3,
  major_outage: 10,
}

/** Ninety days of a component as of an instant (contract section 5, Uptime). */
export const barsOf = (component: Observed, asOf: Date): BarsView => ({
  uptime: uptimeOf(component, asOf),
  days: daysOf(component, asOf),
})

/** Ninety days of a group: of each day the worst of its components, and the least of their uptimes. */
export function groupBars(bars: readonly BarsView[]): BarsView {
  const uptimes = bars.flatMap(({ uptime }) => uptime ?? [])
  return {
    uptime: uptimes.length === 0 ? null : Math.min(...uptimes),
    days: (bars[0]?.days ?? []).map((_, day) => worstDay(bars.map(({ days }) => days[day]!))),
  }
}

function worstDay(days: readonly DayView[]): DayView {
  const statuses = days.flatMap(({ status }) => status ?? [])
  return {
    date: days[0]!.date,
    status: statuses.length === 0 ? null : worstStatus(statuses),
    downSeconds: Math.max(...days.map(({ downSeconds }) => downSeconds)),
  }
}

/**
 * Per cent of the observed time of the past 90 × 24 hours in which it was not down, floored to two decimals: 100 only
 * where it never was. Null where nothing was observed.
 */
export function uptimeOf({ spans, startDate }: Observed, asOf: Date): number | null {
  const until = asOf.getTime()
  const from = Math.max(until - DAYS * DAY, beginOf(startDate))
  if (from >= until) return null
  const observed = 10 * (until - from)
  const down = spans.reduce((sum, span) => sum + TENTHS_DOWN[span.status] * overlap(span, from, until), 0)
  return flooredPercent(observed - down, observed)
}

/** In whole numbers only: 90 days are 7.8e10 tenths of milliseconds, and ten thousand times that is still exact. */
const flooredPercent = (part: number, whole: number): number =>
  (10_000 * part - ((10_000 * part) % whole)) / whole / 100

const overlap = ({ startedAt, endedAt }: SpanSeen, from: number, until: number): number =>
  Math.max(0, Math.min(endedAt?.getTime() ?? until, until) - Math.max(startedAt.getTime(), from))

const beginOf = (startDate: string | null): number => (startDate === null ? -Infinity : Date.parse(startDate))

/**
 * The 90 UTC days that end with the day of `asOf`, oldest first; the last one counts until `asOf` only. A day shows the
 * worst of what was shown for any time at all; what is shown at `asOf` counts for its day from the first moment.
 */
export function daysOf(component: Observed, asOf: Date): DayView[] {
  const first = dayStart(asOf).getTime() - (DAYS - 1) * DAY
  const worst = new Array<ComponentStatus>(DAYS).fill('operational')
  const down = new Array<number>(DAYS).fill(0)
  for (const span of component.spans) markDays(span, first, asOf.getTime(), worst, down)
  return datesFrom(first).map((date, day) =>
    component.startDate !== null && date < component.startDate
      ? { date, status: null, downSeconds: 0 }
      : { date, status: worst[day]!, downSeconds: Math.round(down[day]! / 10_000) },
  )
}

/** Puts a span into each day that it touches. */
function markDays(span: SpanSeen, first: number, asOf: number, worst: ComponentStatus[], down: number[]): void {
  if (span.status === 'operational') return
  const from = Math.max(span.startedAt.getTime(), first)
  const until = Math.min(span.endedAt?.getTime() ?? asOf, asOf)
  for (let start = from - ((from - first) % DAY); start < until && from < until; start += DAY) {
    const day = (start - first) / DAY
    markDay(day, span.status, worst)
    down[day]! += TENTHS_DOWN[span.status] * overlap(span, start, Math.min(start + DAY, asOf))
  }
  if (isShownAt(span, asOf)) markDay(DAYS - 1, span.status, worst)
}

function markDay(day: number, status: ComponentStatus, worst: ComponentStatus[]): void {
  if (badness(status) > badness(worst[day]!)) worst[day] = status
}

const isShownAt = ({ startedAt, endedAt }: SpanSeen, asOf: number): boolean =>
  startedAt.getTime() <= asOf && (endedAt === null || endedAt.getTime() > asOf)

/** The dates of the 90 days; all components of a page share them, so the last answer is kept. */
let known: { first: number; dates: string[] } = { first: Number.NaN, dates: [] }
function datesFrom(first: number): string[] {
  if (known.first !== first)
    known = { first, dates: Array.from({ length: DAYS }, (_, day) => utcDay(new Date(first + day * DAY))) }
  return known.dates
}
