import type { ComponentStatus } from '../../api/domain/component.ts'
import { utcDay } from '../../api/domain/days.ts'
import { DAY, plus } from '../../api/domain/duration.ts'
import type { BarsView, DayView } from '../../api/domain/pages.ts'

/** What was wrong on which day (YYYY-MM-DD). */
export type BadDays = Record<string, ComponentStatus>

/** Twenty minutes on each bad day. */
const DOWN: Record<ComponentStatus, number> = {
  operational: 0,
  under_maintenance: 0,
  degraded_performance: 0,
  partial_outage: 360,
  major_outage: 1200,
}

/** The ninety days up to `last`, all quiet but those named; none before `since`. */
export function barsOf(bad: BadDays, since = '', last = '2026-11-12'): BarsView {
  const days = Array.from({ length: 90 }, (_, index): DayView => {
    const date = utcDay(plus(new Date(last), (index - 89) * DAY))
    const status = date < since ? null : (bad[date] ?? 'operational')
    return { date, status, downSeconds: DOWN[status ?? 'operational'] }
  })
  const down = days.reduce((sum, day) => sum + day.downSeconds, 0)
  const observed = days.filter((day) => day.status !== null).length * 86_400
  return { uptime: observed === 0 ? null : Math.floor(10_000 - (10_000 * down) / observed) / 100, days }
}
