import fc from 'fast-check'
import { expect, it } from 'vitest'
import { headlineOf, shorten } from '../../api/domain/headline.ts'

it.each([
  ['Some customers cannot sign in. We are looking into it.', 'Some customers cannot sign in.'],
  ['**EU is back.** US follows', 'EU is back.'],
  ['One line\nanother', 'One line'],
  ['', ''],
  [
    'The cause is a change to our session store made at 13:55 UTC and we are rolling it back region by region now.',
    'The cause is a change to our session store made at 13:55 UTC and we are rolling it back…',
  ],
])('the headline of %j is %j', (body, headline) => expect(headlineOf(body)).toBe(headline))

it('a headline never exceeds 90 characters, whatever the body', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (body) => [...headlineOf(body)].length <= 90))
})

it('a text without spaces is cut between letters, never inside one', () => {
  expect(shorten('サインインできない'.repeat(20), 20)).toBe('サインインできないサインインできないサ…')
  expect(shorten('👩‍🚒'.repeat(20), 8)).toBe('👩‍🚒👩‍🚒…')
})
