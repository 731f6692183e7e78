import { describe, expect, it } from 'vitest'
import { namedByRules, reminderAt, wordsOfBriefing } from '../../api/domain/briefing.ts'
import {
  briefingAfterBriefing,
  briefingAfterChange,
  type Occasion,
  type Standing,
} from '../../api/domain/briefing-cadence.ts'
import { defaultPolicy } from '../../api/domain/cadence.ts'
import { MINUTE, plus } from '../../api/domain/duration.ts'
import type { IncidentStatus } from '../../api/domain/lifecycle.ts'
import type { Severity } from '../../api/domain/severity.ts'

const policy = defaultPolicy()
const at = new Date('2026-11-12T14:00:00.000Z')
const stands = (severity: Severity, status: IncidentStatus = 'investigating'): Standing => ({ severity, status })
const minutes = (date: Date | null) => (date === null ? null : (date.getTime() - at.getTime()) / MINUTE)
const occasion = (given: Partial<Occasion> & Pick<Occasion, 'to'>): Occasion => ({
  from: stands(given.to.severity),
  at,
  dueAt: null,
  retracted: false,
  merged: false,
  briefed: true,
  ...given,
})

describe('executives are owed a briefing', () => {
  it.each([
    ['SEV1', 15],
    ['SEV2', 15],
    ['SEV3', null],
    ['SEV4', null],
  ] as const)('on the declaration of a %s within %s minutes', (severity, wanted) => {
    const declared = occasion({ from: null, to: stands(severity), briefed: false })
    expect(minutes(briefingAfterChange(policy, declared))).toBe(wanted)
  })

  it.each([
    ['a SEV1 is identified', 'SEV1', 'SEV1', 'identified', 15],
    ['a SEV2 is identified', 'SEV2', 'SEV2', 'identified', 15],
    ['a SEV3 is identified', 'SEV3', 'SEV3', 'identified', null],
    ['a SEV3 becomes a SEV2', 'SEV3', 'SEV2', 'investigating', 15],
    ['a SEV1 becomes a SEV3', 'SEV1', 'SEV3', 'monitoring', 15],
    ['a SEV4 becomes a SEV3', 'SEV4', 'SEV3', 'investigating', null],
    ['a SEV1 is resolved', 'SEV1', 'SEV1', 'resolved', 15],
    ['a SEV2 is resolved', 'SEV2', 'SEV2', 'resolved', 15],
    ['a SEV3 is resolved', 'SEV3', 'SEV3', 'resolved', null],
  ] as const)('when %s', (_, from, to, status, wanted) => {
    expect(minutes(briefingAfterChange(policy, occasion({ from: stands(from), to: stands(to, status) })))).toBe(wanted)
  })

  it('by the earlier time, where one is owed already', () => {
    const due = (wait: number) =>
      minutes(
        briefingAfterChange(policy, occasion({ to: stands('SEV1', 'identified'), dueAt: plus(at, wait * MINUTE) })),
      )
    expect([due(5), due(15), due(29)]).toEqual([5, 15, 15])
  })

  it('afresh when it is resolved: what was owed of a running incident is void', () => {
    const resolved = occasion({ to: stands('SEV1', 'resolved'), dueAt: plus(at, -3 * MINUTE) })
    expect(minutes(briefingAfterChange(policy, resolved))).toBe(15)
    const minor = occasion({ to: stands('SEV3', 'resolved'), dueAt: plus(at, 3 * MINUTE) })
    expect(briefingAfterChange(policy, minor)).toBeNull()
  })

  it.each([
    [true, 15],
    [false, null],
  ])('after a false alarm only when they had been briefed (%s)', (briefed, wanted) => {
    const retracted = occasion({ to: stands('SEV1', 'resolved'), retracted: true, briefed, dueAt: plus(at, MINUTE) })
    expect(minutes(briefingAfterChange(policy, retracted))).toBe(wanted)
  })

  it.each([
    [true, 15],
    [false, null],
  ])('when it became part of another incident, only when they had been briefed on it (%s)', (briefed, wanted) => {
    const merged = occasion({ to: stands('SEV2', 'resolved'), merged: true, briefed, dueAt: plus(at, MINUTE) })
    expect(minutes(briefingAfterChange(policy, merged))).toBe(wanted)
  })
})

describe('a briefing promises the next one', () => {
  const next = (severity: Severity, asked: number | null = null, status: IncidentStatus = 'investigating') => {
    const promised = briefingAfterBriefing(policy, stands(severity, status), at, asked)
    return 'refused' in promised ? promised.refused.code : minutes(promised.dueAt)
  }

  it.each([
    ['SEV1', null, 'identified', 30],
    ['SEV1', 10, 'identified', 10],
    ['SEV1', 30, 'monitoring', 30],
    ['SEV1', 31, 'identified', 'cadence_exceeded'],
    ['SEV2', null, 'identified', null],
    ['SEV2', 60, 'identified', 60],
    ['SEV3', 8 * 24 * 60, 'identified', 'cadence_exceeded'],
    ['SEV1', null, 'resolved', null],
    ['SEV1', 30, 'resolved', 'resolved'],
  ] as const)('%s asked for %s minutes, %s: %s', (severity, asked, status, wanted) => {
    expect(next(severity, asked === null ? null : asked * MINUTE, status)).toBe(wanted)
  })
})

describe('the rules', () => {
  const matter = { severity: 'SEV2', componentIds: ['login'], businessUnits: ['Payments'] } as const
  const rule = { to: ['eve'], severities: [], components: [], businessUnit: null, channels: ['email'] } as const

  it.each([
    ['everything', {}, true],
    ['its severity', { severities: ['SEV1', 'SEV2'] }, true],
    ['another severity', { severities: ['SEV1'] }, false],
    ['its component', { components: ['api', 'login'] }, true],
    ['another component', { components: ['api'] }, false],
    ['its unit, however written', { businessUnit: 'payments ' }, true],
    ['another unit', { businessUnit: 'Warehouse' }, false],
    ['its component but another severity', { components: ['login'], severities: ['SEV1'] }, false],
  ] as const)('that ask for %s', (_, given, named) => {
    expect(namedByRules([{ ...rule, ...given }], matter).has('eve')).toBe(named)
  })

  it('name a person once, with the channels of all that name them', () => {
    const rules = [rule, { ...rule, to: ['eve', 'max'], channels: ['sms'] as const }]
    expect([...namedByRules(rules, matter)]).toEqual([
      ['eve', ['email', 'sms']],
      ['max', ['sms']],
    ])
  })
})

it('counts the words of the sentences and not those of the table', () => {
  const sentences = { headline: 'Two words', situation: ' one ', customerImpact: 'a\nb', businessImpact: 'unknown' }
  expect(wordsOfBriefing({ ...sentences, supportLoad: 'unknown' })).toBe(7)
})

it('reminds of a decision at its time and ten minutes later, and then no more', () => {
  expect([0, 1, 2].map((reminders) => minutes(reminderAt(at, reminders)))).toEqual([0, 10, null])
})
