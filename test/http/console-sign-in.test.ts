import { desc, eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { auditLog, people } from '../../db/schema.ts'
import { fieldsOf, wordsOf } from '../support/forms.ts'
import { cookieIn, PASSWORD, testWorld } from '../support/world.ts'

const house = await testWorld()
const ada = await house.person('responder', { name: 'Ada', email: 'Ada.Byron@northwind.example' })
const SIGN_IN = '/console/sign-in'
const enter = (email: string, password = PASSWORD, more: Record<string, string> = {}) =>
  house.visitor().post(SIGN_IN, { email, password, ...more })
const lastAudit = async () => (await house.db.select().from(auditLog).orderBy(desc(auditLog.id)).limit(1))[0]!

test('somebody who asks for a page without a session is led through the sign-in back to that page', async () => {
  const asked = await house.visitor().get('/console/people?notice=person_added')
  expect(asked.status).toBe(303)
  const signIn = await house.visitor().get(asked.headers.get('location')!)
  const fields = fieldsOf(await signIn.text(), SIGN_IN)
  const entered = await house.visitor().post(SIGN_IN, { ...fields, email: ada.email, password: PASSWORD })
  expect(entered.status).toBe(303)
  expect(entered.headers.get('location')).toBe('/console/people?notice=person_added')
  const page = await house.visitor(cookieIn(entered.headers)).get('/console/people')
  expect(page.status).toBe(200)
  expect(wordsOf(await page.text())).toContain('Ada')
})

test('the session cookie is out of reach of scripts and of other sites, and new at every sign-in', async () => {
  const first = (await enter(ada.email)).headers.getSetCookie()
  const second = (await enter(ada.email)).headers.getSetCookie()
  expect(first).toHaveLength(1)
  expect(first[0]).toMatch(/^sitrep=[^;]{32,};/)
  for (const attribute of [/; HttpOnly/i, /; SameSite=Lax/i, /; Path=\/(;|$)/i]) expect(first[0]).toMatch(attribute)
  expect(first[0]).not.toMatch(/Domain=/i)
  expect(second[0]!.split(';')[0]).not.toBe(first[0]!.split(';')[0])
})

test('an address may be typed in any case and with spaces around it', async () => {
  expect((await enter('  ADA.byron@NORTHWIND.example ')).status).toBe(303)
})

test('a wrong password and an unknown address get the same answer, and the address stays in the form', async () => {
  const wrong = await enter(ada.email, 'not the password')
  const unknown = await enter('nobody@northwind.example', 'not the password')
  expect([wrong.status, unknown.status]).toEqual([422, 422])
  const [page, other] = [await wrong.text(), await unknown.text()]
  expect(wordsOf(page)).toContain('Address and password do not belong together.')
  expect(fieldsOf(page, SIGN_IN).email).toBe(ada.email)
  const plain = (html: string) =>
    wordsOf(html)
      .replaceAll(/\d\d:\d\d:\d\d UTC/g, '')
      .replaceAll(/\S+@northwind\.example/g, '')
  expect(plain(page)).toBe(plain(other))
  expect(wrong.headers.getSetCookie()).toEqual([])
})

test('the audit tells sign-ins and refused ones by person, never by address', async () => {
  await enter(ada.email)
  expect(await lastAudit()).toMatchObject({ action: 'session.began', actorKind: 'person', actorId: ada.id })
  await enter(ada.email, 'wrong')
  const refused = await lastAudit()
  expect(refused).toMatchObject({ action: 'session.refused', actorKind: 'public', subjectId: ada.id })
  expect(JSON.stringify(refused)).not.toContain('@')
  await enter('somebody@elsewhere.example', 'wrong')
  expect(await lastAudit()).toMatchObject({ action: 'session.refused', subjectId: null })
})

test('a person who was switched off does not come in with the right password', async () => {
  const gone = await house.person('admin', { name: 'Gone' })
  await house.db.update(people).set({ active: false }).where(eq(people.id, gone.id))
  const refused = await enter(gone.email)
  expect(refused.status).toBe(422)
  expect(refused.headers.getSetCookie()).toEqual([])
})

test.each([
  'https://elsewhere.example/',
  '//elsewhere.example/',
  '/\\elsewhere.example',
  '/\t/elsewhere.example',
  'console',
  `/${'x'.repeat(600)}`,
])('signing in leads to no other site: %s', async (path) => {
  const asked = await house.visitor().get(`${SIGN_IN}?to=${encodeURIComponent(path)}`)
  expect(fieldsOf(await asked.text(), SIGN_IN)).not.toHaveProperty('return_to')
  const tried = await house.person('viewer')
  expect((await enter(tried.email, PASSWORD, { return_to: path })).headers.get('location')).toBe('/console')
})

test('somebody who is signed in already is not asked again', async () => {
  const visitor = await house.signIn(ada)
  const answer = await visitor.get(`${SIGN_IN}?to=/console/me`)
  expect(answer.headers.get('location')).toBe('/console/me')
})

test('signing out ends the session on the server, not only in the browser', async () => {
  const visitor = await house.signIn(ada)
  const left = await visitor.post('/console/sign-out')
  expect(left.headers.get('location')).toBe('/console/sign-in?notice=signed_out')
  expect(left.headers.getSetCookie().join()).toMatch(/Max-Age=0/i)
  expect(await lastAudit()).toMatchObject({ action: 'session.ended', actorId: ada.id })
  expect((await visitor.get('/console')).status).toBe(303)
})

test('an address that no database could hold is refused like any other', async () => {
  expect((await enter('a\0b@northwind.example', 'x\0y')).status).toBe(422)
})

test('guessing a password ends after ten tries, for the right one as well, and says when to come back', async () => {
  const victim = await house.person('viewer')
  const forwarded = (n: number) => ({ 'x-forwarded-for': `203.0.113.${n}` })
  for (let n = 0; n < 10; n += 1) await enter(victim.email, 'wrong')
  const shut = await house.visitor().post(SIGN_IN, { email: victim.email, password: PASSWORD }, forwarded(1))
  expect(shut.status).toBe(429)
  expect(Number(shut.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(fieldsOf(await shut.text(), SIGN_IN).email).toBe(victim.email)
})
