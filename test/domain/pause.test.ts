import { describe, expect, it } from 'vitest'
import { MINUTE } from '../../api/domain/duration.ts'
import { pauseAt, pauseLength } from '../../api/domain/pause.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 12, 14, minute))

describe('how long the ladder stands still', () => {
  const terms = { max_snooze: 'PT15M' }

  it.each(['acknowledged', 'snoozed'] as const)(
    '%s: as long as was asked for, up to what the cadence allows',
    (kind) => {
      expect(pauseLength(terms, 'SEV1', kind, 10 * MINUTE)).toEqual({ length: 10 * MINUTE })
      expect(pauseLength(terms, 'SEV1', kind, 15 * MINUTE)).toEqual({ length: 15 * MINUTE })
      expect(pauseLength(terms, 'SEV1', kind, null)).toEqual({ length: 15 * MINUTE })
    },
  )

  it.each([
    [
      'acknowledged',
      'PT15M',
      'acknowledgement_exceeded',
      /^The alerts of SEV1 may be held for at most PT15M at a time/,
    ],
    ['snoozed', 'PT15M', 'snooze_exceeded', /^The alerts of SEV1 may be snoozed for at most PT15M at a time/],
    ['snoozed', 'PT0S', 'snooze_exceeded', /^The alerts of SEV1 may not be snoozed\.$/],
  ] as const)('%s beyond %s is refused as %s', (kind, max_snooze, code, message) => {
    expect(pauseLength({ max_snooze }, 'SEV1', kind, 15 * MINUTE + 1)).toEqual({
      refused: { field: 'for', code, message: expect.stringMatching(message) },
    })
  })

  it('takes without holding where the cadence allows no hold', () => {
    expect(pauseLength({ max_snooze: 'PT0S' }, 'SEV1', 'acknowledged', null)).toEqual({ length: 0 })
  })
})

describe('the pause that holds', () => {
  const had = { kind: 'acknowledged', until: at(10) } as const
  const quietened = { kind: 'snoozed', until: at(20) } as const

  it('is the one that lasts longest, until its very end', () => {
    expect(pauseAt([had, quietened], at(5))).toBe(quietened)
    expect(pauseAt([quietened, had], at(5))).toBe(quietened)
    expect(pauseAt([had], at(10))).toBeNull()
    expect(pauseAt([had, quietened], at(20))).toBeNull()
    expect(pauseAt([], at(0))).toBeNull()
  })
})
