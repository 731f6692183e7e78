import { expect, it } from 'vitest'
import { someSubscriber } from '../support/delivering.ts'
import { signed } from '../support/twilio.ts'
import { testWorld } from '../support/world.ts'

it.each([
  ['ar', 'STOP', 'لن تصلك رسائل بعد الآن'],
  ['ar', 'HELP', 'رسائل عن الأعطال'],
  ['en', 'STOP', 'you will get no more messages'],
])('a number that hears from us in %s is answered %s in that language', async (locale, Body, words) => {
  const authToken = 'twilio-auth-token-of-the-test'
  const house = await testWorld({ twilio: { authToken, optOut: 'sitrep' } })
  await someSubscriber(house, '+4915112345670', { locale })
  const params = { MessageSid: 'SM1', From: '+4915112345670', Body }
  const answer = await house.app.request('http://localhost:3000/hooks/twilio/inbound', {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': signed('http://localhost:3000/hooks/twilio/inbound', params, authToken),
    },
    body: new URLSearchParams(params).toString(),
  })
  const text = await answer.text()
  expect(text).toContain(words)
  expect(text.includes('http://localhost:3000/s/')).toBe(Body === 'HELP')
})
