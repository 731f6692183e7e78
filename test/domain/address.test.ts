import { describe, expect, it } from 'vitest'
import { countryAllowed, isKnownRange, limitKey, parseAddress } from '../../api/domain/address.ts'

describe('an email address', () => {
  it.each([
    ['ada@example.com', 'ada@example.com', 'ada@example.com'],
    [' ada@example.com ', 'ada@example.com', 'ada@example.com'],
    ['Ada@EXAMPLE.com', 'Ada@EXAMPLE.com', 'Ada@example.com'],
    ['ada+status@example.com', 'ada+status@example.com', 'ada+status@example.com'],
    ["o'neil@example.co.uk", "o'neil@example.co.uk", "o'neil@example.co.uk"],
    ['ada@bücher.example', 'ada@bücher.example', 'ada@xn--bcher-kva.example'],
    [`${'l'.repeat(64)}@example.com`, `${'l'.repeat(64)}@example.com`, `${'l'.repeat(64)}@example.com`],
    ['a.b.c@x.y.z.example', 'a.b.c@x.y.z.example', 'a.b.c@x.y.z.example'],
  ])('%j is kept as %j and compared as %j', (typed, address, key) =>
    expect(parseAddress('email', typed)).toEqual({ address, key }),
  )

  it.each([
    '"v@a.test <evil@x.test>"',
    'v@a.test <evil@x.test>',
    'a@b, evil@x',
    'a@b.test, evil@x.test',
    'a@b\r\nBcc: evil@x',
    'a@b.test\r\nBcc: evil@x.test',
    'g:e@x,f@x;',
    'g:e@x.test;',
    '<a@b.test>',
    '"a b"@x.test',
    'a@b@c.test',
    'a b@x.test',
    'a..b@x.test',
    '.a@x.test',
    'a.@x.test',
    'a@localhost',
    'a@[127.0.0.1]',
    'a@127.0.0.1',
    'a@-x.test',
    'a@x..test',
    'a@x.test.',
    'a@x.test\n',
    'a@x.test\0',
    'a(comment)@x.test',
    'münchen@x.test',
    'a@x.te%73t',
    '@x.test',
    'a@',
    '',
    `${'l'.repeat(65)}@example.com`,
    `a@${'x'.repeat(60)}.${'y'.repeat(60)}.${'z'.repeat(60)}.${'w'.repeat(60)}.${'v'.repeat(10)}.test`,
  ])('%j is refused', (typed) => expect(parseAddress('email', typed)).toHaveProperty('refused.field', 'address'))

  it('keeps the case of its local part for comparing, but not for the limits against bombing', () => {
    expect(parseAddress('email', 'A@x.test')).not.toEqual(parseAddress('email', 'a@x.test'))
    expect(limitKey('A@x.test')).toBe(limitKey('a@x.test'))
  })
})

describe('a phone number', () => {
  it.each([
    ['+49 151 23456789', '+4915123456789'],
    ['+44 (0)7911 123456', '+447911123456'],
    ['+1 555-123-4567', '+15551234567'],
    ['+1 212 555 0100 ext. 5', '+12125550100'],
    [' +18005551212 ', '+18005551212'],
  ])('%j is kept as %j', (typed, e164) => expect(parseAddress('sms', typed)).toEqual({ address: e164, key: e164 }))

  it.each([
    '07911123456',
    '+1',
    '+49',
    '+123456789012345678',
    'call +4915123456789',
    '+1 800 FLOWERS',
    '',
    '+',
    '+49151\n23456789',
  ])('%j is refused', (typed) => expect(parseAddress('sms', typed)).toHaveProperty('refused.code', 'phone_invalid'))

  it('outside the known ranges is taken, and known to be doubtful', () => {
    expect(isKnownRange('+15551234567')).toBe(false)
    expect(isKnownRange('+4915123456789')).toBe(true)
  })

  it.each([
    ['+4915123456789', [], true],
    ['+4915123456789', ['DE', 'US'], true],
    ['+4915123456789', ['49'], true],
    ['+4915123456789', ['+49'], true],
    ['+4915123456789', ['US', '44'], false],
  ])('%j with the countries %j allowed is answered %j', (e164, allowed, answer) =>
    expect(countryAllowed(e164, allowed)).toBe(answer),
  )
})
