import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { MINUTE } from '../../api/domain/duration.ts'
import { signedShort, signedUntil } from '../../api/domain/signature.ts'
import { sizeOf } from '../../api/domain/sms.ts'
import { deliveries, inboundMessages, subscribers } from '../../db/schema.ts'
import { SECRETS } from '../support/acting.ts'
import { fieldsOf } from '../support/forms.ts'
import { inboundSms } from '../support/inbound-sms.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { post, soon } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const story = await startStory(carriedBy(smtp, twilio))
const LENA = '+4915112345670'
const KAI = '+4915112345671'

const stateOf = async (address: string) =>
  (await story.db.select().from(subscribers).where(eq(subscribers.address, address)))[0]?.state ?? null
const textsTo = (address: string) => twilio.sent.filter(({ to }) => to === address)
const codeIn = (text: string) => text.match(/\d{6}/g)!
const open = (path: string, body: object) =>
  story.visit(`/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
const confirm = (address: string, code: string) =>
  open('/subscriptions/confirmations', { channel: 'sms', address, code })
const wrongFor = (code: string) => (code === '123456' ? '654321' : '123456')

const inbound = (from: string, body: string, given: { forged?: boolean; sid?: string } = {}) =>
  inboundSms(story, twilio, from, body, given)

it('texts nobody who has not agreed to it', async () => {
  const answer = await open('/subscriptions', { channel: 'sms', address: LENA })
  expect(answer.status).toBe(422)
  expect((await answer.json()).errors[0]).toMatchObject({ field: 'consent', code: 'consent_required' })
  const form = await post(story, '/subscriptions', { channel: 'sms', address: LENA })
  expect(form.status).toBe(422)
  const html = await form.text()
  expect(fieldsOf(html, `${story.url}/subscriptions`)).toMatchObject({ address: LENA })
  expect(twilio.requests).toEqual([])
})

it('sends a code to who has agreed by the form, and the code confirms', async () => {
  const asked = await post(story, '/subscriptions', { channel: 'sms', address: '+49 151 12345670', consent: 'true' })
  expect(asked.status).toBe(202)
  expect(fieldsOf(await asked.text(), `${story.url}/subscriptions/confirmations`)).toMatchObject({ channel: 'sms' })
  const [text] = await twilio.waitFor(1)
  expect(text!.to).toBe(LENA)
  for (const word of ['Northwind Cloud', 'valid 10 min', 'HELP', 'STOP']) expect(text!.body).toContain(word)
  expect(text!.body.match(/\d{3,}/g)).toHaveLength(1)
  const code = codeIn(text!.body)[0]!
  const wrong = await post(story, '/subscriptions/confirmations', { address: LENA, code: wrongFor(code) })
  expect(wrong.status).toBe(422)
  expect(await stateOf(LENA)).toBeNull()
  const right = await post(story, '/subscriptions/confirmations', { address: LENA, code })
  expect(right.status).toBe(200)
  expect(await stateOf(LENA)).toBe('active')
  expect((await confirm(LENA, code)).status).toBe(422)
  const [row] = await story.db.select().from(subscribers).where(eq(subscribers.address, LENA))
  expect(row).toMatchObject({ consentTextVersion: expect.any(String), consentAt: expect.any(Date) })
})

/** As the service reads them: the setting is a list. */
const secrets = SECRETS.join(',')
  .split(',')
  .map((secret) => secret.trim())
const linkIn = (text: string) => new RegExp(`${story.url}(/s/\\S+)`).exec(text)![1]!
/** Follows the short link of a text as a phone does. */
async function choices(path: string) {
  const led = await story.visit(path)
  expect([led.status, led.headers.get('cache-control'), led.headers.get('referrer-policy')]).toEqual([
    303,
    'no-store',
    'no-referrer',
  ])
  const location = led.headers.get('location')!
  return { location, page: await story.visit(location.slice(story.url.length)) }
}

it('texts the link to their own choices in one segment, which reveals nobody and changes nothing by itself', async () => {
  await soon(() => expect(textsTo(LENA)).toHaveLength(2))
  const { body } = textsTo(LENA)[1]!
  expect(body).toMatch(/^Northwind( Cloud)? Status: you are subscribed\. Change or pause: http\S+ STOP to end\.$/)
  expect(sizeOf(body)).toMatchObject({ encoding: 'GSM-7', segments: 1 })
  const path = linkIn(body)
  const { location, page } = await choices(path)
  const html = await page.text()
  expect(page.status).toBe(200)
  for (const text of [path, location, html]) expect(text).not.toContain('15112345670')
  for (const method of ['GET', 'HEAD']) for (let times = 0; times < 5; times++) await story.visit(path, { method })
  expect(await stateOf(LENA)).toBe('active')
  const form = { ...fieldsOf(html, location.slice(story.url.length)), min_severity: 'SEV1' }
  expect((await post(story, location.slice(story.url.length), form, { origin: story.url })).status).toBe(200)
  const [row] = await story.db.select().from(subscribers).where(eq(subscribers.address, LENA))
  expect(row!.minSeverity).toBe('SEV1')
  expect(story.logged.join('')).not.toContain(path.split('.').at(-1))
})

it('opens nothing by a link that was changed, by another kind of link, or after thirty days', async () => {
  const path = linkIn(textsTo(LENA)[1]!.body)
  const [subject, expiry, signature] = path.slice(3).split('.') as [string, string, string]
  const other = signature.startsWith('A') ? 'B' : 'A'
  const later = (Number.parseInt(expiry, 36) + 1).toString(36)
  for (const forged of [
    `${subject}.${expiry}.${other}${signature.slice(1)}`,
    `${subject}.${later}.${signature}`,
    `${subject.split('').reverse().join('')}.${expiry}.${signature}`,
    `${subject}.${expiry}`,
    'x',
  ])
    expect((await story.visit(`/s/${forged}`)).status, forged).toBe(404)
  expect((await story.visit(`/subscriptions/manage?token=${path.slice(3)}`)).status).toBe(404)
  const long = signedUntil('manage', subject, new Date('2099-01-01'), secrets)
  expect((await story.visit(`/s/${long}`)).status).toBe(404)
  const past = signedShort('short_manage', subject, new Date('2020-01-01'), secrets)
  const old = await story.visit(`/s/${past}`)
  expect(old.status).toBe(410)
  expect(await old.text()).toContain('Reply MANAGE')
})

it('answers MANAGE with a fresh link, whoever answers STOP and HELP, and says nothing to strangers', async () => {
  for (const word of ['MANAGE', ' manage. ', 'الإعدادات']) {
    const text = await (await inbound(LENA, word)).text()
    expect(text).toContain('<Message>Northwind Cloud Status: change what you get, or pause: ')
    expect((await choices(linkIn(text.replace('</Message>', ' ')))).page.status).toBe(200)
  }
  expect(await (await inbound('+4915199999999', 'MANAGE')).text()).not.toContain('<Message>')
  expect(await (await inbound(LENA, 'HELP')).text()).not.toContain('<Message>')
})

it('closes a code at the sixth wrong try, even to the right digits, and after ten minutes', async () => {
  await open('/subscriptions', { channel: 'sms', address: KAI, consent: true })
  await soon(() => expect(textsTo(KAI)).toHaveLength(1))
  const code = codeIn(textsTo(KAI)[0]!.body)[0]!
  for (let attempt = 1; attempt <= 5; attempt++) {
    const answer = await confirm(KAI, wrongFor(code))
    expect(answer.status, `try ${attempt}`).toBe(422)
    expect((await answer.json()).errors[0].code).toBe('code_invalid')
  }
  const sixth = await confirm(KAI, wrongFor(code))
  expect(sixth.status).toBe(429)
  expect(Number(sixth.headers.get('retry-after'))).toBeGreaterThan(0)
  expect((await confirm(KAI, code)).status).toBe(429)
  expect(await stateOf(KAI)).toBeNull()
  await story.later(61 * MINUTE)
  await open('/subscriptions', { channel: 'sms', address: KAI, consent: true })
  await soon(() => expect(textsTo(KAI)).toHaveLength(2))
  await story.later(10.1 * MINUTE)
  expect((await confirm(KAI, codeIn(textsTo(KAI)[1]!.body)[0]!)).status).toBe(422)
  expect(await stateOf(KAI)).toBeNull()
})

it('believes no reply that Twilio did not sign', async () => {
  expect((await inbound(LENA, 'STOP', { forged: true })).status).toBe(403)
  expect((await post(story, '/hooks/twilio/inbound', { From: LENA, Body: 'STOP' })).status).toBe(403)
  expect(await stateOf(LENA)).toBe('active')
  expect(await story.db.$count(inboundMessages, eq(inboundMessages.meaning, 'stop'))).toBe(0)
})

it('keeps for a person what no keyword explains', async () => {
  expect((await inbound(LENA, 'please stop texting me')).status).toBe(200)
  const [kept] = await story.db.select().from(inboundMessages).where(eq(inboundMessages.meaning, 'unmatched'))
  expect(kept).toMatchObject({ body: 'please stop texting me', meaning: 'unmatched' })
  expect(await stateOf(LENA)).toBe('active')
})

it('ends with STOP at once, whatever is queued, and heard twice is heard once', async () => {
  twilio.faults.push({ status: 429, code: 20429, message: 'Too many requests' })
  const opened = await story.api('POST', '/incidents', { title: 'It fails', severity: 'SEV1', body: 'It fails.' })
  await soon(() => expect(twilio.requests.at(-1)!.To).toBe(LENA))
  const answer = await inbound(LENA, ' Stop. ', { sid: 'SMstop' })
  expect(answer.status).toBe(200)
  expect(await answer.text()).not.toContain('<Message>')
  await inbound(LENA, 'STOP', { sid: 'SMstop' })
  expect(await stateOf(LENA)).toBe('ended')
  await story.later(MINUTE)
  await soon(async () => {
    const rows = await story.db.select().from(deliveries).where(eq(deliveries.incidentId, opened.body.id))
    expect(rows.map((row) => row.state)).toEqual(['suppressed'])
  })
  expect(textsTo(LENA)).toHaveLength(2)
})
