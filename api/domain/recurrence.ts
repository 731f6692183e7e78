import { RRuleTemporal } from 'rrule-temporal'
import { HOUR, plus } from './duration.ts'
import type { FieldError } from './refusal.ts'

/**
 * Rules of recurrence (RFC 5545, RRULE). They are counted in wall-clock time, so that work planned for 02:30 stays at
 * 02:30 when the clocks change: a day on which 02:30 does not exist has its occurrence when the clocks have jumped, a
 * day on which it comes twice has it the first time (standards R19).
 */

const fits = (shape: RegExp) => (value: string) => shape.test(value)
/** Numbers from 1 to `most`, some of them counted from the end; the library passes over what is out of range. */
const numbers = (most: number) => (value: string) =>
  value.split(',').every((each) => /^[+-]?[1-9]\d{0,2}$/.test(each) && Math.abs(Number(each)) <= most)
/** What a rule may be made of. An occurrence a day is the most, so times of day are single. */
const PARTS: Record<string, (value: string) => boolean> = {
  FREQ: fits(/^(DAILY|WEEKLY|MONTHLY|YEARLY)$/),
  INTERVAL: fits(/^[1-9]\d{0,2}$/),
  COUNT: fits(/^[1-9]\d{0,2}$/),
  UNTIL: fits(/^\d{8}(T\d{6}Z?)?$/),
  BYMONTH: fits(/^([1-9]|1[0-2])(,([1-9]|1[0-2]))*$/),
  BYWEEKNO: numbers(53),
  BYYEARDAY: numbers(366),
  BYMONTHDAY: numbers(31),
  BYDAY: fits(/^([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU))*$/),
  BYHOUR: fits(/^([01]?\d|2[0-3])$/),
  BYMINUTE: fits(/^[0-5]?\d$/),
  BYSECOND: fits(/^[0-5]?\d$/),
  BYSETPOS: numbers(366),
  WKST: fits(/^(MO|TU|WE|TH|FR|SA|SU)$/),
}
const OTHER_PROPERTIES = /^(DTSTART|DTEND|RDATE|EXDATE|EXRULE|DURATION)\b/m
/** Wall-clock times and instants are never further apart than this, in any zone; with the day that Samoa left out. */
const FURTHEST_APART = { hours: 50 }

/** What is wrong with a rule whose first occurrence is `firstStart`; null when it can be used. */
export function faultOfRule(rrule: string, firstStart: Date, zone: string): FieldError | null {
  const message = faultInText(rrule) ?? faultInMeaning(rrule, firstStart, zone)
  return message === null ? null : { field: 'rrule', code: 'invalid', message }
}

function faultInText(rrule: string): string | null {
  if (OTHER_PROPERTIES.test(rrule.toUpperCase()))
    return 'Give the rule alone: its first start is scheduled_for, and single occurrences are cancelled or moved.'
  const parts = partsOf(rrule)
  const names = parts.map(([name]) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice) return `${twice} stands in the rule twice.`
  const frequency = parts.find(([name]) => name === 'FREQ')?.[1] ?? ''
  if (/^(SECONDLY|MINUTELY|HOURLY)$/.test(frequency))
    return 'Maintenance recurs daily at most; use FREQ=DAILY or rarer.'
  if (!PARTS.FREQ!(frequency)) return 'Use an RFC 5545 rule, such as FREQ=WEEKLY;BYDAY=TU.'
  const odd = parts.find(([name, value]) => !PARTS[name]?.(value))
  return odd ? `The rule's part ${odd.join('=').slice(0, 60)} is not one that can be used here.` : null
}

function faultInMeaning(rrule: string, firstStart: Date, zone: string): string | null {
  try {
    // Asked without the first start itself, which would count whatever the rule says.
    const rule = ruleOf(rrule, wallOf(firstStart, zone), zone, { includeDtstart: false })
    if (rule.next(new Date(wallOf(firstStart, zone).epochMilliseconds), true)) return null
    return 'This rule never fires.'
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return /iterations|evaluations/i.test(reason)
      ? 'This rule never fires.'
      : `The rule cannot be used: ${reason.replace(/\.$/, '')}.`
  }
}

/**
 * When the rule fires from `from` on and before `until` (null: for ever), at most `limit` times. The first start
 * counts as an occurrence, whether or not the rule names it.
 */
export function occurrencesBetween(
  rrule: string,
  firstStart: Date,
  zone: string,
  from: Date,
  until: Date | null,
  limit: number,
): Date[] {
  const rule = ruleOf(rrule, wallOf(firstStart, zone), zone, { includeDtstart: true })
  const found: Date[] = []
  let wall = rule.next(new Date(wallOf(from, zone).subtract(FURTHEST_APART).epochMilliseconds), true)
  while (wall && found.length < limit) {
    const at = instantOf(wall, zone)
    if (until && at >= until) break
    if (at >= from && at >= firstStart && at.getTime() !== found.at(-1)?.getTime()) found.push(at)
    wall = rule.next(new Date(wall.epochMilliseconds), false)
  }
  return found
}

/** The rule, ended as calendars end one: nothing recurs at `end` or later. */
export const endedBefore = (rrule: string, end: Date): string =>
  [...partsOf(rrule).filter(([name]) => name !== 'COUNT' && name !== 'UNTIL'), ['UNTIL', utcText(justBefore(end))]]
    .map((part) => part.join('='))
    .join(';')

const partsOf = (rrule: string): [string, string][] =>
  rrule
    .trim()
    .toUpperCase()
    .replace(/^RRULE:/, '')
    .replace(/;$/, '')
    .split(';')
    .map((part) => {
      const [name = '', ...value] = part.split('=')
      return [name, value.join('=')]
    })

/** The rule in the words of its zone's walls, which the library takes for UTC: there no hour is missing or doubled. */
const ruleOf = (rrule: string, dtstart: Temporal.ZonedDateTime, zone: string, options: { includeDtstart: boolean }) =>
  new RRuleTemporal({
    rruleString: `RRULE:${partsOf(rrule)
      .map(([name, value]) => `${name}=${name === 'UNTIL' ? untilOnTheWall(value, zone) : value}`)
      .join(';')}`,
    dtstart,
    temporal: Temporal,
    strict: true,
    ...options,
  })

/** UNTIL is the last instant that counts; a day or a time without a zone is the maintenance's own. */
function untilOnTheWall(until: string, zone: string): string {
  if (!until.includes('T')) return `${until}T235959Z`
  if (!until.endsWith('Z')) return `${until}Z`
  const instant = Temporal.Instant.from(
    until.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
  )
  return utcText(new Date(wallOf(new Date(instant.epochMilliseconds), zone).epochMilliseconds))
}

/** What the walls of `zone` show at an instant, as if it were UTC. */
const wallOf = (at: Date, zone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone).toPlainDateTime().toZonedDateTime('UTC')

/** The instant at which the walls of `zone` show this: after the jump where they never do, first where they do twice. */
const instantOf = (wall: Temporal.ZonedDateTime, zone: string): Date =>
  new Date(wall.toPlainDateTime().toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds)

/**
 * Earlier than `at` on the wall too, also where `at` was put off by the hour that the clocks jumped over; still hours after
 * the occurrence of the day before.
 */
const justBefore = (at: Date): Date => plus(at, -3 * HOUR)

/** `20261112T144500Z` */
const utcText = (at: Date): string => at.toISOString().replace(/[-:]|\.\d+/g, '')
