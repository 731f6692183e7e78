/** Words for moments and lengths, as staff read them: UTC, absolute first. Times in are RFC 3339, UTC. */

const DAY_WORDS = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
})

const part = (iso: string, from: number, to: number): string => new Date(iso).toISOString().slice(from, to)

/** "14:45". */
export const hourMinute = (iso: string): string => part(iso, 11, 16)

/** "14:45:02". */
export const withSeconds = (iso: string): string => part(iso, 11, 19)

/** "Thu 12 Nov 2026". */
export const day = (iso: string): string => DAY_WORDS.format(new Date(iso)).replace(',', '')

/** "14:45" on the day of `now`, "Wed 11 Nov, 14:45" on another day of its year, with the year where that differs. */
export function moment(iso: string, now: string): string {
  if (part(iso, 0, 10) === part(now, 0, 10)) return hourMinute(iso)
  const words = part(iso, 0, 4) === part(now, 0, 4) ? day(iso).slice(0, -5) : day(iso)
  return `${words}, ${hourMinute(iso)}`
}

const secondsBetween = (from: string, to: string): number =>
  Math.floor((new Date(to).getTime() - new Date(from).getTime()) / 1000)

const two = (number: number): string => String(number).padStart(2, '0')

/** "under a minute", "41 min", "2 h 04 min", "3 d 4 h". */
export const length = (from: string, to: string): string => lengthOf(secondsBetween(from, to) * 1000)

/** The same of milliseconds. */
export function lengthOf(milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000))
  if (minutes < 1) return 'under a minute'
  if (minutes < 60) return `${minutes} min`
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`
  return `${Math.floor(minutes / 1440)} d ${Math.floor((minutes % 1440) / 60)} h`
}

/** "41 min ago", "5 days ago". */
export function ago(from: string, to: string): string {
  const days = Math.floor(secondsBetween(from, to) / 86_400)
  return `${days < 1 ? length(from, to) : days === 1 ? '1 day' : `${days} days`} ago`
}

/** "90 s", "15 min", "2 h", "1 h 30". */
export function interval(seconds: number): string {
  if (seconds % 60 !== 0) return `${seconds} s`
  const minutes = seconds / 60
  if (minutes < 60 || minutes === 90) return `${minutes} min`
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${two(minutes % 60)}`
}

/** The big figure: "07:42" left, "−04:10" late, "1 h 22" from an hour on, "2 d 4 h" from a day on. */
export function countdown(due: string, now: string): string {
  const left = (new Date(due).getTime() - new Date(now).getTime()) / 1000
  const seconds = Math.floor(Math.abs(left))
  const sign = left < 0 && seconds > 0 ? '−' : ''
  if (seconds >= 86_400) return `${sign}${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`
  if (seconds >= 3600) return `${sign}${Math.floor(seconds / 3600)} h ${two(Math.floor((seconds % 3600) / 60))}`
  return `${sign}${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`
}

/** The same for ears: "7 minutes 42 seconds left". */
export function spokenCountdown(due: string, now: string): string {
  const left = (new Date(due).getTime() - new Date(now).getTime()) / 1000
  const seconds = Math.floor(Math.abs(left))
  const units: [number, string][] = [
    [Math.floor(seconds / 3600), 'hour'],
    [Math.floor((seconds % 3600) / 60), 'minute'],
    [seconds >= 3600 ? 0 : seconds % 60, 'second'],
  ]
  const words = units.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`)
  return `${words.join(' ') || '0 seconds'} ${left < 0 ? 'late' : 'left'}`
}

const SUFFIXES: Partial<Record<Intl.LDMLPluralRule, string>> = { one: 'st', two: 'nd', few: 'rd' }

/** "7th", "21st". */
export const ordinal = (number: number): string =>
  `${number}${SUFFIXES[new Intl.PluralRules('en', { type: 'ordinal' }).select(number)] ?? 'th'}`

/** "14,554"; people and messages are counted out, never rounded. */
export const count = (number: number): string => new Intl.NumberFormat('en-US').format(number)

/** "1 executive", "2 executives". */
export const executives = (number: number): string => (number === 1 ? '1 executive' : `${count(number)} executives`)

/** "Ada", "Ada and Bob", "Ada, Bob and Cleo", "Ada, Bob and 5 others". */
export function namesIn(names: readonly string[]): string {
  const shown = names.length > 3 ? [...names.slice(0, 2), `${names.length - 2} others`] : names
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}

/** "1 person", "14,554 people". */
export const people = (number: number): string => (number === 1 ? '1 person' : `${count(number)} people`)
