/** One instant as messages print it; always UTC, and the reader's own zone beside it where we know one. */
export interface PrintedTime {
  /** `14:45`, UTC. */
  clock: string
  /** `Thu 12 Nov 2026`, UTC. */
  date: string
  /** Whether it lies on another UTC day than the message, so that the date has to be said. */
  other_day: boolean
  /** `15:45` in the reader's zone; null when that is UTC. */
  local: string | null
}

const clockIn = (timeZone: string) =>
  new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone })
const utcClock = clockIn('UTC')
const utcDay = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
})

/** Prints `at` for a message written at `now` to somebody who lives in `timeZone`. */
export function printedTime(at: Date, now: Date, timeZone = 'Etc/UTC'): PrintedTime {
  const clock = utcClock.format(at)
  const local = clockIn(timeZone).format(at)
  return {
    clock,
    date: dateWords(at),
    other_day: at.toISOString().slice(0, 10) !== now.toISOString().slice(0, 10),
    local: local === clock ? null : local,
  }
}

/** `Thu 12 Nov 2026`, without the comma that some versions of the locale put in. */
function dateWords(at: Date): string {
  const part = Object.fromEntries(utcDay.formatToParts(at).map(({ type, value }) => [type, value]))
  return `${part.weekday} ${part.day} ${part.month} ${part.year}`
}

/** Whole minutes between two instants, at least 1: how late we are, or how long there is left. */
export const minutesBetween = (one: Date, other: Date): number =>
  Math.max(1, Math.floor(Math.abs(other.getTime() - one.getTime()) / 60_000))
