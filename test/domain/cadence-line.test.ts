import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CadenceHistory, cadenceLine } from '../../api/domain/cadence-line.ts'

const at = (clock: string): string => `2026-11-12T${clock}:00.000Z`
const open: CadenceHistory = {
  startedAt: at('13:56'),
  updates: [at('14:04'), at('14:15'), at('14:30')],
  dueAt: at('14:45'),
  late: false,
  resolvedAt: null,
}
const marksOf = (history: CadenceHistory) => cadenceLine(history).marks.map(({ mark, x }) => `${mark} ${Math.round(x)}`)
const segmentsOf = (history: CadenceHistory) =>
  cadenceLine(history).segments.map(({ stroke, from, to }) => `${stroke} ${Math.round(from)}–${Math.round(to)}`)
const clockOf = (iso: string) => iso.slice(11, 16)

describe('the cadence line', () => {
  test('runs from the beginning through each word to the ring of the promise, dashes where it is still to come', () => {
    expect(marksOf(open)).toEqual(['began 1', 'spoke 17', 'spoke 39', 'spoke 68', 'promised 98'])
    expect(segmentsOf(open)).toEqual(['past 1–68', 'to_come 69–96'])
    expect(cadenceLine(open).labels.map(({ at: iso, strong }) => [clockOf(iso), strong])).toEqual([
      ['14:04', false],
      ['14:15', false],
      ['14:30', false],
      ['14:45', true],
    ])
  })

  test('a broken promise stands before the end, with thick red from there on', () => {
    const late = { ...open, late: true }
    expect(marksOf(late).at(-1)).toBe('promised 89')
    expect(segmentsOf(late)).toEqual(['past 1–89', 'silence 89–99'])
    expect(cadenceLine(late).labels.at(-1)).toMatchObject({ strong: false, anchor: 'middle' })
  })

  test('a resolved incident ends in its last word; silences of the past stay visible', () => {
    const silences = [{ from: at('14:45'), to: at('14:49') }]
    const updates = [...open.updates, at('14:49'), at('15:32')]
    const resolved = { ...open, updates, dueAt: null, resolvedAt: at('15:32'), silences }
    expect(marksOf(resolved).at(-1)).toBe('spoke 99')
    expect(segmentsOf(resolved)).toEqual(['past 1–99', 'silence 51–55'])
    expect(cadenceLine(resolved).labels.at(-1)).toMatchObject({ at: at('15:32'), x: 100, anchor: 'end', strong: true })
  })

  test('before the first word there are only dashes to the promise', () => {
    expect(segmentsOf({ ...open, updates: [] })).toEqual(['to_come 2–96'])
  })

  test('without a promise it ends where we last spoke', () => {
    expect(segmentsOf({ ...open, dueAt: null })).toEqual(['past 1–99'])
  })

  test('an incident that began and ended in the same moment is a line still', () => {
    const moment = { ...open, updates: [at('13:56')], dueAt: null, resolvedAt: at('13:56') }
    expect(marksOf(moment)).toEqual(['began 99', 'spoke 99'])
  })

  test('where labels would collide the promise stays, then the newest; what fits a wide page only is marked', () => {
    const updates = ['14:04', '14:10', '14:30', '14:33', '14:44'].map(at)
    const labels = cadenceLine({ ...open, updates }).labels
    expect(labels.map(({ at: iso, wideOnly }) => [clockOf(iso), wideOnly])).toEqual([
      ['14:04', true],
      ['14:10', false],
      ['14:33', false],
      ['14:45', false],
    ])
  })

  test('many words close together are drawn small, and days are labelled as days', () => {
    const updates = Array.from({ length: 30 }, (_, index) => at(`14:${String(index).padStart(2, '0')}`))
    expect(cadenceLine({ ...open, updates }).crowded).toBe(true)
    expect(cadenceLine(open)).toMatchObject({ crowded: false, overDays: false })
    expect(cadenceLine({ ...open, startedAt: '2026-11-10T13:56:00.000Z' }).overDays).toBe(true)
  })
})

const instant = fc.integer({ min: 0, max: 5_000_000 }).map((second) => new Date(1.79e12 + second * 1000).toISOString())
const history: fc.Arbitrary<CadenceHistory> = fc.record({
  startedAt: instant,
  updates: fc.array(instant, { maxLength: 40 }),
  dueAt: fc.option(instant),
  late: fc.boolean(),
  resolvedAt: fc.option(instant),
})

describe('any cadence line', () => {
  test('stays within its width, in order, and does not depend on the order of the updates', () => {
    fc.assert(
      fc.property(history, (given) => {
        const line = cadenceLine(given)
        const within = [...line.marks.map((mark) => mark.x), ...line.segments.flatMap(({ from, to }) => [from, to])]
        expect(within.every((x) => x >= 1 && x <= 99)).toBe(true)
        expect(line.segments.every(({ from, to }) => from <= to)).toBe(true)
        const spoke = line.marks.filter(({ mark }) => mark === 'spoke').map(({ x }) => x)
        expect(spoke).toEqual(spoke.toSorted((one, other) => one - other))
        expect(cadenceLine({ ...given, updates: given.updates.toReversed() })).toEqual(line)
      }),
    )
  })

  test('has no two labels on one another, neither on a phone nor on a desk', () => {
    fc.assert(
      fc.property(history, (given) => {
        const { labels } = cadenceLine(given)
        const centre = (label: (typeof labels)[number], width: number) =>
          label.anchor === 'end' ? label.x - width / 2 : label.anchor === 'start' ? label.x + width / 2 : label.x
        const apart = (shown: typeof labels, width: number) =>
          shown.every(
            (label, index) => index === 0 || centre(label, width) - centre(shown[index - 1]!, width) >= width - 0.01,
          )
        expect(apart(labels, 7)).toBe(true)
        expect(
          apart(
            labels.filter((label) => !label.wideOnly),
            15,
          ),
        ).toBe(true)
      }),
    )
  })

  test('shows a promise by exactly one ring while it is open, and by none afterwards', () => {
    fc.assert(
      fc.property(history, (given) => {
        const rings = cadenceLine(given).marks.filter(({ mark }) => mark === 'promised')
        expect(rings).toHaveLength(given.dueAt !== null && given.resolvedAt === null ? 1 : 0)
      }),
    )
  })
})
