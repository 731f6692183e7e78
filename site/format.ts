import { remembering } from '../api/domain/remembering.ts'
import { escapeHtml, type Markup, type MessageKey, perLanguage, t } from './words.ts'

const utc = (options: Intl.DateTimeFormatOptions) =>
  perLanguage(() => new Intl.DateTimeFormat(t('date_locale'), { ...options, timeZone: 'UTC' }))

const SHORT = utc({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' })
const LONG = utc({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
const LISTS = perLanguage(() => new Intl.ListFormat(t('list_locale'), { type: 'conjunction' }))

type DateKey = Extract<MessageKey, 'date' | 'short_date' | 'long_date' | 'day_and_month' | 'month_and_year'>

const partsOf = (format: Intl.DateTimeFormat, iso: string): Record<string, string> =>
  Object.fromEntries(format.formatToParts(new Date(iso)).map((part) => [part.type, part.value]))

/** A date as the language orders weekday, day, month and year; pages name the same few days again and again. */
const written = (key: DateKey, format: () => Intl.DateTimeFormat) => {
  const ofDay = perLanguage(() => remembering(500, (day) => t(key, partsOf(format(), day))))
  return (iso: string): string => ofDay()(dayOf(iso))
}

/** The UTC time of day, `14:45`: in every language the same, as feeds and machines tell it. */
export const clock = (iso: string): string => new Date(iso).toISOString().slice(11, 16)

/** The UTC date, `Thu 12 Nov 2026`. */
export const date = written('date', SHORT)

/** The UTC date without its year, `Thu 12 Nov`. */
export const shortDate = written('short_date', SHORT)

/** The UTC date in full, `Thursday 12 November 2026`. */
export const longDate = written('long_date', LONG)

/** The UTC day and month, `12 Nov`. */
export const dayAndMonth = written('day_and_month', SHORT)

/** The UTC month, `November 2026`; takes `2026-11` as well. */
export const monthAndYear = written('month_and_year', LONG)

/** The UTC calendar day, `2026-11-12`; for comparing. */
export const dayOf = (iso: string): string => new Date(iso).toISOString().slice(0, 10)

/** A run of days: `6 – 11 Nov`, `30 Oct – 2 Nov`, or one day. */
export function dayRange(from: string, to: string): string {
  const [first, last] = [partsOf(SHORT(), from), partsOf(SHORT(), to)]
  if (dayOf(from) === dayOf(to)) return dayAndMonth(from)
  if (dayOf(from).slice(0, 7) !== dayOf(to).slice(0, 7))
    return t('day_range', { from: dayAndMonth(from), to: dayAndMonth(to) })
  return t('day_range_in_month', { first: first.day!, last: last.day!, month: last.month! })
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
  const [first = '', second] = parts.filter(Boolean)
  return second ? t('two_lengths', { first, second }) : first
}

/** Names in a sentence: `Login and Dashboard`. */
export const listOf = (names: readonly string[]): string => LISTS().format(names)
