import { expect, test } from 'vitest'
import { defaultPolicy } from '../../api/domain/cadence.ts'
import { HOUR } from '../../api/domain/duration.ts'
import { extendedLimits, promiseOptions, silenceLimits } from '../../api/domain/promise-options.ts'

const policy = defaultPolicy()
const values = (...args: Parameters<typeof promiseOptions>) => promiseOptions(...args).map((option) => option.value)

test('where the cadence asks for a promise, one is always offered, up to the longest limit of any severity', () => {
  expect(values(policy, 'SEV1', 0)).toEqual(['PT5M', 'PT10M', 'PT15M', 'PT30M', 'PT1H'])
})

test('where it asks for none, none may be chosen, and longer ones as well', () => {
  expect(values(policy, 'SEV4', 0)).toEqual(['PT5M', 'PT10M', 'PT15M', 'PT30M', 'PT1H', 'PT2H', 'PT4H', ''])
})

test('a cadence of seconds offers its own limits', () => {
  const seconds = { ...policy.SEV1, public: 'PT20S', monitoring: 'PT90S' }
  const quick = { ...policy, SEV1: seconds, SEV2: seconds, SEV3: seconds }
  expect(promiseOptions(quick, 'SEV1', 0)).toEqual([
    { value: 'PT20S', seconds: 20 },
    { value: 'PT1M30S', seconds: 90 },
  ])
})

test('limits are told in seconds, and null where there is none', () => {
  expect(silenceLimits(policy)).toMatchObject({
    SEV1: { open: 900, monitoring: 1800 },
    SEV4: { open: null, monitoring: null },
  })
})

test('an incident that is old enough offers what a reason buys, at its own severity', () => {
  expect(values(policy, 'SEV1', 2 * HOUR - 1)).not.toContain('PT45M')
  expect(values(policy, 'SEV1', 2 * HOUR)).toEqual(['PT5M', 'PT10M', 'PT15M', 'PT30M', 'PT45M', 'PT1H'])
  expect(values(policy, 'SEV4', 2 * HOUR)).toEqual(values(policy, 'SEV4', 0))
  const never = { ...policy, SEV1: { ...policy.SEV1, max_extension: 'PT0S' } }
  expect(values(never, 'SEV1', 2 * HOUR)).toEqual(values(policy, 'SEV1', 0))
})

test('how far a reason reaches is told for each severity, and null where it reaches nowhere yet', () => {
  expect(extendedLimits(policy, 2 * HOUR - 1)).toEqual({
    SEV1: null,
    SEV2: null,
    SEV3: { open: 4500, monitoring: 4500 },
    SEV4: null,
  })
  expect(extendedLimits(policy, 2 * HOUR)).toMatchObject({
    SEV1: { open: 1800, monitoring: 2700 },
    SEV2: { open: 2700, monitoring: 4500 },
  })
})
