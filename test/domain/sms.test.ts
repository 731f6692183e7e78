import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isGsm7, withTwins } from '../../api/domain/gsm7.ts'
import { fitSms, sizeOf } from '../../api/domain/sms.ts'

describe('segments', () => {
  it.each([
    ['160 GSM', 'a'.repeat(160), 'GSM-7', 1],
    ['161 GSM', 'a'.repeat(161), 'GSM-7', 2],
    ['306 GSM', 'a'.repeat(306), 'GSM-7', 2],
    ['307 GSM', 'a'.repeat(307), 'GSM-7', 3],
    ['70 UCS-2', 'ř'.repeat(70), 'UCS-2', 1],
    ['71 UCS-2', 'ř'.repeat(71), 'UCS-2', 2],
    ['134 UCS-2', 'ř'.repeat(134), 'UCS-2', 2],
    ['135 UCS-2', 'ř'.repeat(135), 'UCS-2', 3],
    ['158 and a euro sign', `${'a'.repeat(158)}€`, 'GSM-7', 1],
    ['159 and a euro sign', `${'a'.repeat(159)}€`, 'GSM-7', 2],
    ['a euro sign across the seam', `${'a'.repeat(152)}€${'a'.repeat(152)}`, 'GSM-7', 3],
    ['35 emoji', '🎉'.repeat(35), 'UCS-2', 1],
    ['36 emoji', '🎉'.repeat(36), 'UCS-2', 2],
    ['nothing', '', 'GSM-7', 1],
  ])('of %s are counted as carriers count them', (_, text, encoding, segments) =>
    expect(sizeOf(text)).toMatchObject({ encoding, segments }),
  )
})

it.each([
  ['“Sign-in” isn’t working – we’re on it…', '"Sign-in" isn\'t working - we\'re on it...'],
  ['5\u00a0min — EU → US', '5 min - EU -> US'],
  ['Dvořák, 京都', 'Dvořák, 京都'],
  ['äöüÄÖÜß éè ñ à', 'äöüÄÖÜß éè ñ à'],
])('%j reads %j in plain twins', (text, plain) => expect(withTwins(text)).toBe(plain))

describe('a text that has to fit', () => {
  const before = 'Northwind SEV1 14:04 UTC: '
  const after = ' Next update by 14:15. nwc.example/i/k3f9a7c2m1qz'
  const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 14 })
  const titles = fc.oneof(
    fc.array(fc.lorem({ maxCount: 3 }), { maxLength: 30 }).map((words) => words.join(' ')),
    fc.array(word, { maxLength: 60 }).map((words) => words.join(' ')),
    fc.string({ unit: 'grapheme', maxLength: 500 }),
  )

  it('never exceeds two segments and never loses its beginning, its promise or its link', () => {
    fc.assert(
      fc.property(titles, (title) => {
        const text = fitSms(before, title, after)
        return sizeOf(text).segments <= 2 && text.startsWith(before) && text.endsWith(after)
      }),
      { numRuns: 10_000 },
    )
  })

  it('is cut after a whole word and says so', () => {
    const text = fitSms(before, 'signing in fails for some customers '.repeat(20), after)
    expect(text.slice(before.length, -after.length)).toMatch(
      /^(signing in fails for some customers )*.*(signing|in|fails|for|some|customers)\.\.\.$/,
    )
    expect(sizeOf(text).units).toBeGreaterThan(280)
    expect(sizeOf(text).units).toBeLessThanOrEqual(306)
  })

  it('stays whole and in the cheap alphabet when typographic characters are all that stands against it', () => {
    const text = fitSms(before, 'We’re on it – “EU” first…', after)
    expect(isGsm7(text)).toBe(true)
    expect(text).toContain('We\'re on it - "EU" first...')
  })

  it('is cut between letters where a script has no spaces', () => {
    const text = fitSms(before, 'サインインできません'.repeat(30), after)
    expect(sizeOf(text)).toMatchObject({ encoding: 'UCS-2', segments: 2 })
    expect(text).toContain('サインイン')
  })
})
