import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ladderLine, stripLine } from '../../api/domain/console-lines.ts'

const at = (clock: string): Date => new Date(`2026-11-12T${clock}:00.000Z`)

describe('the line of an incident in the list', () => {
  test('runs from the beginning to the promise, with now in between', () => {
    const line = stripLine({
      startedAt: at('14:00'),
      spokeAt: [at('14:05'), at('14:20')],
      dueAt: at('14:40'),
      now: at('14:30'),
    })
    expect(line.due).toBe(98)
    expect(line.spoke).toEqual([13.1, 49.5])
    expect(line.now).toBeLessThan(98)
  })

  test('runs to now once the promise is broken, and has no ring without a promise', () => {
    const late = stripLine({ startedAt: at('14:00'), spokeAt: [], dueAt: at('14:15'), now: at('14:30') })
    expect([late.due, late.now]).toEqual([49.5, 98])
    expect(stripLine({ startedAt: at('14:00'), spokeAt: [], dueAt: null, now: at('14:00') }).due).toBeNull()
  })
})

const rungs = [
  { at: at('14:41'), to: ['commander' as const] },
  { at: at('14:45'), to: ['commander' as const, 'comms_lead' as const] },
  { at: at('14:50'), to: ['deputy' as const] },
  { at: at('15:00'), to: ['everyone' as const] },
]

describe('the line of the silence ladder', () => {
  test('has the last word, the promise and the rungs in order of time, and joins the rung at the promise to it', () => {
    const { points, now } = ladderLine({ lastSpokeAt: at('14:30'), dueAt: at('14:45'), rungs, now: at('14:37') })
    expect(points.map((point) => [point.kind, point.x, point.passed])).toEqual([
      ['word', 1, true],
      ['rung', 36.6, false],
      ['promise', 49.5, false],
      ['rung', 65.7, false],
      ['rung', 98, false],
    ])
    expect(points[2]!.to).toEqual(['commander', 'comms_lead'])
    expect(now).toBe(23.6)
  })

  test('reaches to now when all rungs have passed', () => {
    const line = ladderLine({ lastSpokeAt: at('14:30'), dueAt: at('14:45'), rungs, now: at('16:00') })
    expect(line.now).toBe(98)
    expect(line.points.every((point) => point.passed)).toBe(true)
  })

  test('always labels the word and the last point that has room, and never two that would touch', () => {
    const minutes = fc.array(fc.integer({ min: -14, max: 60 }), { maxLength: 5 })
    fc.assert(
      fc.property(minutes, fc.integer({ min: 0, max: 90 }), (offsets, elapsed) => {
        const dueAt = at('14:45')
        const shifted = offsets.map((offset) => ({
          at: new Date(dueAt.getTime() + offset * 60_000),
          to: ['deputy' as const],
        }))
        const now = new Date(at('14:30').getTime() + elapsed * 60_000)
        const { points } = ladderLine({ lastSpokeAt: at('14:30'), dueAt, rungs: shifted, now })
        const labelled = points.filter((point) => point.labelled).map((point) => point.x)
        const gaps = labelled.slice(1).map((x, index) => x - labelled[index]!)
        return points[0]!.labelled && gaps.every((gap) => gap >= 9.5) && points.every(({ x }) => x >= 1 && x <= 98)
      }),
    )
  })
})
