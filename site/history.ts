import type { HistoryEntry, HistoryPage, MaintenanceView } from '../api/domain/pages.ts'
import { date, dayOf, minutesBetween, monthAndYear, shortDate, shortLength } from './format.ts'
import { perLanguage, t } from './words.ts'

/** Title and description of a month of the history. */
export const historyHead = ({ company, month, index }: HistoryPage): { title: string; description: string } => ({
  title: t('title_plain', {
    title: index ? t('history') : t('history_of', { month: monthAndYear(month) }),
    company: company.name,
  }),
  description: t('description_history', { company: company.name, month: monthAndYear(month) }),
})

const MONTH = perLanguage(() => new Intl.DateTimeFormat(t('date_locale'), { month: 'long', timeZone: 'UTC' }))

/** A month (YYYY-MM) without its year: `November`. */
export const monthOfYear = (month: string): string => MONTH().format(new Date(`${month}-01T00:00:00Z`))

/** The path of a month's page. */
export const monthPath = (month: string): string => `/history/${month}`

/** How many incidents a month had, false alarms left out. */
export function incidentCount(entries: readonly HistoryEntry[]): string {
  const count = entries.filter((entry) => entry.kind === 'incident' && !entry.retracted).length
  return count === 0 ? t('count_no_incidents') : t('count_incidents', { count })
}

/** The months beside one, where they exist: `months` is newest first. */
export function besideMonth({ months, month }: HistoryPage): { older: string | null; newer: string | null } {
  const index = months.indexOf(month)
  return { older: months[index + 1] ?? null, newer: months[index - 1] ?? null }
}

/** Months by their year, newest year first, each year in the order of the calendar. */
export function byYear(months: readonly string[]): { year: string; months: string[] }[] {
  const years = [...new Set(months.map((month) => month.slice(0, 4)))]
  return years.map((year) => ({ year, months: months.filter((month) => month.startsWith(year)).toReversed() }))
}

/** The day of an entry, or its first and last day. */
export function entryDays({ from, to }: HistoryEntry, withYear: boolean): string {
  const say = withYear ? date : shortDate
  return to === null || dayOf(from) === dayOf(to) ? say(from) : `${shortDate(from)} – ${say(to)}`
}

/** How long an entry took, or what stands in its place. */
export function entryLength(entry: HistoryEntry): string {
  if (entry.kind === 'maintenance' && entry.status === 'cancelled') return ''
  if (entry.kind === 'incident' && entry.retracted) return ''
  return entry.to === null ? t('open') : shortLength(minutesBetween(entry.from, entry.to))
}

/** The page of an entry. */
export const entryPath = ({ kind, id }: HistoryEntry): string =>
  `/${kind === 'incident' ? 'incidents' : 'maintenance'}/${id}`

/** A maintenance as a row of the history. */
export const entryOf = (maintenance: MaintenanceView): HistoryEntry => ({
  kind: 'maintenance',
  id: maintenance.id,
  title: maintenance.title,
  status: maintenance.status,
  from: maintenance.startedAt ?? maintenance.scheduledFor,
  to: maintenance.endedAt ?? maintenance.scheduledUntil,
  components: maintenance.affected,
})
