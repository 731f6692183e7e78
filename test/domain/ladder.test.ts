import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultPolicy, type Rung } from '../../api/domain/cadence.ts'
import { MINUTE, plus } from '../../api/domain/duration.ts'
import { type Decided, firstRungAt, ladderNow, rungTime } from '../../api/domain/ladder.ts'
import type { Pause } from '../../api/domain/pause.ts'

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
    const alerted = decided.map((name) => ({ rung: name, state: 'alerted' as const }))
    const { decide, nextRungAt } = ladderNow(ladder, deadline, alerted, [], plus(deadline.dueAt, second * 1000))
    return [decide?.rung.name ?? null, nextRungAt && seconds(nextRungAt)]
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
        const fired: Decided[] = []
        for (const second of looks.toSorted((one, other) => one - other)) {
          const { decide } = ladderNow(ladder, deadline, fired, [], plus(deadline.dueAt, second * 1000))
          if (decide) fired.push({ rung: decide.rung.name, state: decide.state })
        }
        const order = fired.map(({ rung: name }) => ladder.findIndex((each) => each.name === name))
        return order.every((place, index) => index === 0 || place > order[index - 1]!)
      }),
    )
  })
})

describe('the ladder while somebody has it, or has snoozed it', () => {
  const pause = (kind: Pause['kind'], until: number): Pause => ({ kind, until: plus(deadline.dueAt, until * 1000) })
  const now = (second: number, decided: Decided[], ...pauses: Pause[]) => {
    const { decide, nextRungAt } = ladderNow(ladder, deadline, decided, pauses, plus(deadline.dueAt, second * 1000))
    return [decide && `${decide.rung.name} ${decide.state}`, nextRungAt && seconds(nextRungAt)]
  }
  const due = (state: Decided['state']): Decided => ({ rung: 'due', state })

  it('decides in silence what comes due, and looks again when that ends or the next rung comes', () => {
    expect(now(0, [], pause('acknowledged', 600))).toEqual(['due acknowledged', 297])
    expect(now(0, [], pause('snoozed', 120))).toEqual(['due snoozed', 120])
    expect(now(1, [due('snoozed')], pause('snoozed', 120))).toEqual([null, 120])
  })

  it('tells the latest rung once when that ends and the silence goes on, and goes on from there', () => {
    expect(now(119, [due('snoozed')], pause('snoozed', 120))).toEqual([null, 120])
    expect(now(120, [due('snoozed')], pause('snoozed', 120))).toEqual(['due alerted', 297])
    expect(now(121, [due('alerted')], pause('snoozed', 120))).toEqual([null, 297])
    expect(now(400, [due('acknowledged')], pause('acknowledged', 120))).toEqual(['deputy alerted', 900])
  })

  it('has nothing to make up for when nothing came due meanwhile', () => {
    expect(now(120, [due('alerted')], pause('acknowledged', 120))).toEqual([null, 297])
  })

  it('stands still until the last of several pauses ends, and calls the rungs after that one', () => {
    const both = [pause('acknowledged', 60), pause('snoozed', 300)]
    expect(now(0, [], ...both)).toEqual(['due snoozed', 297])
    expect(now(100, [due('acknowledged')], ...both)).toEqual([null, 297])
    expect(now(298, [due('snoozed')], ...both)).toEqual(['deputy snoozed', 300])
  })

  it('alerts of a rung at the very end of a pause as if there had been none', () => {
    expect(now(297, [], pause('acknowledged', 297))).toEqual(['deputy alerted', 900])
  })

  it('never alerts while it stands still, and afterwards owes nobody anything', () => {
    const second = fc.integer({ min: -1000, max: 3000 })
    const kind = fc.constantFrom<Pause['kind']>('acknowledged', 'snoozed')
    fc.assert(
      fc.property(fc.array(second, { maxLength: 30 }), kind, second, second, (looks, what, from, to) => {
        const decided = new Map<string, Decided['state']>()
        let heard = 0
        for (const at of [...looks, to, 5000].toSorted((one, other) => one - other)) {
          const given = at >= from ? [pause(what, to)] : []
          const known = [...decided].map(([name, state]) => ({ rung: name, state }))
          const { decide } = ladderNow(ladder, deadline, known, given, plus(deadline.dueAt, at * 1000))
          if (!decide) continue
          const held = at >= from && at < to
          if ((decide.state === 'alerted') === held) return false
          if (decided.get(decide.rung.name) === 'alerted') return false
          decided.set(decide.rung.name, decide.state)
          heard += Number(decide.state === 'alerted')
        }
        return heard > 0 && [...decided.values()].at(-1) === 'alerted'
      }),
    )
  })
})
