import { describe, expect, test } from 'vitest'
import { commandAge, mayCommand } from '../../api/domain/command.ts'
import { HOUR, MINUTE, plus } from '../../api/domain/duration.ts'
import { ROLES } from '../../api/domain/role.ts'
import { fittingLines } from '../../api/domain/timeline-part.ts'

const SINCE = new Date('2026-11-12T14:00:00.000Z')

describe('a command', () => {
  test.each([
    [0, 'fresh'],
    [HOUR - 1, 'fresh'],
    [HOUR, 'long'],
    [65 * MINUTE, 'long'],
    [3 * HOUR - 1, 'long'],
    [3 * HOUR, 'too_long'],
    [40 * HOUR, 'too_long'],
  ])('of %i ms is %s', (length, age) => {
    expect(commandAge(SINCE, plus(SINCE, length))).toBe(age)
  })

  test('is for commanders and admins', () => {
    expect(ROLES.filter(mayCommand)).toEqual(['admin', 'commander'])
  })
})

describe('what one screen holds of a timeline', () => {
  const lines = (count: number, length: number) =>
    Array.from({ length: count }, (_, n) => ({ n, text: 'x'.repeat(length) }))

  test.each([
    ['short lines all', lines(50, 20), 50, false],
    ['fifty of more lines', lines(51, 20), 50, true],
    ['as many long lines as are about 16,000 characters', lines(20, 5_000), 3, true],
    ['one line, however long it is', lines(1, 40_000), 1, false],
    ['a long line and no other', lines(2, 40_000), 1, true],
    ['nothing of nothing', [], 0, false],
  ])('%s', (_, all, count, more) => {
    const fitting = fittingLines(all)
    expect(fitting.shown).toEqual(all.slice(0, count))
    expect(fitting.more).toBe(more)
  })
})
