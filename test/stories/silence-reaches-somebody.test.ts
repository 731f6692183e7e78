import { expect, it } from 'vitest'
import { MINUTE } from '../../api/domain/duration.ts'
import { wordsOf } from '../support/forms.ts'
import { freePort } from '../support/port.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { askForNoBriefings, pageWords, signIn, soon, staff } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const twilio = await testTwilio()
const deadMail = { url: `smtp://127.0.0.1:${await freePort()}` }
const story = await startStory(carriedBy(deadMail, twilio))
await askForNoBriefings(story)
const boss = await staff(story, 'admin', 'Bea', '+4915112340003')
const cookie = await signIn(story, boss.email)
const REFUSES = { status: 401, code: 20003, message: 'Authenticate' }

const console_ = async () => wordsOf(await (await story.visit('/console', { headers: { cookie } })).text())
const ready = async () => {
  const answer = await story.visit('/readyz')
  return { status: answer.status, ...(await answer.json()).checks }
}

let id = ''

it('while neither carrier works, the page says late but never that anybody was alerted', async () => {
  twilio.faults.push(...Array.from({ length: 50 }, () => REFUSES))
  const opened = await story.api('POST', '/incidents', {
    title: 'Sign-in fails',
    severity: 'SEV1',
    body: 'Some customers cannot sign in.',
    commander_id: boss.id,
  })
  id = opened.body.id
  await story.later(15.1 * MINUTE)
  await soon(async () => expect(await pageWords(story, '/')).toContain('is late'))
  await soon(() => expect(twilio.requests.length).toBeGreaterThan(0))
  const page = await pageWords(story, '/')
  expect(page).toContain('The team is still at work.')
  expect(page).not.toContain('alerted')
})

it('then the console says so first, /readyz is 503, and the process still lives', async () => {
  await soon(async () => expect(await ready()).toMatchObject({ status: 503, mail: 'failing', sms: 'failing' }))
  expect(await console_()).toContain('Neither mail nor SMS gets through')
  expect((await story.visit('/healthz')).status).toBe(200)
  const { body } = await story.api('GET', `/incidents/${id}/alerts`)
  const states = body.data.flatMap((alert: { deliveries: { state: string }[] }) => alert.deliveries.map((d) => d.state))
  expect(states).not.toContain('accepted')
})

it('with mail still down SMS goes alone, and only then the page says that the team was alerted', async () => {
  twilio.faults.length = 0
  await story.later(2 * MINUTE)
  const sent = await twilio.waitFor(1)
  expect(sent[0]!.to).toBe(boss.phone)
  await soon(async () => expect(await pageWords(story, '/')).toContain('is still at work and has been alerted.'))
  await soon(async () => expect(await ready()).toMatchObject({ status: 200, mail: 'failing', sms: 'ok' }))
  expect(await console_()).toContain('Mail does not get through')
  expect(await console_()).not.toContain('Neither mail nor SMS')
})
