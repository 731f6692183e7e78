import { expect, test } from 'vitest'
import { defaultPolicy } from '../../api/domain/cadence.ts'
import { promiseOptions, silenceLimits } from '../../api/domain/promise-options.ts'

const policy = defaultPolicy()
const values = (...args: Parameters<typeof promiseOptions>) => promiseOptions(...args).map((option) => option.value)

test('where the cadence asks for a promise, one is always offered, up to the longest limit of any severity', () => {
  expect(values(policy, 'SEV1')).toEqual(['PT5M', 'PT10M', 'PT15M', 'PT30M', 'PT1H'])
})

test('where it asks for none, none may be chosen, and longer ones as well', () => {
  expect(values(policy, 'SEV4')).toEqual(['PT5M', 'PT10M', 'PT15M', 'PT30M', 'PT1H', 'PT2H', 'PT4H', ''])
})

test('a cadence of seconds offers its own limits', () => {
  const seconds = { ...policy.SEV1, public: 'PT20S', monitoring: 'PT90S' }
  const quick = { ...policy, SEV1: seconds, SEV2: seconds, SEV3: seconds }
  expect(promiseOptions(quick, 'SEV1')).toEqual([
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
