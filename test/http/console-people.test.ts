import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { changePerson } from '../../api/actions/change-person.ts'
import { DAY, HOUR } from '../../api/domain/duration.ts'
import { signedUntil } from '../../api/domain/signature.ts'
import { announcements, auditLog, deliveries, invitations, people } from '../../db/schema.ts'
import { fieldsOf, wordsOf } from '../support/forms.ts'
import { cookieIn, PASSWORD, SECRET, testWorld } from '../support/world.ts'

const house = await testWorld()
const admin = await house.person('admin', { name: 'Ada' })
const visitor = await house.signIn(admin)
const PATH = '/console/people'
const personOf = async (email: string) => (await house.db.select().from(people).where(eq(people.email, email)))[0]!

/** Adds somebody through the form and answers the link that is shown. */
async function invite(fields: Record<string, string>): Promise<string> {
  const answer = await visitor.post(PATH, fields)
  expect(answer.status).toBe(201)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  const url = /id="invitation" value="([^"]*)"/.exec(await answer.text())![1]!
  return url.slice('http://localhost:3000'.length)
}

test('an invited person chooses a password and is in; the link is shown once and works once', async () => {
  const link = await invite({
    name: 'Bob',
    email: 'Bob@Northwind.example',
    role: 'responder',
    phone: '+49 151 23456780',
  })
  expect(await (await visitor.get(PATH)).text()).not.toContain('invitation?token')
  const asked = await house.visitor().get(link)
  expect(asked.headers.get('referrer-policy')).toBe('no-referrer')
  expect(asked.headers.get('cache-control')).toBe('no-store')
  expect(wordsOf(await asked.text())).toContain('Welcome, Bob')
  const short = await house.visitor().post(link, { password: 'short' })
  expect(short.status).toBe(422)
  expect(await short.text()).toContain('id="password-error"')
  const entered = await house.visitor().post(link, { password: PASSWORD })
  expect(entered.headers.get('location')).toBe('/console')
  const bob = house.visitor(cookieIn(entered.headers))
  expect(wordsOf(await (await bob.get('/console/me')).text())).toContain('bob@northwind.example')
  for (const again of [await house.visitor().get(link), await house.visitor().post(link, { password: PASSWORD })]) {
    expect(again.status).toBe(410)
    expect(wordsOf(await again.text())).toContain('This link has been used or is too old.')
  }
  const signIn = await house.visitor().post('/console/sign-in', { email: 'bob@northwind.example', password: PASSWORD })
  expect(signIn.status).toBe(303)
})

test('opening an invitation changes nothing, and it ends after a week', async () => {
  const link = await invite({ name: 'Late', email: 'late@northwind.example', role: 'viewer' })
  const before = await house.db.select().from(invitations)
  await house.visitor().get(link)
  expect(await house.db.select().from(invitations)).toEqual(before)
  await house.clock.advance(7 * DAY + HOUR)
  expect((await house.visitor().get(link)).status).toBe(410)
  expect((await house.visitor().get('/console/invitation?token=guess')).status).toBe(410)
})

test('a refused person keeps the text, with the error beside its field', async () => {
  const typed = { name: 'Twin', email: admin.email, role: 'viewer', phone: '0151 23456789' }
  const refused = await visitor.post(PATH, typed)
  expect(refused.status).toBe(422)
  const html = await refused.text()
  expect(html).toMatch(/id="phone-error"[^>]*>\s*Use the international form/)
  expect(fieldsOf(html, PATH)).toMatchObject(typed)
  const taken = await visitor.post(PATH, { ...typed, phone: '' })
  expect(await taken.text()).toMatch(/id="email-error"[^>]*>\s*Somebody has this address already/)
})

test('a test alert goes to oneself on every channel there is', async () => {
  const phone = '+4915123456781'
  const eve = await house.person('viewer', { name: 'Eve', phone })
  const own = await house.signIn(eve)
  const sent = await own.post('/console/me/test-alert')
  expect(sent.headers.get('location')).toBe('/console/me?notice=test_alert_sent')
  const rows = await house.db.select().from(deliveries).where(eq(deliveries.personId, eve.id))
  expect(rows.map((row) => [row.channel, row.address]).toSorted()).toEqual([
    ['email', eve.email],
    ['sms', phone],
  ])
})

/** Somebody who was sent a test alert, and the links in it. */
async function tested(name: string, phone: string) {
  const person = await house.person('viewer', { name, phone })
  await (await house.signIn(person)).post('/console/me/test-alert')
  const rows = await house.db.select().from(deliveries).where(eq(deliveries.personId, person.id))
  const until = new Date((await house.clock.now()).getTime() + DAY)
  const link = (channel: string) => {
    const { id } = rows.find((row) => row.channel === channel)!
    return `/console/proof?token=${signedUntil('proof', id, until, [SECRET])}`
  }
  return { person, link }
}

test('following the link of a test alert changes nothing; the button behind it proves the address', async () => {
  const { person, link } = await tested('Tom', '+4915123456782')
  const asked = await house.visitor().get(link('sms'))
  expect(asked.headers.get('referrer-policy')).toBe('no-referrer')
  expect(wordsOf(await asked.text())).toContain('The test alert reached your phone')
  expect((await personOf(person.email)).phoneVerifiedAt).toBeNull()
  const now = await house.clock.now()
  await house.clock.set(now)
  const proven = await house.visitor().post(link('sms'))
  expect(proven.status).toBe(200)
  expect(wordsOf(await proven.text())).toContain('Proven. Alerts reach you there.')
  expect(await personOf(person.email)).toMatchObject({ phoneVerifiedAt: now, emailVerified: false })
  await house.visitor().post(link('email'))
  expect(await personOf(person.email)).toMatchObject({ emailVerified: true, emailVerifiedAt: now })
  expect((await house.visitor().post(link('email'))).status).toBe(200)
  const told = await house.db.select().from(auditLog).where(eq(auditLog.action, 'person.address_proven'))
  expect(told.map((row) => row.after)).toContainEqual({ channel: 'sms' })
  await house.clock.run()
})

test('a link proves nothing after the address has changed, after its time, or when it is not ours', async () => {
  const { person, link } = await tested('Uma', '+4915123456783')
  await changePerson(house.acting(), person.id, { phone: '+4915123456784' })
  const old = await house.visitor().post(link('sms'))
  expect(old.status).toBe(410)
  expect((await personOf(person.email)).phoneVerifiedAt).toBeNull()
  expect((await house.visitor().post(`${link('email')}x`)).status).toBe(404)
  await house.clock.advance(DAY + HOUR)
  expect((await house.visitor().post(link('email'))).status).toBe(410)
  expect((await personOf(person.email)).emailVerified).toBe(false)
})

test('a link of another kind of message proves nothing', async () => {
  const until = new Date((await house.clock.now()).getTime() + DAY)
  const [announcement] = await house.db.select().from(announcements).limit(1)
  const token = signedUntil('confirm', announcement!.id, until, [SECRET])
  expect((await house.visitor().post(`/console/proof?token=${token}`)).status).toBe(404)
})
