import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { approvalHindrance, approvalWait } from '../../api/domain/approval.ts'
import { cadencePolicySchema, defaultPolicy } from '../../api/domain/cadence.ts'
import { DAY, durationOf, MINUTE, plus } from '../../api/domain/duration.ts'
import { leavesAt, releaseTime } from '../../api/domain/hold.ts'
import { SEVERITIES } from '../../api/domain/severity.ts'

/** The cadence as installed, with these waits for approval. */
function policyOf(waits: Partial<Record<(typeof SEVERITIES)[number], string>>) {
  const policy = defaultPolicy()
  for (const severity of SEVERITIES) policy[severity].approval = waits[severity] ?? null
  return policy
}

describe('how long an update waits for approval', () => {
  test.each([
    ['nothing is asked', {}, ['SEV1', 'SEV1'], null],
    ['its severity asks', { SEV1: 'PT5M' }, ['SEV1', 'SEV1'], 5 * MINUTE],
    ['only another severity asks', { SEV1: 'PT5M' }, ['SEV2', 'SEV2'], null],
    ['lowering would escape it', { SEV1: 'PT5M' }, ['SEV1', 'SEV2'], 5 * MINUTE],
    ['raising comes under it', { SEV1: 'PT5M', SEV2: 'PT2M' }, ['SEV2', 'SEV1'], 5 * MINUTE],
  ] as const)('%s', (_, waits, severities, expected) => {
    expect(approvalWait(policyOf(waits), severities)).toBe(expected)
  })

  it('is a term that may be left out of a cadence, and then is none', () => {
    const { approval: _, ...without } = defaultPolicy().SEV1
    expect(cadencePolicySchema.parse({ ...defaultPolicy(), SEV1: without })).toEqual(defaultPolicy())
  })

  it.each(['PT0S', 'PT25H', 'soon', '-PT5M'])('is refused as %s', (approval) => {
    const wanted = { ...defaultPolicy(), SEV1: { ...defaultPolicy().SEV1, approval } }
    expect(cadencePolicySchema.safeParse(wanted).success).toBe(false)
  })
})

const POSTED = new Date('2026-11-12T14:00:00.000Z')
const length = (most: number) => fc.integer({ min: 0, max: most })

it('an update that waits for approval is published at or before its due time, whatever the cadence and the time', () => {
  const waits = fc.record(Object.fromEntries(SEVERITIES.map((each) => [each, fc.integer({ min: 1000, max: DAY })])))
  const severity = fc.constantFrom(...SEVERITIES)
  const due = fc.option(fc.integer({ min: -DAY, max: DAY }), { nil: null })
  fc.assert(
    fc.property(waits, severity, severity, length(DAY), due, due, (lengths, before, after, hold, dueIn, raisedTo) => {
      const asked = Object.fromEntries(Object.entries(lengths).map(([each, ms]) => [each, durationOf(ms)]))
      const wait = approvalWait(policyOf(asked), [before, after])!
      const dueAt = dueIn === null ? null : plus(POSTED, dueIn)
      const releaseAt = releaseTime(POSTED, Math.max(hold, wait), dueAt)
      // Out at once: there was no time to wait.
      if (releaseAt === null) return dueAt !== null && plus(dueAt, -2_000) <= POSTED
      // The promise may come nearer while it waits: somebody raises the severity.
      const later = raisedTo === null ? dueAt : plus(POSTED, raisedTo)
      const promises = [dueAt, later].flatMap((each) => (each === null ? [] : [each]))
      const nearest = promises.length === 0 ? null : new Date(Math.min(...promises.map((each) => each.getTime())))
      const leaves = leavesAt(releaseAt, nearest)
      return (nearest === null || leaves < nearest) && leaves <= plus(POSTED, Math.max(hold, wait))
    }),
  )
})

describe('who may approve', () => {
  const ada = { kind: 'person', id: 'ada', personId: 'ada' }
  test.each([
    ['another person', { authorId: 'bob', authorKeyId: null }, ada, null],
    ['its author', { authorId: 'ada', authorKeyId: null }, ada, 'own_update'],
    [
      'its author by a key of theirs',
      { authorId: 'ada', authorKeyId: null },
      { kind: 'key', id: 'k1', personId: 'ada' },
      'own_update',
    ],
    [
      'the key that wrote it',
      { authorId: null, authorKeyId: 'k1' },
      { kind: 'key', id: 'k1', personId: null },
      'own_update',
    ],
    ['a person, of what a program wrote', { authorId: null, authorKeyId: 'k1' }, ada, null],
    [
      'a program that is nobody’s',
      { authorId: 'bob', authorKeyId: null },
      { kind: 'key', id: 'k1', personId: null },
      'approver_unknown',
    ],
    [
      'the command line without a name',
      { authorId: null, authorKeyId: null },
      { kind: 'system', id: null, personId: null },
      'approver_unknown',
    ],
  ] as const)('%s', (_, author, approver, expected) => {
    expect(approvalHindrance(author, approver)).toBe(expected)
  })
})
