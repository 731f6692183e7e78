import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { openIncident } from '../../api/actions/open-incident.ts'
import { incidents, sessions, updates } from '../../db/schema.ts'
import { fieldsOf, wordsOf } from '../support/forms.ts'
import { holdFor } from '../support/holding.ts'
import { actingAs, cookieIn, PASSWORD, testWorld, type Visitor } from '../support/world.ts'

const house = await testWorld()
await holdFor(house.acting(), 'PT0S')
const ada = await house.person('responder', { name: 'Ada' })
const SIGN_IN = '/console/sign-in'
const WORDS = 'Line one: <b>“quoted”</b> & 100%\n\nLine two, "as typed".'

const endSessions = () => house.db.delete(sessions).where(eq(sessions.userId, ada.id))

/** Signs in on the page that a refused post answered, and follows to where it leads. */
async function signInOn(page: string): Promise<{ visitor: Visitor; path: string; html: string }> {
  const fields = { ...fieldsOf(page, SIGN_IN), email: ada.email, password: PASSWORD }
  const entered = await house.visitor().post(SIGN_IN, fields)
  expect(entered.status).toBe(303)
  const visitor = house.visitor(cookieIn(entered.headers))
  const path = entered.headers.get('location')!
  return { visitor, path, html: await (await visitor.get(path)).text() }
}

test('a declaration that meets an ended session is kept through the sign-in and can be declared as typed', async () => {
  const visitor = await house.signIn(ada)
  const form = fieldsOf(await (await visitor.get('/console/declare')).text(), '/console/declare')
  await endSessions()
  const refused = await visitor.post('/console/declare', {
    ...form,
    title: 'Sign-in fails',
    severity: 'SEV2',
    body: WORDS,
  })
  expect(refused.status).toBe(401)
  const page = await refused.text()
  expect(wordsOf(page)).toContain('Your session has ended.')
  const back = await signInOn(page)
  expect(back.path).toBe('/console/declare')
  const again = fieldsOf(back.html, '/console/declare')
  expect(again).toMatchObject({ title: 'Sign-in fails', severity: 'SEV2', body: WORDS, visibility: 'public' })
  const declared = await back.visitor.post('/console/declare', again)
  expect(declared.headers.get('location')).toMatch(/^\/console\/incidents\/[a-z0-9]{12}\?notice=declared$/)
  const fresh = fieldsOf(await (await back.visitor.get('/console/declare')).text(), '/console/declare')
  expect(fresh).toMatchObject({ title: '' })
})

test('an update that meets an ended session is kept through a mistyped password and posted afterwards', async () => {
  const { id } = await openIncident(actingAs(house, ada), { title: 'Slow', severity: 'SEV2', body: 'We look.' })
  const room = `/console/incidents/${id}`
  const visitor = await house.signIn(ada)
  const form = fieldsOf(await (await visitor.get(room)).text(), `${room}/updates`)
  await endSessions()
  const refused = await visitor.post(`${room}/updates`, { ...form, body: WORDS, status: 'identified' })
  const first = { ...fieldsOf(await refused.text(), SIGN_IN), email: ada.email, password: 'mistyped' }
  const mistyped = await house.visitor().post(SIGN_IN, first)
  expect(mistyped.status).toBe(422)
  const back = await signInOn(await mistyped.text())
  expect(back.path).toBe(room)
  const again = fieldsOf(back.html, `${room}/updates`)
  expect(again).toMatchObject({ body: WORDS, status: 'identified' })
  expect(wordsOf(back.html)).toContain('Last saved')
  expect((await back.visitor.post(`${room}/updates`, again)).status).toBe(303)
  const said = await house.db.select().from(updates).where(eq(updates.incidentId, id))
  expect(said.map((update) => update.body)).toContain(WORDS)
  expect(wordsOf(await (await back.visitor.get(room)).text())).not.toContain('Last saved')
})

test('words that others published while somebody signed in again stand above their text', async () => {
  const bob = await house.person('responder', { name: 'Bob' })
  const { id } = await openIncident(actingAs(house, ada), { title: 'Slow', severity: 'SEV2', body: 'We look.' })
  const room = `/console/incidents/${id}`
  const visitor = await house.signIn(ada)
  const form = fieldsOf(await (await visitor.get(room)).text(), `${room}/updates`)
  await endSessions()
  const refused = await visitor.post(`${room}/updates`, { ...form, body: WORDS })
  const other = await house.signIn(bob)
  await other.post(`${room}/updates`, { ...form, body: 'Bob was faster.' })
  const back = await signInOn(await refused.text())
  expect(wordsOf(back.html)).toContain('Bob posted while you wrote')
  expect(fieldsOf(back.html, `${room}/updates`).body).toBe(WORDS)
})

test('a form without a draft leads back to its page, and nothing was done', async () => {
  const answer = await house.visitor().post('/console/components', { name: 'Login' })
  expect(answer.status).toBe(401)
  const page = await answer.text()
  expect(wordsOf(page)).not.toContain('Your session has ended.')
  expect(fieldsOf(page, SIGN_IN)).toMatchObject({ return_to: '/console/components' })
})

test('passwords and tokens are never carried, and a carried text leads only to a form of ours', async () => {
  const answer = await house.visitor().post('/console/declare', { title: 'x', password: 'secret', token: 'abc' })
  const page = await answer.text()
  expect(page).not.toContain('carried_password')
  expect(page).not.toContain('carried_token')
  const astray = { carried_form: '//elsewhere.example', carried_body: 'x', email: ada.email, password: PASSWORD }
  expect((await house.visitor().post(SIGN_IN, astray)).headers.get('location')).toBe('/console')
})

test('what is typed is kept as it is typed, by script, as a form or as JSON', async () => {
  const visitor = await house.signIn(ada)
  const [incident] = await house.db.select().from(incidents).limit(1)
  const name = `incident:${incident!.id}`
  const kept = await visitor.post('/console/drafts', { form: name, body: 'half a sen', seq: '9', version: '9' })
  expect([kept.status, await kept.text()]).toEqual([204, ''])
  const room = await (await visitor.get(`/console/incidents/${incident!.id}`)).text()
  expect(fieldsOf(room, `/console/incidents/${incident!.id}/updates`).body).toBe('half a sen')
  const json = await house.app.request('http://localhost:3000/console/drafts', {
    method: 'POST',
    headers: { cookie: visitor.cookie, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ form: 'declare', fields: { title: 'A\u0000B' } }),
  })
  expect(json.status).toBe(204)
  expect(await (await visitor.get('/console/declare')).text()).toContain('value="AB"')
  expect((await visitor.post('/console/drafts', { form: 'people', body: 'x' })).status).toBe(422)
})
