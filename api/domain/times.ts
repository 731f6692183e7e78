/** One instant as messages print it; always UTC, and the reader's own zone beside it where we know one. */
export interface PrintedTime {
  /** `14:45`, UTC. */
  clock: string
  /** `Thu 12 Nov 2026`, UTC. */
  date: string
  /** `Thu` and `12 Nov`, UTC, where there is little room. */
  weekday: string
  day: string
  /** Whether it lies on another UTC day than the message, so that the date has to be said. */
  other_day: boolean
  /** `15:45` in the reader's zone; null when that is UTC. */
  local: string | null
}

const clockIn = (timeZone: string) =>
  new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone })
const utcClock = clockIn('UTC')
/** Who reads it: an IANA zone, and the language that days and months are named in. */
export interface Reader {
  timeZone: string
  language: string
}
/** Somebody of whom we know nothing. */
export const ANYBODY: Reader = { timeZone: 'Etc/UTC', language: 'en' }

/** Gregorian days in the digits 0 to 9, as the page prints them. English is American: its September has three letters. */
const dayFor = ({ timeZone, language }: Reader) =>
  new Intl.DateTimeFormat(`${language}-u-ca-gregory-nu-latn`, {
    ...({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' } as const),
    timeZone,
  })
const englishDay = dayFor(ANYBODY)

/** Prints `at` for a message written at `now` to `reader`. */
export function printedTime(at: Date, now: Date, { timeZone, language }: Reader = ANYBODY): PrintedTime {
  const clock = utcClock.format(at)
  const local = clockIn(timeZone).format(at)
  return {
    clock,
    ...dateWords(at, { timeZone: 'UTC', language }),
    other_day: at.toISOString().slice(0, 10) !== now.toISOString().slice(0, 10),
    local: local === clock ? null : local,
  }
}

/** `Thu 12 Nov 2026` and its parts, without the comma that some versions of the locale put in; the order is ours. */
function dateWords(at: Date, reader: Reader): Pick<PrintedTime, 'date' | 'weekday' | 'day'> {
  const known = reader.language === 'en' && reader.timeZone === 'UTC'
  const parts = (known ? englishDay : dayFor(reader)).formatToParts(at)
  const part = Object.fromEntries(parts.map(({ type, value }) => [type, value]))
  const [weekday = '', day] = [part.weekday, `${part.day} ${part.month}`]
  return { date: `${weekday} ${day} ${part.year}`, weekday, day }
}

/** Whole minutes between two instants, at least 1: how late we are, or how long there is left. */
export const minutesBetween = (one: Date, other: Date): number =>
  Math.max(1, Math.floor(Math.abs(other.getTime() - one.getTime()) / 60_000))

/** From when to when in one zone, for templates to print. */
export interface Span {
  from: SpanEnd
  until: SpanEnd
  one_day: boolean
  /** Whether the date has to be said. */
  dated: boolean
}
type SpanEnd = Pick<PrintedTime, 'clock' | 'date' | 'weekday' | 'day'>

/** From when to when: in UTC, and in the reader's zone, with dates where they are others; null when that is UTC. */
export interface PrintedWindow {
  utc: Span
  local: Span | null
}

/** Prints a window for `reader`. */
export function printedWindow(from: Date, until: Date, reader: Reader = ANYBODY): PrintedWindow {
  const end = (at: Date, timeZone: string): SpanEnd => ({
    clock: clockIn(timeZone).format(at),
    ...dateWords(at, { ...reader, timeZone }),
  })
  const spanIn = (timeZone: string) => {
    const [first, last] = [end(from, timeZone), end(until, timeZone)]
    return { from: first, until: last, one_day: first.date === last.date }
  }
  const [utc, local] = [spanIn('UTC'), spanIn(reader.timeZone)]
  const dated = local.from.date !== utc.from.date || local.until.date !== utc.until.date
  const same = !dated && local.from.clock === utc.from.clock && local.until.clock === utc.until.clock
  return { utc: { ...utc, dated: true }, local: same ? null : { ...local, dated } }
}
