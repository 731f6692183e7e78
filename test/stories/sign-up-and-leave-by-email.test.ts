import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { HOUR, MINUTE } from '../../api/domain/duration.ts'
import { confirmations, deliveries, subscribers } from '../../db/schema.ts'
import { fieldsOf, wordsOf } from '../support/forms.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { headersOf, testSmtp } from '../support/smtp.ts'
import { follow, post, published, soon } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const story = await startStory(carriedBy(smtp, twilio))
const LENA = 'lena@customer.example'
const opened = await story.api('POST', '/incidents', { title: 'Sign-in fails', severity: 'SEV1', body: 'It fails.' })

const signUp = async (address: string) => {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ channel: 'email', address })
  const answer = await story.visit('/api/v1/subscriptions', { method: 'POST', headers, body })
  return { status: answer.status, text: await answer.text() }
}
const linkIn = (text: string, path: string) => {
  const link = text.split(/\s+/).find((word) => word.startsWith(`${story.url}${path}?token=`))!
  return link.slice(story.url.length)
}
const mailsTo = (address: string) => smtp.received.filter(({ to }) => to[0] === address)
const stateOf = async (address: string) =>
  (await story.db.select().from(subscribers).where(eq(subscribers.address, address)))[0]?.state ?? null
const say = (body: string) => story.api('POST', `/incidents/${opened.body.id}/updates`, { body })
const one = 'List-Unsubscribe=One-Click'
let leave = ''
let confirm = ''

it('takes an address from the form of the page, without a script', async () => {
  await soon(async () => expect(await published(story, '/subscribe')).toContain('<form'))
  const html = await published(story, '/subscribe')
  const action = /<form[^>]*action="([^"]*)"/.exec(html)![1]!
  expect(action).toBe(`${story.url}/subscriptions`)
  const answer = await post(story, '/subscriptions', { ...fieldsOf(html, action), channel: 'email', address: LENA })
  expect(answer.status).toBe(202)
  expect(wordsOf(await answer.text())).toContain(LENA)
  const [mail] = await smtp.waitFor(1)
  expect(mail!.to).toEqual([LENA])
  expect(headersOf(mail!, 'list-unsubscribe')).toEqual([])
  confirm = linkIn(mail!.mail.text!, '/subscriptions/confirm')
})

it('answers the same bytes to a new address, a known one and a reader, and mails nobody a second time', async () => {
  await follow(story, 'email', 'reader@customer.example')
  const answers = [await signUp(LENA), await signUp('reader@customer.example'), await signUp('new@customer.example')]
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  expect(answers[0]).toMatchObject({ status: 202 })
  expect(JSON.parse(answers[0]!.text)).toMatchObject({ status: 'pending' })
  await Promise.all(Array.from({ length: 10 }, () => signUp('Lena@customer.example')))
  await smtp.waitFor(3)
  expect(await story.db.$count(confirmations, eq(confirmations.address, LENA))).toBe(1)
  await story.later(HOUR + 1000)
  await signUp(LENA)
  await soon(() => expect(mailsTo(LENA)).toHaveLength(2))
})

it('changes nothing however often the link is fetched, and confirms by the button', async () => {
  const before = await story.db.select().from(confirmations)
  for (const method of ['GET', 'HEAD', 'OPTIONS', 'GET'])
    expect((await story.visit(confirm, { method })).status).toBeLessThan(300)
  expect(await story.db.select().from(confirmations)).toEqual(before)
  expect(await stateOf(LENA)).toBeNull()
  const asked = await story.visit(confirm)
  expect(asked.headers.get('referrer-policy')).toBe('no-referrer')
  expect(fieldsOf(await asked.text(), confirm)).toEqual({})
  const headers = { accept: 'application/json' }
  const answer = await story.visit(confirm, { method: 'POST', headers })
  expect(await answer.json()).toEqual({ status: 'confirmed', subscriber_id: expect.stringMatching(/^[a-z0-9]{12}$/) })
  expect(await stateOf(LENA)).toBe('active')
  expect((await story.visit(confirm, { method: 'POST' })).status).toBe(410)
})

it('tells a fresh reader the latest word on what is open', async () => {
  const welcome = await soon(() => {
    const found = smtp.received.find(({ to, mail }) => to[0] === LENA && mail.text!.includes('It fails.'))
    expect(found).toBeDefined()
    return found!
  })
  expect(headersOf(welcome, 'list-unsubscribe-post')).toEqual([one])
  leave = /<([^>]+)>/.exec(headersOf(welcome, 'list-unsubscribe')[0]!)![1]!.slice(story.url.length)
  expect(welcome.mail.text).toContain(leave)
  const manage = linkIn(welcome.mail.text!, '/subscriptions/manage')
  expect(welcome.mail.html).toContain(manage.replace(/&/g, '&amp;'))
  const choices = await story.visit(manage)
  expect(choices.status).toBe(200)
  expect(await choices.text()).not.toContain(LENA)
})

it('lets go by one click of a bare client, in both encodings, twice over, and after a look that changes nothing', async () => {
  expect((await story.visit(leave)).status).toBe(200)
  expect((await story.visit(leave, { method: 'HEAD' })).status).toBe(200)
  expect(await stateOf(LENA)).toBe('active')
  const form = new FormData()
  form.set('List-Unsubscribe', 'One-Click')
  const encodings = [{ body: new URLSearchParams(one) }, { body: form }, { body: new URLSearchParams(one) }]
  for (const encoding of encodings) {
    const answer = await story.visit(leave, { method: 'POST', ...encoding })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('location')).toBeNull()
    expect(answer.headers.getSetCookie()).toEqual([])
    expect(await stateOf(LENA)).toBe('ended')
  }
})

it('refuses a link with one letter changed, and nobody leaves by it', async () => {
  const last = leave.at(-1) === 'A' ? 'B' : 'A'
  const broken = [`${leave.slice(0, -1)}${last}`, leave.replace(/token=./, (found) => `${found}x`), leave.slice(0, -5)]
  const [id] = await story.db.select().from(subscribers).where(eq(subscribers.address, 'reader@customer.example'))
  for (const path of [...broken, `/subscriptions/unsubscribe?token=${id!.id}`, '/subscriptions/unsubscribe']) {
    expect((await story.visit(path, { method: 'POST', body: new URLSearchParams(one) })).status).toBe(404)
    expect((await story.visit(path)).status).toBe(404)
  }
  expect(await stateOf('reader@customer.example')).toBe('active')
})

it('sends nothing to somebody who left while their mail was queued already', async () => {
  const id = await follow(story, 'email', 'quick@customer.example')
  const before = mailsTo(LENA).length
  smtp.faults.push({ at: 'rcpt', code: 451, message: 'later' }, { at: 'rcpt', code: 451, message: 'later' })
  await say('Still failing.')
  const own = () => story.db.select().from(deliveries).where(eq(deliveries.subscriberId, id))
  const waiting = () => story.db.$count(deliveries, eq(deliveries.state, 'failed_for_now'))
  await soon(async () => expect(await waiting()).toBe(2))
  await story.db
    .update(subscribers)
    .set({ state: 'ended', endedAt: new Date(0) })
    .where(eq(subscribers.id, id))
  await story.later(MINUTE)
  await soon(async () => expect((await own()).map((row) => row.state)).toEqual(['suppressed']))
  await soon(() => expect(mailsTo('reader@customer.example').at(-1)!.mail.text).toContain('Still failing.'))
  expect(mailsTo('quick@customer.example')).toEqual([])
  expect(mailsTo(LENA)).toHaveLength(before)
})

it('logs no address and no token', () => {
  const lines = story.logged.join('\n')
  for (const secret of [LENA, 'quick@customer.example', confirm.split('=')[1]!, leave.split('=')[1]!])
    expect(lines).not.toContain(secret)
})
