import { expect, test } from 'vitest'
import { defaultPolicy } from '../../api/domain/cadence.ts'
import { EXAMPLE_AT, exampleOf } from '../../api/domain/cadence-preview.ts'

const clock = (at: Date | null | undefined) => at?.toISOString().slice(11, 19) ?? null

test.each([
  ['SEV1', '14:05:00', '14:15:00', ['14:11:15', '14:15:00', '14:19:57', '14:30:00']],
  ['SEV2', '14:05:00', '14:30:00', ['14:22:30', '14:30:00', '14:39:54', '15:00:00']],
  ['SEV3', '14:15:00', '15:00:00', ['14:45:00', '15:00:00', '15:19:48', '16:00:00']],
  ['SEV4', null, null, []],
] as const)('a %s declared at 14:00 is played through by the rules that run', (severity, first, due, rungs) => {
  const example = exampleOf(defaultPolicy(), severity, EXAMPLE_AT)
  expect(clock(example.firstDueAt)).toBe(first)
  expect(clock(example.silence?.dueAt)).toBe(due)
  expect((example.silence?.rungs ?? []).map(({ at }) => clock(at))).toEqual(rungs)
})

test('where only the first update has a clock, its silence is the one that is played through', () => {
  const policy = defaultPolicy()
  policy.SEV4.first_update = 'PT20M'
  expect(clock(exampleOf(policy, 'SEV4', EXAMPLE_AT).silence?.dueAt)).toBe('14:20:00')
})
