import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { type Blast, guardReason, guardState, mayBeAbnormal } from '../../api/domain/blast-guard.ts'

const normal: Blast = {
  lately: 0,
  thisHour: 0,
  reach: 12_400,
  queuedThisHour: 0,
  activeSubscribers: 12_400,
  firstOfSev1: false,
}

describe('a message', () => {
  it.each<[string, Partial<Blast>, ReturnType<typeof guardReason>]>([
    ['to everybody, the only one', {}, null],
    ['to everybody, the sixth in ten minutes', { lately: 5, queuedThisHour: 62_000 }, null],
    ['the seventh in ten minutes', { lately: 6, queuedThisHour: 74_400 }, 'many_lately'],
    ['the seventh in ten minutes, to 999 people', { lately: 6, reach: 999 }, null],
    ['the seventh in ten minutes, to 1,000 people', { lately: 6, reach: 1_000 }, 'many_lately'],
    ['the tenth to everybody in an hour', { thisHour: 9, queuedThisHour: 111_600 }, null],
    ['one person more than ten to everybody', { thisHour: 10, queuedThisHour: 111_601 }, 'many_this_hour'],
    ['to few, while the hour is full', { thisHour: 10, queuedThisHour: 124_000, reach: 999 }, null],
    ['many small ones in an hour', { thisHour: 80, queuedThisHour: 90_000, reach: 1_100 }, null],
    ['that opens a SEV1 while the hour is full', { thisHour: 40, queuedThisHour: 900_000, firstOfSev1: true }, null],
  ])('%s: %j waits for %s', (_, blast, reason) => {
    expect(guardReason({ ...normal, ...blast })).toBe(reason)
  })

  it('is never guarded where its volume was not worth counting', () => {
    const blasts = fc.record({
      lately: fc.nat(20),
      earlier: fc.nat(20),
      activeSubscribers: fc.nat(1_000_000),
      parts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 41, maxLength: 41 }),
    })
    fc.assert(
      fc.property(blasts, ({ lately, earlier, activeSubscribers, parts }) => {
        const thisHour = lately + earlier
        const sizes = parts.map((part) => Math.floor(part * activeSubscribers))
        const queuedThisHour = sizes.slice(0, thisHour).reduce((sum, size) => sum + size, 0)
        const blast = { lately, thisHour, activeSubscribers, queuedThisHour, reach: sizes[40]!, firstOfSev1: false }
        expect(mayBeAbnormal(blast) || guardReason(blast) === null).toBe(true)
      }),
    )
  })
})

test.each([
  ['passed', { guardedAt: null, fannedOutAt: null }],
  ['passed', { guardedAt: null, fannedOutAt: 5 }],
  ['waiting', { fannedOutAt: null }],
  ['expired', { fannedOutAt: null, expiresAt: 6 }],
  ['released', { releasedAt: 5, fannedOutAt: null }],
  ['released', { releasedAt: 5, fannedOutAt: 5, expiresAt: 6 }],
  ['withdrawn', { fannedOutAt: 5 }],
] as const)('the guard has %s what stands as %j', (state, row) => {
  const times: Record<'guardedAt' | 'releasedAt' | 'fannedOutAt', number | null> & { expiresAt: number } = {
    guardedAt: 4,
    releasedAt: null,
    expiresAt: 9,
    ...row,
  }
  const at = (time: number | null) => (time === null ? null : new Date(time))
  const told = { guardedAt: at(times.guardedAt), releasedAt: at(times.releasedAt), fannedOutAt: at(times.fannedOutAt) }
  expect(guardState({ ...told, expiresAt: new Date(times.expiresAt) }, new Date(6))).toBe(state)
})
