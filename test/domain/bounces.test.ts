import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeBounce } from '../../api/domain/bounce-codes.ts'
import { DAY, HOUR, plus } from '../../api/domain/duration.ts'
import { deliveryOfMessageId, deliveryOfReturnAddress, returnAddress } from '../../api/domain/report.ts'
import { staysDead } from '../../api/domain/soft-bounces.ts'
import { blameOf } from '../../api/domain/suppression.ts'
import { TWILIO_CODES } from '../../api/domain/twilio-codes.ts'

describe('what a bounce says of the address', () => {
  it.each([
    ['5.1.1', null, 'hard'],
    ['5.1.2', null, 'hard'],
    ['5.1.3', null, 'hard'],
    ['5.1.6', null, 'hard'],
    ['5.1.10', null, 'hard'],
    ['5.1.7', null, 'blameless'],
    ['5.1.8', null, 'blameless'],
    ['4.1.1', null, 'soft'],
    ['5.2.1', null, 'soft'],
    ['5.2.2', null, 'soft'],
    ['4.2.2', null, 'soft'],
    ['5.2.3', null, 'blameless'],
    ['5.3.0', null, 'soft'],
    ['5.3.4', null, 'blameless'],
    ['4.4.7', null, 'soft'],
    ['5.4.4', null, 'soft'],
    ['5.5.2', null, 'blameless'],
    ['5.6.1', null, 'blameless'],
    ['5.7.1', null, 'blameless'],
    ['5.7.26', null, 'blameless'],
    ['5.7.515', null, 'blameless'],
    ['4.7.28', null, 'blameless'],
    ['5.99.1', null, 'blameless'],
    [null, null, 'blameless'],
    ['5.0.0', null, 'blameless'],
    ['5.0.0', '550 Message rejected', 'blameless'],
    ['5.0.0', '550 No such user here', 'soft'],
    [null, '550 Unrouteable address', 'soft'],
    ['5.0.0', 'smtp; 550 5.1.1 no such user', 'hard'],
    [null, '550 5.1.1 no such user', 'hard'],
    ['5.1.1', '550 5.7.1 blocked by policy', 'blameless'],
    ['5.1.1', 'sent by mailer 5.7.1.2', 'hard'],
    ['5.0.0', '550 see 4.1.1.9', 'blameless'],
  ])('%s with the words %j is %s', (status, words, meaning) => expect(judgeBounce(status, words).meaning).toBe(meaning))

  const numbers = fc.integer({ min: 0, max: 999 })

  it('is never against it when the code is one of policy, whatever else is said', () => {
    fc.assert(
      fc.property(fc.constantFrom(4, 5), numbers, fc.string(), (level, detail, words) => {
        expect(judgeBounce(`${level}.7.${detail}`, words).meaning).toBe('blameless')
      }),
    )
  })

  it('proves a death only by a code of class 5 about the address', () => {
    const code = fc.tuple(fc.constantFrom(4, 5), numbers, numbers).map((parts) => parts.join('.'))
    fc.assert(
      fc.property(
        fc.option(code, { nil: null }),
        fc.option(fc.oneof(code, fc.string()), { nil: null }),
        (status, words) => {
          const { meaning, enhancedCode } = judgeBounce(status, words)
          if (meaning === 'hard') expect(enhancedCode).toMatch(/^5\.1\./)
        },
      ),
    )
  })
})

describe('soft bounces', () => {
  const NOW = new Date('2026-11-12T14:00:00Z')
  const ago = (...days: number[]) => days.map((day) => plus(NOW, -day * DAY))

  it.each([
    ['one', ago(0), false],
    ['four over a week', ago(7, 5, 3, 0), false],
    ['five over three days', ago(3, 2, 1, 1, 0), true],
    ['five within one outage of two days', ago(2, 2, 1, 1, 0), false],
    ['five, of which one is forgotten', ago(31, 20, 10, 5, 0), false],
    ['six over a month', ago(30, 20, 10, 5, 1, 0), true],
  ])('%s: given up %s', (_, times, given) => expect(staysDead(times, NOW)).toBe(given))

  it('within three days never suffice, however many', () => {
    const within = fc.integer({ min: 0, max: 3 * DAY - 1 })
    fc.assert(
      fc.property(
        fc.array(
          within.map((wait) => plus(NOW, -wait)),
          { maxLength: 50 },
        ),
        (times) => {
          expect(staysDead(times, NOW)).toBe(false)
        },
      ),
    )
  })

  it('are counted in whatever order they are heard of', () => {
    const times = fc.array(fc.integer({ min: 0, max: 40 * 24 }).map((hours) => plus(NOW, -hours * HOUR)))
    fc.assert(
      fc.property(times, (each) => {
        expect(staysDead(each.toReversed(), NOW)).toBe(staysDead(each, NOW))
      }),
    )
  })
})

describe('what a refused attempt says against the address', () => {
  const permanent = (code: string, enhancedCode: string | null, reason: string) =>
    ({ kind: 'permanent', code, enhancedCode, reason }) as const

  it.each([
    [permanent('550', '5.1.1', '550 5.1.1 no'), { kind: 'suppress', reason: 'bounce' }],
    [permanent('552', '5.2.2', '552 5.2.2 full'), { kind: 'count' }],
    [permanent('550', '5.7.515', '550 5.7.515 denied'), { kind: 'none' }],
    [permanent('554', null, '554 no thank you'), { kind: 'none' }],
    [{ kind: 'not_sent', code: '450', enhancedCode: '4.2.2', reason: '450 4.2.2 full' } as const, { kind: 'none' }],
    [{ kind: 'channel', code: 'EAUTH', reason: '535 5.7.8 no' } as const, { kind: 'none' }],
    [{ kind: 'unknown', code: 'ECONNECTION', reason: '5.1.1' } as const, { kind: 'none' }],
    [{ kind: 'accepted', providerId: null } as const, { kind: 'none' }],
  ])('by mail: %j: %j', (outcome, blame) => expect(blameOf('email', outcome)).toEqual(blame))

  it('by SMS: bad numbers are given up, refusals by filters, countries and networks are not', () => {
    const given = Object.keys(TWILIO_CODES).filter((code) => blameOf('sms', permanent(code, null, '')).kind !== 'none')
    expect(given).toEqual(['21211', '21614', '21635', '30005', '30006'])
    expect(blameOf('sms', permanent('30005', null, ''))).toEqual({ kind: 'suppress', reason: 'bad_number' })
    const optedOut = { kind: 'opted_out', code: '21610', reason: 'opted_out' } as const
    expect(blameOf('sms', optedOut)).toEqual({ kind: 'suppress', reason: 'opted_out' })
  })
})

describe('a return address', () => {
  const id = fc.stringMatching(/^[a-z0-9]{12}$/)

  it('names the delivery it was made for, whatever servers did to its case', () => {
    fc.assert(
      fc.property(id, (each) => {
        const address = returnAddress(each, 'bounce.example.com')
        expect(deliveryOfReturnAddress(address, 'bounce.example.com')).toBe(each)
        expect(deliveryOfReturnAddress(`<${address.toUpperCase()}>`, 'bounce.example.com')).toBe(each)
      }),
    )
  })

  it.each([
    'bounce+abcdefghijkl@elsewhere.example',
    'bounce+abcdefghijkl@bounce.example.com.evil.example',
    'bounce+abcdefghijk@bounce.example.com',
    'bounce+abcdefghijklm@bounce.example.com',
    "bounce+abcdefghij'--@bounce.example.com",
    'abcdefghijkl@bounce.example.com',
    'x@x bounce+abcdefghijkl@bounce.example.com',
    '',
  ])('%j names none', (address) => expect(deliveryOfReturnAddress(address, 'bounce.example.com')).toBeNull())

  it.each([
    ['<abcdefghijkl@northwind.example>', 'abcdefghijkl'],
    ['abcdefghijkl@northwind.example', 'abcdefghijkl'],
    ['<incident-abcdefghijkl@northwind.example>', null],
    ['<010201@email.example>', null],
    ['', null],
  ])('the Message-ID %j names %j', (name, named) => expect(deliveryOfMessageId(name)).toBe(named))
})
