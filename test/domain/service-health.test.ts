import { expect, test } from 'vitest'
import { type HealthFacts, healthLines } from '../../api/domain/service-health.ts'

const WELL: HealthFacts = {
  mail: { failingSince: null, mailbox: false },
  sms: { failingSince: null, mailbox: false },
  failedTargets: 0,
  unpublished: null,
  cadenceScan: 1,
}
const since = new Date('2026-11-12T14:02:00.000Z')
const toldOf = (facts: Partial<HealthFacts>) =>
  healthLines({ ...WELL, ...facts }).map(({ check, level, fact }) => `${check} ${level} ${fact}`)

test('while all is well every line says so', () => {
  expect(toldOf({})).toEqual(['mail works ok', 'sms works ok', 'publisher works ok', 'cadence_scan works ok'])
})

test.each([
  ['mail fails', { mail: { failingSince: since, mailbox: false } }, 'mail fails failing'],
  [
    'a carrier that fails is told even where the mailbox stands in',
    { sms: { failingSince: since, mailbox: true } },
    'sms fails failing',
  ],
  ['no SMS carrier is set', { sms: { failingSince: null, mailbox: true } }, 'sms look mailbox'],
  ['a target cannot be written', { failedTargets: 1, unpublished: 90 }, 'publisher fails stuck'],
  ['a change waits for a minute', { unpublished: 60 }, 'publisher works ok'],
  ['a change waits for longer', { unpublished: 61 }, 'publisher look behind'],
  ['the watch has not begun', { cadenceScan: null }, 'cadence_scan look not_yet'],
  ['the watch rests for half a minute', { cadenceScan: 30 }, 'cadence_scan works ok'],
  ['the watch has stopped', { cadenceScan: 31 }, 'cadence_scan fails silent'],
])('%s', (_, facts, told) => {
  expect(toldOf(facts)).toContain(told)
})
