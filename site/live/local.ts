import { all, make } from './dom.ts'

const format = (locale: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
    ...options,
  })

/** A time in UTC, with its day when that is not today's: `14:45 UTC`, `Thu 12 Nov, 14:45 UTC`. */
export function inUtc(iso: string, today: number, locale: string): string {
  const [time, now] = [new Date(iso), new Date(today)]
  const sameDay = time.toISOString().slice(0, 10) === now.toISOString().slice(0, 10)
  const day = sameDay ? {} : ({ weekday: 'short', day: 'numeric', month: 'short' } as const)
  return format(locale, { ...day, timeZone: 'UTC' }).format(time)
}

/** Whether a locale has a name for the reader's zone: `CET` rather than `GMT+1`. */
const hasName = (locale: string, at: Date) => !/\d/.test(format(locale, {}).formatToParts(at).pop()!.value)

/** One time or a span in the reader's zone, with the weekday where that is not UTC's; empty for readers on UTC. */
function local(times: Date[], locales: string[]): string {
  const [from, until] = times
  if (!from || times.every((time) => !time.getTimezoneOffset())) return ''
  const days = new Set(times.flatMap((time) => [time.getDate(), time.getUTCDate()]))
  const locale = locales.find((one) => hasName(one, from)) || locales[0]!
  const written = format(locale, { weekday: days.size > 1 ? 'short' : undefined })
  return until ? written.formatRange(from, until) : written.format(from)
}

/** Writes the reader's own time beside promises, updates and windows of maintenance. */
export function showLocal(locales: string[]): void {
  for (const box of all('.due b,.at>b,.meta>b')) {
    const times = all<HTMLTimeElement>('time', box).map((time) => new Date(time.dateTime))
    const place = make('bdi', local(times, locales))
    place.className = 'local'
    if (place.firstChild) box.after(' ', place)
  }
}
