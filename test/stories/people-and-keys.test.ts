import { expect, it } from 'vitest'
import { people, sessions } from '../../db/schema.ts'
import { fieldsOf, wordsOf } from '../support/forms.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { post, soon, staff } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'
import { cookieIn, PASSWORD } from '../support/world.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const story = await startStory(carriedBy(smtp, twilio))
const boss = await staff(story, 'admin', 'Bea', '+4915112340003')
const here = (url: string) => url.slice(story.url.length)
const form = (path: string, fields: Record<string, string>, cookie = '') =>
  post(story, path, fields, { origin: story.url, 'sec-fetch-site': 'same-origin', ...(cookie && { cookie }) })
const asked = async (method: string, path: string, key: string, body?: unknown) =>
  (await story.api(method, path, body, { key })).status
const declaring = { title: 'Sign-in fails', severity: 'SEV3' }

let ada = { id: '', email: '' }
let cookie = ''
let key = ''

it('invites by a link that works once, and asks for a password of some length', async () => {
  const added = await story.api('POST', '/people', {
    name: 'Ada',
    email: 'Ada@Northwind.example',
    role: 'responder',
    phone: '+4915112340001',
  })
  expect(added.status).toBe(201)
  expect(added.body).toMatchObject({ email: 'ada@northwind.example', phone_verified_at: null, active: true })
  ada = added.body
  expect((await story.api('GET', `/people/${ada.id}`)).body).not.toHaveProperty('invitation_url')
  const link = here(added.body.invitation_url)
  expect(wordsOf(await (await story.visit(link)).text())).toContain('Ada')
  expect((await form(link, { password: 'short' })).status).toBe(422)
  const accepted = await form(link, { password: PASSWORD })
  expect(accepted.status).toBe(303)
  cookie = cookieIn(accepted.headers)
  expect((await story.visit('/console', { headers: { cookie } })).status).toBe(200)
  expect((await form(link, { password: PASSWORD })).status).toBe(410)
})

it('gives a key of a person their role and no more, and shows it once', async () => {
  const made = await story.api('POST', '/keys', { name: 'Robot', role: 'responder', person_id: ada.id })
  expect(made.body.key).toMatch(/^sitrep_[\w-]{43}$/)
  key = made.body.key
  expect(await asked('POST', '/incidents', key, declaring)).toBe(201)
  expect(await asked('POST', '/keys', key, { name: 'Mine', role: 'admin' })).toBe(403)
  expect(await asked('PUT', '/cadence', key, {})).toBe(403)
  const { body } = await story.api('GET', '/keys')
  expect(JSON.stringify(body)).not.toContain(key)
  const row = body.data.find((each: { name: string }) => each.name === 'Robot')
  expect(row).toMatchObject({ person_id: ada.id, prefix: key.slice(0, 12), revoked_at: null })
  expect(row.last_used_at).not.toBeNull()
})

it('ends a revoked key at once', async () => {
  const { body } = await story.api('POST', '/keys', { name: 'Short-lived', role: 'viewer' })
  expect(await asked('GET', '/incidents', body.key)).toBe(200)
  expect((await story.api('DELETE', `/keys/${body.id}`)).status).toBe(204)
  expect(await asked('GET', '/incidents', body.key)).toBe(401)
  expect((await story.api('DELETE', `/keys/${body.id}`)).status).toBe(404)
})

it('proves a phone by the button behind the link of a test alert, and by nothing less', async () => {
  const sent = await story.api('POST', `/people/${ada.id}/test-alerts`, undefined, { key })
  expect(sent.status).toBe(202)
  expect(sent.body.channels.toSorted()).toEqual(['email', 'sms'])
  const [text] = await twilio.waitFor(1)
  await smtp.waitFor(1)
  const link = here(/https?:\S+/.exec(text!.body)![0])
  const person = async () => (await story.api('GET', `/people/${ada.id}`)).body
  for (const method of ['GET', 'HEAD', 'GET']) expect((await story.visit(link, { method })).status).toBe(200)
  expect((await person()).phone_verified_at).toBeNull()
  expect(fieldsOf(await (await story.visit(link)).text(), link)).toEqual({})
  expect((await form(link, {})).status).toBe(200)
  expect((await person()).phone_verified_at).not.toBeNull()
  await story.api('PATCH', `/people/${ada.id}`, { phone: '+4915112340009' })
  expect((await person()).phone_verified_at).toBeNull()
  expect((await form(link, {})).status).toBe(410)
})

it('lets people test themselves, and only admins test others', async () => {
  expect(await asked('POST', `/people/${boss.id}/test-alerts`, key)).toBe(403)
  expect((await story.api('POST', `/people/${boss.id}/test-alerts`)).status).toBe(202)
  await soon(() => expect(twilio.sent.map(({ to }) => to)).toContain(boss.phone))
})

it('takes sessions and keys from somebody who is switched off', async () => {
  expect((await story.visit('/console', { headers: { cookie } })).status).toBe(200)
  const off = await story.api('PATCH', `/people/${ada.id}`, { active: false })
  expect(off.body.active).toBe(false)
  expect(await story.db.$count(sessions)).toBe(0)
  expect((await story.visit('/console', { headers: { cookie } })).status).toBe(303)
  expect(await asked('GET', '/incidents', key)).toBe(401)
  expect((await form('/console/sign-in', { email: ada.email, password: PASSWORD })).status).toBe(422)
  await story.api('PATCH', `/people/${ada.id}`, { active: true })
  expect((await story.visit('/console', { headers: { cookie } })).status).toBe(303)
  expect((await form('/console/sign-in', { email: ada.email, password: PASSWORD })).status).toBe(303)
})

it('keeps the last admin, and ends the sessions of whoever loses a role', async () => {
  for (const change of [{ role: 'viewer' }, { active: false }, { role: 'executive', active: true }]) {
    const refused = await story.api('PATCH', `/people/${boss.id}`, change)
    expect(refused.status).toBe(409)
    expect(refused.body.errors[0].code).toBe('last_admin')
  }
  await story.api('PATCH', `/people/${ada.id}`, { role: 'admin' })
  const entered = await form('/console/sign-in', { email: boss.email, password: PASSWORD })
  const bosses = cookieIn(entered.headers)
  expect((await story.api('PATCH', `/people/${boss.id}`, { role: 'viewer' })).status).toBe(200)
  expect((await story.visit('/console', { headers: { cookie: bosses } })).status).toBe(303)
  expect(await story.db.$count(people)).toBe(2)
})
