import { expect, it } from 'vitest'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { pageWords, publishedJson, soon, staff } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const story = await startStory(carriedBy(smtp, twilio))
const ada = await staff(story, 'commander', 'Ada', '+4915112340001')
const boss = await staff(story, 'admin', 'Bea', '+4915112340003')
interface Alert {
  rung: string
  due_at: string
  fired_at: string
  deliveries: unknown[]
}
const alertsOf = async (id: string): Promise<Alert[]> => (await story.api('GET', `/incidents/${id}/alerts`)).body.data
const declare = async () => {
  const words = { title: 'Sign-in fails', severity: 'SEV1', body: 'It fails.', commander_id: ada.id }
  return (await story.api('POST', '/incidents', words)).body
}

it('holds a cadence of seconds in real time, on the page and in the alarm, for later promises only', async () => {
  const slow = await declare()
  const { body: policy } = await story.api('GET', '/cadence')
  const wanted = { ...policy, fallback: [boss.id], SEV1: { ...policy.SEV1, public: 'PT2S', monitoring: 'PT2S' } }
  const put = await story.api('PUT', '/cadence', wanted)
  expect(put.status).toBe(200)
  expect(put.body).toEqual({ ...wanted, version: policy.version + 1 })
  expect((await story.api('GET', `/incidents/${slow.id}`)).body.next_update_due_at).toBe(slow.next_update_due_at)

  const opened = await declare()
  const [said] = opened.updates
  expect(Date.parse(opened.next_update_due_at) - Date.parse(said.published_at)).toBe(2000)
  await soon(async () => expect(await pageWords(story, `/incidents/${opened.id}`)).toContain('Next update by'))
  expect(await pageWords(story, `/incidents/${opened.id}`)).not.toContain('is late')
  await soon(async () => expect(await pageWords(story, `/incidents/${opened.id}`)).toContain('has been alerted'))
  const file = await publishedJson(story, '/status.json')
  expect(file.incidents.find((each: { id: string }) => each.id === opened.id).overdue).toBe(true)
  await soon(async () => expect((await alertsOf(opened.id)).map(({ rung }) => rung)).toContain('sponsor'))
  const fired = (await alertsOf(opened.id)).filter(({ rung }) => rung !== 'reminder')
  expect(fired.length).toBeGreaterThanOrEqual(2)
  for (const { rung, due_at, fired_at, deliveries } of fired) {
    const late = Date.parse(fired_at) - Date.parse(due_at)
    expect(late, rung).toBeGreaterThanOrEqual(0)
    expect(late, rung).toBeLessThan(3000)
    expect(deliveries.length, rung).toBeGreaterThan(0)
  }
  await soon(() => expect(twilio.sent.map(({ to }) => to)).toContain(boss.phone))
  await soon(() => expect(smtp.received.flatMap(({ to }) => to)).toContain(boss.email))
  const mails = smtp.received.filter(({ mail }) => mail.subject === 'Late: SEV1 Sign-in fails')
  expect(new Set(mails.flatMap(({ to }) => to))).toEqual(new Set([ada.email, boss.email]))
  expect(new Set(twilio.sent.map(({ to }) => to))).toEqual(new Set([ada.phone, boss.phone]))
})

it('refuses an update that promises later than the new cadence allows', async () => {
  const { id } = await declare()
  const long = await story.api('POST', `/incidents/${id}/updates`, { body: 'Words.', next_update_in: 'PT3S' })
  expect(long.status).toBe(422)
  expect(long.body.errors).toEqual([
    { field: 'next_update_in', code: 'cadence_exceeded', message: 'SEV1 allows PT2S; you asked PT3S.' },
  ])
})
