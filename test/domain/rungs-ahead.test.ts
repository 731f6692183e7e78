import { expect, test } from 'vitest'
import { defaultPolicy } from '../../api/domain/cadence.ts'
import { datedRungs, rungsAhead } from '../../api/domain/rungs-ahead.ts'

const at = (clock: string) => new Date(`2026-11-12T${clock}:00Z`)
const dated = datedRungs(defaultPolicy().SEV1.ladder, { lastSpokeAt: at('14:00'), dueAt: at('14:20') })
const ahead = (decided: string[], now: string) => rungsAhead(dated, decided, at(now)).map(({ rung }) => rung.name)

test('rungs are dated from the promise, the earliest first', () => {
  expect(dated.map(({ rung, at: time }) => [rung.name, time.toISOString().slice(11, 19)])).toEqual([
    ['reminder', '14:15:00'],
    ['due', '14:20:00'],
    ['deputy', '14:26:36'],
    ['sponsor', '14:40:00'],
  ])
})

test.each([
  ['before anything', [], '14:01', ['reminder', 'due', 'deputy', 'sponsor']],
  ['at a rung itself', [], '14:15', ['due', 'deputy', 'sponsor']],
  ['after a rung that fired early', ['due'], '14:16', ['deputy', 'sponsor']],
  ['after downtime', ['reminder'], '14:30', ['sponsor']],
  ['after everything', ['sponsor'], '15:00', []],
])('%s, only what is still to come is ahead', (_, decided, now, names) => {
  expect(ahead(decided, now)).toEqual(names)
})
