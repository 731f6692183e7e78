import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { DAY, plus } from '../../api/domain/duration.ts'
import { isHold, leavesAt, releaseTime } from '../../api/domain/hold.ts'

const POSTED = new Date('2026-11-12T14:00:00.000Z')
const later = (seconds: number) => plus(POSTED, seconds * 1000)

describe('an update is released', () => {
  it.each<[string, number, Date | null, Date | null]>([
    ['after its hold', 10, later(600), later(10)],
    ['after its hold, where nothing is promised', 10, null, later(10)],
    ['by the promise, where that comes first', 600, later(300), later(300)],
    ['at once without a hold', 0, later(600), null],
    ['at once when the promise is broken already', 10, later(-60), null],
    ['at once when the promise is about to be due', 10, later(2), null],
  ])('%s', (_, hold, dueAt, released) => {
    expect(releaseTime(POSTED, hold * 1000, dueAt)).toEqual(released)
  })

  it('in time to keep the promise, whatever the hold, the promise and a promise that is tightened meanwhile', () => {
    const seconds = fc.integer({ min: 0, max: 90_000 })
    fc.assert(
      fc.property(seconds, seconds, seconds, (hold, due, tightened) => {
        const releaseAt = releaseTime(POSTED, hold * 1000, later(due))
        for (const dueAt of [later(due), later(Math.min(due, tightened))]) {
          const leaves = releaseAt === null ? POSTED : leavesAt(releaseAt, dueAt)
          expect(leaves <= later(hold) && (leaves < dueAt || dueAt <= later(2))).toBe(true)
        }
      }),
    )
  })
})

test.each([
  ['PT0S', true],
  ['PT10S', true],
  ['P1D', true],
  ['PT24H1S', false],
  ['-PT10S', false],
  ['P1M', false],
  ['10', false],
  ['', false],
])('%j says for how long an update is held: %s', (text, may) => {
  expect(isHold(text)).toBe(may)
})

test('nothing is held for more than a day', () => {
  expect(isHold(`PT${DAY / 1000}S`)).toBe(true)
  expect(isHold(`PT${DAY / 1000 + 1}S`)).toBe(false)
})
