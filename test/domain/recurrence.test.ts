import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY, HOUR, plus } from '../../api/domain/duration.ts'
import { endedBefore, faultOfRule, occurrencesBetween } from '../../api/domain/recurrence.ts'

const BERLIN = 'Europe/Berlin'
/** Tuesday 3 March 2026, 02:30 in Berlin. */
const FIRST = new Date('2026-03-03T01:30:00.000Z')

/** What walls in the zone show. */
const wall = (at: Date, zone: string): string =>
  Temporal.Instant.from(at.toISOString()).toZonedDateTimeISO(zone).toPlainDateTime().toString()

/** The first `count` occurrences as the zone's walls show them. */
const walls = (rrule: string, first: string, zone: string, count = 4): string[] => {
  const start = new Date(first)
  return occurrencesBetween(rrule, start, zone, start, null, count).map((at) => wall(at, zone))
}

describe('a rule', () => {
  it.each([
    'FREQ=DAILY',
    'FREQ=WEEKLY;BYDAY=TU',
    'freq=weekly;interval=2;byday=tu,th',
    'RRULE:FREQ=MONTHLY;BYDAY=-1SU',
    'FREQ=MONTHLY;BYMONTHDAY=31',
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29',
    'FREQ=WEEKLY;COUNT=4',
    'FREQ=WEEKLY;UNTIL=20261231',
    'FREQ=WEEKLY;UNTIL=20261231T013000Z',
    'FREQ=WEEKLY;BYDAY=TU;BYHOUR=2;BYMINUTE=30',
  ])('%s is taken', (rrule) => {
    expect(faultOfRule(rrule, FIRST, BERLIN)).toBeNull()
  })

  it.each([
    ['FREQ=HOURLY', /daily at most/],
    ['FREQ=MINUTELY;INTERVAL=30', /daily at most/],
    ['FREQ=SECONDLY', /daily at most/],
    ['every Tuesday', /FREQ=WEEKLY;BYDAY=TU/],
    ['', /FREQ=WEEKLY;BYDAY=TU/],
    ['BYDAY=TU', /FREQ=WEEKLY;BYDAY=TU/],
    ['FREQ=DAILY;FREQ=WEEKLY', /twice/],
    ['DTSTART:20260101T000000Z\nRRULE:FREQ=DAILY', /alone/],
    ['FREQ=DAILY\nEXDATE:20260304T013000Z', /alone/],
    ['FREQ=DAILY;EXDATE=20260304T013000Z', /EXDATE=20260304T013000Z/],
    ['FREQ=DAILY;BYHOUR=2,14', /BYHOUR=2,14/],
    ['FREQ=DAILY;SOMETHING=1', /SOMETHING=1/],
    ['FREQ=DAILY;INTERVAL=0', /INTERVAL=0/],
    ['FREQ=MONTHLY;BYMONTHDAY=40', /BYMONTHDAY=40/],
    ['FREQ=WEEKLY;BYDAY=XX', /BYDAY=XX/],
    ['FREQ=WEEKLY;BYDAY=1MO', /BYDAY/],
    ['FREQ=DAILY;COUNT=2;UNTIL=20261231', /COUNT and UNTIL/],
    ['FREQ=DAILY;UNTIL=20269999T000000Z', /cannot be used/],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', /never fires/],
    ['FREQ=MONTHLY;BYDAY=6MO', /never fires/],
    ['FREQ=DAILY;UNTIL=20260101', /never fires/],
  ])('%j is refused in words that help', (rrule, words) => {
    expect(faultOfRule(rrule, FIRST, BERLIN)).toEqual({
      field: 'rrule',
      code: 'invalid',
      message: expect.stringMatching(words),
    })
  })
})

describe('occurrences', () => {
  it('keep their time on the wall when the clocks change', () => {
    expect(walls('FREQ=WEEKLY', '2026-03-22T09:00:00Z', BERLIN, 3)).toEqual([
      '2026-03-22T10:00:00',
      '2026-03-29T10:00:00',
      '2026-04-05T10:00:00',
    ])
  })

  it.each([
    ['Berlin', BERLIN, '2026-03-28T01:30:00Z', ['03-28T02:30', '03-29T03:30', '03-30T02:30']],
    ['New York', 'America/New_York', '2026-03-07T07:30:00Z', ['03-07T02:30', '03-08T03:30', '03-09T02:30']],
    ['Lord Howe', 'Australia/Lord_Howe', '2026-10-02T15:45:00Z', ['10-03T02:15', '10-04T02:45', '10-05T02:15']],
  ])('begin once, after the jump, on the day in %s that has no such time', (_, zone, first, days) => {
    expect(walls('FREQ=DAILY', first, zone, 3)).toEqual(days.map((day) => `2026-${day}:00`))
  })

  it.each([
    ['Berlin', BERLIN, '2026-10-24T00:30:00Z', '2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z'],
    ['New York', 'America/New_York', '2026-10-31T05:30:00Z', '2026-11-01T05:30:00.000Z', '2026-11-02T06:30:00.000Z'],
    [
      'Lord Howe',
      'Australia/Lord_Howe',
      '2026-04-03T14:45:00Z',
      '2026-04-04T14:45:00.000Z',
      '2026-04-05T15:15:00.000Z',
    ],
  ])('begin once, the first time, on the day in %s that has this time twice', (_, zone, first, twice, after) => {
    const start = new Date(first)
    const found = occurrencesBetween('FREQ=DAILY', start, zone, plus(start, 1), null, 2)
    expect(found.map((at) => at.toISOString())).toEqual([twice, after])
  })

  it('count from the first start, which is one whether or not the rule names it', () => {
    expect(walls('FREQ=WEEKLY;BYDAY=TU;COUNT=3', '2026-01-05T10:00:00Z', 'Etc/UTC', 9)).toEqual([
      '2026-01-05T10:00:00',
      '2026-01-06T10:00:00',
      '2026-01-13T10:00:00',
    ])
  })

  it.each([
    ['a day of the zone', 'UNTIL=20260310', 2],
    ['an instant', 'UNTIL=20260310T013000Z', 2],
    ['the second before', 'UNTIL=20260310T012959Z', 1],
    ['a time on the wall', 'UNTIL=20260310T023000', 2],
  ])('end with %s', (_, until, count) => {
    expect(occurrencesBetween(`FREQ=WEEKLY;${until}`, FIRST, BERLIN, FIRST, null, 9)).toHaveLength(count)
  })

  it('are looked for between two instants, and no more than asked', () => {
    const found = occurrencesBetween('FREQ=DAILY', FIRST, 'Etc/UTC', plus(FIRST, 2 * DAY), plus(FIRST, 5 * DAY), 9)
    expect(found).toEqual([2, 3, 4].map((days) => plus(FIRST, days * DAY)))
    expect(occurrencesBetween('FREQ=DAILY', FIRST, 'Etc/UTC', FIRST, null, 2)).toHaveLength(2)
    expect(occurrencesBetween('FREQ=DAILY', FIRST, 'Etc/UTC', FIRST, null, 0)).toEqual([])
  })

  it('are found decades on as they are in the first year', () => {
    const from = new Date('2066-01-01T00:00:00Z')
    expect(
      occurrencesBetween('FREQ=WEEKLY;BYDAY=TU', FIRST, BERLIN, from, null, 1).map((at) => wall(at, BERLIN)),
    ).toEqual(['2066-01-05T02:30:00'])
  })
})

const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Etc/UTC', 'Asia/Kathmandu']
const somewhen = fc.record({
  zone: fc.constantFrom(...ZONES),
  first: fc
    .integer({ min: 0, max: 400 * 24 * 4 })
    .map((quarters) => plus(new Date('2026-01-01T00:00:00Z'), (quarters * HOUR) / 4)),
  rrule: fc.constantFrom('FREQ=DAILY', 'FREQ=DAILY;INTERVAL=3', 'FREQ=WEEKLY', 'FREQ=MONTHLY', 'FREQ=YEARLY'),
})

describe('in any zone and at any time of the year', () => {
  it('at most one occurrence begins a day, in order, at the first one’s time or after the jump over it', () => {
    fc.assert(
      fc.property(somewhen, ({ zone, first, rrule }) => {
        const found = occurrencesBetween(rrule, first, zone, first, plus(first, 400 * DAY), 500)
        const shown = found.map((at) => wall(at, zone))
        const time = wall(first, zone).slice(11)
        expect(new Set(shown.map((each) => each.slice(0, 10))).size).toBe(found.length)
        expect(found).toEqual(found.toSorted((one, other) => one.getTime() - other.getTime()))
        const moved = shown.filter((each) => each.slice(11) !== time)
        expect(moved.length).toBeLessThanOrEqual(2)
        for (const each of moved) expect(each.slice(11) > time).toBe(true)
      }),
      { numRuns: 40 },
    )
  })

  it('looking in two parts finds what looking once finds', () => {
    fc.assert(
      fc.property(somewhen, fc.integer({ min: 0, max: 299 }), ({ zone, first, rrule }, days) => {
        const [cut, end] = [plus(first, days * DAY + HOUR / 3), plus(first, 300 * DAY)]
        const look = (from: Date, until: Date) => occurrencesBetween(rrule, first, zone, from, until, 500)
        expect([...look(first, cut), ...look(cut, end)]).toEqual(look(first, end))
      }),
      { numRuns: 40 },
    )
  })

  it('a series that is ended before an occurrence keeps all that came before it', () => {
    fc.assert(
      fc.property(somewhen, fc.integer({ min: 1, max: 8 }), ({ zone, first, rrule }, at) => {
        const all = occurrencesBetween(rrule, first, zone, first, null, 10)
        const ended = endedBefore(rrule, all[at]!)
        expect(occurrencesBetween(ended, first, zone, first, null, 10)).toEqual(all.slice(0, at))
      }),
      { numRuns: 40 },
    )
  })
})
