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

test('a link that a mail program cut in two says so in a page as well, in the language of the browser', async () => {
  for (const path of ['/subscriptions/unsubscribe?token=forged', '/subscriptions/manage', '/s/forged']) {
    const answer = await house.visitor().get(path)
    expect(answer.status, path).toBe(404)
    expect(wordsOf(await answer.text()), path).toContain('This link is not complete')
  }
  const inArabic = { headers: { 'accept-language': 'ar-EG,ar;q=0.9,en;q=0.5' } }
  const words = wordsOf(await (await house.app.request('/subscriptions/manage?token=forged', inArabic)).text())
  expect(words).toContain('هذا الرابط غير مكتمل')
})

test('another refusal of a public form is one plain sentence', async () => {
  const notAForm = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' }
  const answer = await house.app.request('/subscriptions/manage?token=forged', notAForm)
  expect(answer.status).toBe(415)
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(await answer.text()).toMatch(/^\S.*\.\n$/)
})
