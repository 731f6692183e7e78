import { dateLocale, escapeHtml, listLocale, type Markup, t } from './words.ts'

const utc = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(dateLocale, { ...options, timeZone: 'UTC' })
const partsOf = (format: Intl.DateTimeFormat, iso: string) =>
  Object.fromEntries(format.formatToParts(new Date(iso)).map((part) => [part.type, part.value]))

const CLOCK = utc({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const DATE = utc({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' })
const LONG_DATE = utc({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })

/** The UTC time of day, `14:45`. */
export const clock = (iso: string): string => CLOCK.format(new Date(iso))

/** The UTC date, `Thu 12 Nov 2026`. */
export function date(iso: string): string {
  const { weekday, day, month, year } = partsOf(DATE, iso)
  return `${weekday} ${day} ${month} ${year}`
}

/** The UTC date without its year, `Thu 12 Nov`. */
export const shortDate = (iso: string): string => date(iso).split(' ').slice(0, 3).join(' ')

/** The UTC date in full, `Thursday 12 November 2026`. */
export const longDate = (iso: string): string => {
  const { weekday, day, month, year } = partsOf(LONG_DATE, iso)
  return `${weekday} ${day} ${month} ${year}`
}

/** The UTC day and month, `12 Nov`. */
export const dayAndMonth = (iso: string): string => shortDate(iso).split(' ').slice(1).join(' ')

/** The UTC calendar day, `2026-11-12`; for comparing. */
export const dayOf = (iso: string): string => new Date(iso).toISOString().slice(0, 10)

/** A run of days: `6 – 11 Nov`, `30 Oct – 2 Nov`, or one day. */
export function dayRange(from: string, to: string): string {
  if (dayOf(from) === dayOf(to)) return dayAndMonth(from)
  const [first, last] = [dayAndMonth(from), dayAndMonth(to)]
  const [day, month] = first.split(' ')
  return month === last.split(' ')[1] ? `${day} – ${last}` : `${first} – ${last}`
}

/** A `<time>` element of an instant: machine-readable in UTC, with the words given (standards P10). */
export const timeTag = (iso: string, words: string): Markup => ({
  html: `<time datetime="${new Date(iso).toISOString().replace(/(:00)?\.000Z$/, 'Z')}">${escapeHtml(words)}</time>`,
})

/** `14:45 UTC` as a `<time>`. */
export const atClock = (iso: string): Markup => timeTag(iso, t('time_utc', { time: clock(iso) }))

/** `14:45 UTC, Thu 12 Nov 2026` as a `<time>`. */
export const atClockAndDate = (iso: string): Markup =>
  timeTag(iso, t('time_on_day', { time: clock(iso), date: date(iso) }))

/** Whole minutes between two instants, at least 1. */
export const minutesBetween = (from: string, to: string): number =>
  Math.max(1, Math.round((new Date(to).getTime() - new Date(from).getTime()) / 60_000))

/** A length in a line of facts: `48 min`, `1 h 36 min`, `2 days 3 h`. */
export const shortLength = (minutes: number): string => lengthOf(minutes, 'minutes', 'hours')

/** A length in a sentence: `48 minutes`, `1 hour 36 minutes`, `2 days 3 hours`. */
export const longLength = (minutes: number): string => lengthOf(minutes, 'long_minutes', 'long_hours')

function lengthOf(minutes: number, ofMinutes: 'minutes' | 'long_minutes', ofHours: 'hours' | 'long_hours'): string {
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60]
  const parts = [
    days > 0 ? t('days', { count: days }) : '',
    hours > 0 ? t(ofHours, { count: hours }) : '',
    rest > 0 && days === 0 ? t(ofMinutes, { count: rest }) : '',
  ]
  return parts.filter(Boolean).join(' ')
}

/** Names in a sentence: `Login and Dashboard`. */
export const listOf = (names: readonly string[]): string =>
  new Intl.ListFormat(listLocale, { type: 'conjunction' }).format(names)
