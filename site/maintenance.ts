import type { MaintenancePage, MaintenanceView } from '../api/domain/pages.ts'
import { atClock, atClockAndDate, clock, date, dayOf, minutesBetween, shortLength, timeTag } from './format.ts'
import { STATE_MARK, type StateLine } from './state.ts'
import { h, type Markup, t } from './words.ts'

/** From when to when, in UTC with the day in letters: `Tue 15 Sep 2026, 01:00–03:00 UTC`. */
export function span(from: string, until: string): Markup {
  if (dayOf(from) !== dayOf(until))
    return h('window_over_days', { from: atClockAndDate(from), to: atClockAndDate(until) })
  return h('window', { date: date(from), from: timeTag(from, clock(from)), to: atClock(until) })
}

/** The window that was announced. */
export const windowOf = ({ scheduledFor, scheduledUntil }: MaintenanceView): Markup =>
  span(scheduledFor, scheduledUntil)

/** How long the work is announced to take. */
export const windowLength = ({ scheduledFor, scheduledUntil }: MaintenanceView): string =>
  shortLength(minutesBetween(scheduledFor, scheduledUntil))

/** What is said of a maintenance as a whole: green once it is done, else the blue square with its word. */
export const maintenanceState = ({ status }: MaintenanceView): StateLine => ({
  mark: status === 'completed' ? 'ok' : STATE_MARK.under_maintenance,
  word: t(`maintenance_${status}`),
})

/** Title and description of a maintenance's page. */
export function maintenanceHead({ company, maintenance }: MaintenancePage): { title: string; description: string } {
  const { title, scheduledFor, scheduledUntil } = maintenance
  const say = (iso: string) => t('time_on_day', { time: clock(iso), date: date(iso) })
  return {
    title: t('title_plain', { title, company: company.name }),
    description: t('description_maintenance', { title, from: say(scheduledFor), to: say(scheduledUntil) }),
  }
}
