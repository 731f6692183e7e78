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
/** American English, because the British short month of September has four letters; the order is ours. */
const dayIn = (timeZone: string) =>
  new Intl.DateTimeFormat('en-US', { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', timeZone })
const utcDay = dayIn('UTC')

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
function dateWords(at: Date, timeZone = 'UTC'): string {
  const day = timeZone === 'UTC' ? utcDay : dayIn(timeZone)
  const part = Object.fromEntries(day.formatToParts(at).map(({ type, value }) => [type, value]))
  return `${part.weekday} ${part.day} ${part.month} ${part.year}`
}

/** Whole minutes between two instants, at least 1: how late we are, or how long there is left. */
export const minutesBetween = (one: Date, other: Date): number =>
  Math.max(1, Math.floor(Math.abs(other.getTime() - one.getTime()) / 60_000))

/** From when to when, as messages print it; dates are said once where both ends lie on the same day. */
export interface PrintedWindow {
  /** `Tue 15 Sep 2026, 01:00–03:00`, UTC. */
  utc: string
  /** `Tue 15 Sep 01:00-03:00`, UTC, for SMS. */
  short: string
  /** The same in the reader's zone, with the date where it is another; null when that is UTC. */
  local: string | null
}

/** Prints a window for somebody who lives in `timeZone`. */
export function printedWindow(from: Date, until: Date, timeZone = 'Etc/UTC'): PrintedWindow {
  const [utc, local] = [endsIn(from, until, 'UTC'), endsIn(from, until, timeZone)]
  const same = local.days.join() === utc.days.join()
  const there = same ? `${local.clocks[0]}–${local.clocks[1]}` : spanned(local)
  return {
    utc: spanned(utc),
    short: spanned(utc, { year: false }).replaceAll(',', '').replaceAll('–', '-'),
    local: same && local.clocks.join() === utc.clocks.join() ? null : there,
  }
}

interface Ends {
  days: [string, string]
  clocks: [string, string]
}

const endsIn = (from: Date, until: Date, timeZone: string): Ends => ({
  days: [dateWords(from, timeZone), dateWords(until, timeZone)],
  clocks: [clockIn(timeZone).format(from), clockIn(timeZone).format(until)],
})

function spanned({ days, clocks }: Ends, { year } = { year: true }): string {
  const [first, last] = year ? days : days.map((day) => day.replace(/ \d{4}$/, ''))
  return first === last ? `${first}, ${clocks[0]}–${clocks[1]}` : `${first}, ${clocks[0]} – ${last}, ${clocks[1]}`
}
