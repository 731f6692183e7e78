import { expect, test } from 'vitest'
import { wordsOf } from '../support/forms.ts'
import { testWorld } from '../support/world.ts'

const house = await testWorld()

test('a used up link of a subscriber is told in a page of the company, without a word about the console', async () => {
  const answer = await house.visitor().get('/subscriptions/confirm?token=used')
  expect(answer.status).toBe(410)
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
  const words = wordsOf(await answer.text())
  expect(words).toContain('Northwind Cloud')
  expect(words).not.toMatch(/console|sign in/i)
})

test('another refusal of a public form is one plain sentence', async () => {
  const answer = await house.visitor().get('/subscriptions/unsubscribe?token=forged')
  expect(answer.status).toBe(404)
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(await answer.text()).toMatch(/^This link is not complete\./)
})
