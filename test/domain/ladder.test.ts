import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultPolicy, type Rung } from '../../api/domain/cadence.ts'
import { MINUTE, plus } from '../../api/domain/duration.ts'
import { firstRungAt, ladderNow, rungTime } from '../../api/domain/ladder.ts'

const spoke = new Date('2026-11-12T14:30:00.000Z')
const deadline = { lastSpokeAt: spoke, dueAt: plus(spoke, 15 * MINUTE) }
const ladder = defaultPolicy().SEV1.ladder
const rung = (at: string): Rung => ({ name: 'any', at, to: ['commander'], channels: ['email'] })
const seconds = (date: Date) => (date.getTime() - deadline.dueAt.getTime()) / 1000

describe('a rung', () => {
  it.each([
    ['-25%', -225],
    ['0%', 0],
    ['+33%', 297],
    ['33%', 297],
    ['+100%', 900],
    ['-PT4M', -240],
    ['PT4M', 240],
    ['+PT30S', 30],
  ])('at %s is due %s seconds after a promise of 15 minutes', (at, expected) => {
    expect(seconds(rungTime(rung(at), deadline))).toBe(expected)
  })
})

describe('the ladder', () => {
  const now = (second: number, decided: string[] = []) => {
    const { fire, nextRungAt } = ladderNow(ladder, deadline, decided, plus(deadline.dueAt, second * 1000))
    return [fire?.rung.name ?? null, nextRungAt && seconds(nextRungAt)]
  }

  it('waits for its first rung', () => {
    expect(now(-226)).toEqual([null, -225])
    expect(firstRungAt(ladder, spoke, deadline.dueAt)).toEqual(plus(deadline.dueAt, -225_000))
  })

  it('fires each rung at its time, once', () => {
    expect(now(-225)).toEqual(['reminder', 0])
    expect(now(-1, ['reminder'])).toEqual([null, 0])
    expect(now(0, ['reminder'])).toEqual(['due', 297])
    expect(now(297, ['reminder', 'due'])).toEqual(['deputy', 900])
    expect(now(900, ['reminder', 'due', 'deputy'])).toEqual(['sponsor', null])
    expect(now(9000, ['reminder', 'due', 'deputy', 'sponsor'])).toEqual([null, null])
  })

  it('tells only the rung of the present stage after downtime', () => {
    expect(now(7200)).toEqual(['sponsor', null])
    expect(now(400)).toEqual(['deputy', 900])
  })

  it('never goes back to a rung it passed over', () => {
    expect(now(400, ['deputy'])).toEqual([null, 900])
  })

  it('has nothing to do without a promise or without rungs', () => {
    expect(firstRungAt(ladder, spoke, null)).toBeNull()
    expect(firstRungAt([], spoke, deadline.dueAt)).toBeNull()
  })

  it('fires every rung at most once and in order, however often and late it is looked at', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 5000 }), { maxLength: 40 }), (looks) => {
        const fired: string[] = []
        for (const second of looks.toSorted((one, other) => one - other)) {
          const { fire } = ladderNow(ladder, deadline, fired, plus(deadline.dueAt, second * 1000))
          if (fire) fired.push(fire.rung.name)
        }
        const order = fired.map((name) => ladder.findIndex((each) => each.name === name))
        return order.every((place, index) => index === 0 || place > order[index - 1]!)
      }),
    )
  })
})
