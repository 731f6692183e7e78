import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  cadencePolicySchema,
  defaultPolicy,
  isOverdue,
  longestSilence,
  promiseOfDeclaration,
  promiseOfSeverity,
  promiseOfUpdate,
} from '../../api/domain/cadence.ts'
import { DAY, MINUTE, plus } from '../../api/domain/duration.ts'
import { INCIDENT_STATUSES } from '../../api/domain/lifecycle.ts'
import { SEVERITIES, type Severity } from '../../api/domain/severity.ts'

const policy = defaultPolicy()
const at = new Date('2026-11-12T14:30:00.000Z')
const minutes = (date: Date | null) => (date === null ? null : (date.getTime() - at.getTime()) / MINUTE)

describe('the cadence of a fresh installation', () => {
  it('is one that PUT /cadence would take', () => {
    expect(cadencePolicySchema.parse(policy)).toEqual(policy)
  })

  it.each([
    ['SEV1', 'investigating', 15],
    ['SEV1', 'identified', 15],
    ['SEV1', 'monitoring', 30],
    ['SEV2', 'investigating', 30],
    ['SEV2', 'monitoring', 60],
    ['SEV3', 'identified', 60],
    ['SEV3', 'monitoring', 60],
    ['SEV4', 'investigating', null],
    ['SEV4', 'monitoring', null],
  ] as const)('lets a %s that is %s be silent for %s minutes', (severity, status, allowed) => {
    expect(longestSilence(policy, severity, status)).toBe(allowed === null ? null : allowed * MINUTE)
  })

  it.each([
    ['SEV1', 5],
    ['SEV2', 5],
    ['SEV3', 15],
    ['SEV4', null],
  ] as const)('gives the first word on a %s %s minutes', (severity, allowed) => {
    expect(minutes(promiseOfDeclaration(policy, severity, at))).toBe(allowed)
  })
})

describe('the promise of an update', () => {
  const promise = (severity: Severity, asked: Parameters<typeof promiseOfUpdate>[1]['asked']) =>
    promiseOfUpdate(policy, { severity, status: 'identified', publishedAt: at, asked })

  it('is the longest silence allowed when nothing is asked for', () => {
    expect(promise('SEV1', null)).toEqual({ dueAt: plus(at, 15 * MINUTE) })
  })

  it('is what the author asks for when that is sooner', () => {
    expect(promise('SEV1', { in: 5 * MINUTE })).toEqual({ dueAt: plus(at, 5 * MINUTE) })
    expect(promise('SEV1', { at: plus(at, 15 * MINUTE) })).toEqual({ dueAt: plus(at, 15 * MINUTE) })
  })

  it('is refused when it is later than policy allows, saying both', () => {
    expect(promise('SEV1', { in: 40 * MINUTE })).toEqual({
      refused: {
        field: 'next_update_in',
        code: 'cadence_exceeded',
        message: 'SEV1 allows PT15M; you asked PT40M.',
      },
    })
    expect(promise('SEV2', { at: plus(at, 30 * MINUTE + 1) })).toMatchObject({ refused: { field: 'next_update_at' } })
  })

  describe('beyond the cadence (C3)', () => {
    const extended = (minutesOld: number, wanted: number, reason: string | null = 'waiting for the vendor') =>
      promiseOfUpdate(policy, {
        severity: 'SEV1',
        status: 'identified',
        publishedAt: at,
        asked: { in: wanted * MINUTE },
        extension: { age: minutesOld * MINUTE, reason },
      })

    it.each([
      ['at 119 minutes', extended(119, 20), 'cadence_exceeded'],
      ['without a reason', extended(121, 20, null), 'cadence_exceeded'],
      ['further than policy extends', extended(121, 31), 'cadence_exceeded'],
      ['with a reason for what needs none', extended(121, 15), 'contradiction'],
    ])('is refused %s', (_, given, code) => expect(given).toMatchObject({ refused: { code } }))

    it.each([
      [120, 16],
      [121, 30],
    ])('is given at %i minutes with a reason, for %i minutes', (age, wanted) =>
      expect(extended(age, wanted)).toEqual({ dueAt: plus(at, wanted * MINUTE) }),
    )

    it('says what would make it possible', () => {
      expect(extended(121, 20, null)).toMatchObject({
        refused: { message: 'SEV1 allows PT15M; you asked PT20M. With extension_reason it allows PT30M.' },
      })
      expect(extended(60, 20)).toMatchObject({
        refused: { message: expect.stringContaining('More can be promised once the incident is PT2H old.') },
      })
    })
  })

  it('is refused when it does not lie ahead', () => {
    expect(promise('SEV1', { at })).toMatchObject({ refused: { code: 'in_the_past' } })
  })

  it('may be given freely where the cadence asks for none, for up to a week', () => {
    expect(promise('SEV4', { in: 7 * DAY })).toEqual({ dueAt: plus(at, 7 * DAY) })
    expect(promise('SEV4', { in: 7 * DAY + 1 })).toMatchObject({ refused: { code: 'cadence_exceeded' } })
  })

  it('ends with the resolution, which cannot give another', () => {
    const resolved = { severity: 'SEV1', status: 'resolved', publishedAt: at } as const
    expect(promiseOfUpdate(policy, { ...resolved, asked: null })).toEqual({ dueAt: null })
    expect(promiseOfUpdate(policy, { ...resolved, asked: { in: MINUTE } })).toMatchObject({
      refused: { code: 'resolved' },
    })
  })

  it('never lies further ahead than the longest silence, whatever is asked', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SEVERITIES),
        fc.constantFrom(...INCIDENT_STATUSES),
        fc.integer({ min: -DAY, max: 30 * DAY }),
        (severity, status, asked) => {
          const given = promiseOfUpdate(policy, { severity, status, publishedAt: at, asked: { in: asked } })
          const limit = longestSilence(policy, severity, status)
          if ('refused' in given) return asked <= 0 || asked > (limit ?? 7 * DAY) || status === 'resolved'
          return given.dueAt !== null && given.dueAt.getTime() - at.getTime() === asked
        },
      ),
    )
  })
})

describe('a change of severity without an update', () => {
  const change = (from: Severity, to: Severity, dueIn: number | null, spoken = true) =>
    minutes(
      promiseOfSeverity(policy, {
        from,
        to,
        status: 'investigating',
        spoken,
        dueAt: dueIn === null ? null : plus(at, dueIn * MINUTE),
        now: at,
      }),
    )

  it.each([
    ['tightens the promise when raised', 'SEV2', 'SEV1', 25, 15],
    ['keeps the earlier promise when raised', 'SEV2', 'SEV1', 10, 10],
    ['gives a promise where there was none', 'SEV4', 'SEV1', null, 15],
    ['lets the old promise stand when lowered', 'SEV1', 'SEV3', 7, 7],
    ['lets there be none when lowered from none', 'SEV3', 'SEV4', null, null],
  ] as const)('%s', (_, from, to, due, expected) => {
    expect(change(from, to, due)).toBe(expected)
  })

  it('counts the first-update clock while nothing has been said', () => {
    expect(change('SEV3', 'SEV1', 14, false)).toBe(5)
  })
})

describe('a promise', () => {
  it('is kept at the very instant and broken a millisecond later', () => {
    expect(isOverdue(at, at)).toBe(false)
    expect(isOverdue(at, plus(at, 1))).toBe(true)
    expect(isOverdue(null, at)).toBe(false)
  })

  it.each(['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'])(
    'counts minutes that pass, also across the clock changes of %s',
    (zone) => {
      for (const month of [2, 3, 9, 10])
        for (let day = 1; day <= 31; day += 1) {
          const published = new Date(Date.UTC(2026, month, day, 0, 50))
          const given = promiseOfUpdate(policy, {
            severity: 'SEV1',
            status: 'identified',
            publishedAt: published,
            asked: null,
          })
          const local = Temporal.Instant.fromEpochMilliseconds(published.getTime()).toZonedDateTimeISO(zone)
          const due = local.add({ minutes: 15 }).epochMilliseconds
          expect('dueAt' in given && given.dueAt!.getTime()).toBe(due)
        }
    },
  )
})

describe('what PUT /cadence refuses', () => {
  const broken = (change: (policy: ReturnType<typeof defaultPolicy>) => void) => {
    const draft = defaultPolicy()
    change(draft)
    return cadencePolicySchema.safeParse(draft).success
  }

  it.each([
    [
      'an interval of zero',
      (draft) => {
        draft.SEV1.public = 'PT0S'
      },
    ],
    [
      'an interval that is no duration',
      (draft) => {
        draft.SEV1.public = '15 minutes'
      },
    ],
    [
      'an interval in months',
      (draft) => {
        draft.SEV1.public = 'P1M'
      },
    ],
    [
      'an unknown time zone',
      (draft) => {
        draft.time_zone = 'Mars/Olympus'
      },
    ],
    [
      'a sixth rung',
      (draft) =>
        void draft.SEV1.ladder.push({ ...draft.SEV1.ladder[0]!, name: 'a' }, { ...draft.SEV1.ladder[0]!, name: 'b' }),
    ],
    ['two rungs of one name', (draft) => void draft.SEV1.ladder.push({ ...draft.SEV1.ladder[0]! })],
    [
      'a rung for nobody',
      (draft) => {
        draft.SEV1.ladder[0]!.to = []
      },
    ],
    [
      'a rung at no time',
      (draft) => {
        draft.SEV1.ladder[0]!.at = 'soon'
      },
    ],
  ] as [string, (policy: ReturnType<typeof defaultPolicy>) => void][])('%s', (_, change) => {
    expect(broken(change)).toBe(false)
  })

  it('takes intervals down to seconds', () => {
    expect(
      broken((draft) => {
        draft.SEV1.public = 'PT2S'
      }),
    ).toBe(true)
  })
})
