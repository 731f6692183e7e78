import { expect, test } from 'vitest'
import { addComponent } from '../../api/actions/add-component.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { incidents } from '../../db/schema.ts'
import { elementsIn, wordsOf } from '../support/forms.ts'
import { testWorld } from '../support/world.ts'

const house = await testWorld()
const admin = await house.signIn(await house.person('admin', { name: '<img src=x onerror=alert(1)>' }))
const responder = await house.signIn(await house.person('responder'))
const viewer = await house.signIn(await house.person('viewer'))
const executive = await house.signIn(await house.person('executive'))
const HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
const component = await addComponent(house.acting(), { name: HOSTILE.slice(0, 80), description: HOSTILE })
const { id } = await openIncident(house.acting(), {
  title: HOSTILE,
  severity: 'SEV2',
  body: `${HOSTILE} [x](javascript:alert(1))`,
  components: [{ id: component.id }],
})
const ROOM = '/console/incidents/:incident'
const COMPONENT = '/console/components/:component'
const named = (path: string) => path.replace(':incident', id).replace(':component', component.id)
const declaring = { title: 'T', severity: 'SEV4' }
const counted = async () => (await house.db.select().from(incidents)).length

test.each([
  ['a page of another site', { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' }, 403],
  ['another site of the same owner', { 'sec-fetch-site': 'same-site', origin: 'http://other.localhost' }, 403],
  ['a page of another site that hides its origin', { 'sec-fetch-site': 'cross-site', origin: 'null' }, 403],
  ['an old browser on another site', { 'sec-fetch-site': undefined, origin: 'https://elsewhere.example' }, 403],
  ['something that says nothing of its origin', { 'sec-fetch-site': undefined, origin: undefined }, 403],
  ['our own form', { 'sec-fetch-site': 'same-origin', origin: 'http://localhost:3000' }, 303],
  ['our own form without a referrer', { 'sec-fetch-site': 'same-origin', origin: 'null' }, 303],
  ['our own form in an old browser', { 'sec-fetch-site': undefined, origin: 'http://localhost:3000' }, 303],
])('%s may declare or not by where it comes from', async (_, from, status) => {
  const before = await counted()
  const headers = { cookie: responder.cookie, 'content-type': 'application/x-www-form-urlencoded' }
  const own = Object.entries(from).filter((entry): entry is [string, string] => entry[1] !== undefined)
  const answer = await house.app.request('http://localhost:3000/console/declare', {
    method: 'POST',
    headers: { ...headers, ...Object.fromEntries(own) },
    body: new URLSearchParams(declaring).toString(),
  })
  expect(answer.status).toBe(status)
  expect(await counted()).toBe(before + (status === 303 ? 1 : 0))
})

test('nobody can be signed in or out from another site', async () => {
  const away = { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' }
  expect((await house.visitor().post('/console/sign-in', { email: 'a@b.example', password: 'x' }, away)).status).toBe(
    403,
  )
  expect((await viewer.post('/console/sign-out', {}, away)).status).toBe(403)
  expect((await viewer.get('/console')).status).toBe(200)
})

test('a viewer reads everything and is offered nothing to post with', async () => {
  for (const path of ['/console', ROOM, '/console/components', '/console/people', '/console/me']) {
    const answer = await viewer.get(named(path))
    expect(answer.status, path).toBe(200)
    const forms = [...(await answer.text()).matchAll(/<form[^>]*action="([^"]*)"/g)].map(([, action]) => action)
    expect(
      forms.filter((action) => !/\/(me\/test-alert|sign-out)$/.test(action!)),
      path,
    ).toEqual([])
  }
})

test.each([
  ['/console/declare', declaring],
  [`${ROOM}/updates`, { body: 'x' }],
  [`${ROOM}/reopening`, { body: 'x' }],
  ['/console/drafts', { form: 'declare', title: 'x' }],
  ['/console/components', { name: 'x' }],
  [COMPONENT, { name: 'x' }],
  [`${COMPONENT}/archive`, {}],
  ['/console/component-groups', { name: 'x' }],
  ['/console/people', { email: 'x@y.example', role: 'admin' }],
])('a viewer who posts to %s is refused, and nothing is done', async (path, fields) => {
  const before = await counted()
  const refused = await viewer.post(named(path), fields as unknown as Record<string, string>)
  expect(refused.status).toBe(403)
  expect(wordsOf(await refused.text())).toContain('This is not open to you')
  expect(await counted()).toBe(before)
})

test.each(['/console/components', '/console/component-groups', '/console/people'])(
  'a responder changes no %s',
  async (path) => {
    expect((await responder.post(path, { name: 'x', email: 'x@y.example', role: 'admin' })).status).toBe(403)
  },
)

test.each([
  [`${ROOM}/updates`, ROOM],
  [`${ROOM}/reopening`, ROOM],
  [COMPONENT, '/console/components'],
  [`${COMPONENT}/archive`, '/console/components'],
  ['/console/component-groups', '/console/components'],
  ['/console/me/test-alert', '/console/me'],
])('who asks for %s, where only forms are posted to, is led to %s', async (path, back) => {
  expect((await viewer.get(named(path))).headers.get('location')).toBe(named(back))
})

test('the mailbox is for admins', async () => {
  expect((await responder.get('/console/mailbox')).status).toBe(403)
  expect((await admin.get('/console/mailbox')).status).toBe(200)
})

test.each(['/console', ROOM, '/console/declare', '/console/components', '/console/people', '/console/mailbox'])(
  'an executive sees nothing of %s but a message',
  async (path) => {
    const refused = await executive.get(named(path))
    expect(refused.status).toBe(403)
    const html = await refused.text()
    expect(html).not.toContain('onerror')
    expect(wordsOf(html)).toContain('This is not open to you')
    expect(html).toContain('href="/console/me"')
  },
)

test('an executive may still prove that alerts reach them, and leave', async () => {
  expect((await executive.get('/console/me')).status).toBe(200)
  expect((await executive.post('/console/me/test-alert')).status).toBe(303)
})

test.each(['/console', ROOM, '/console/declare', '/console/components', '/console/people', '/console/me'])(
  'hostile names and words are text on %s',
  async (path) => {
    const html = await (await admin.get(named(path))).text()
    for (const { name, attributes } of elementsIn(html)) {
      expect(name).not.toBe('img')
      if (name === 'script') expect(attributes.src).toBe('/console.js')
      expect(Object.keys(attributes).filter((attribute) => attribute.startsWith('on'))).toEqual([])
      expect(attributes.href ?? '').not.toMatch(/^\s*javascript:/i)
    }
  },
)

test('pages are kept by nobody, framed by nobody, and allow no style or script that is not ours', async () => {
  const { headers } = await admin.get('/console')
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  const policy = headers.get('content-security-policy')!
  for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"])
    expect(policy).toContain(part)
  expect(policy).not.toContain('unsafe-inline')
})

test('a program that asks a page for JSON is answered with problem details', async () => {
  const asked = await house.visitor().get('/console', { accept: 'application/json' })
  expect(asked.status).toBe(401)
  expect(asked.headers.get('content-type')).toBe('application/problem+json')
})

test('what is not a form is refused in words', async () => {
  const answer = await responder.post('/console/declare', {}, { 'content-type': 'text/plain' })
  expect([303, 415, 422]).toContain(answer.status)
  const plain = await house.app.request('http://localhost:3000/console/declare', {
    method: 'POST',
    headers: { cookie: responder.cookie, 'sec-fetch-site': 'same-origin', 'content-type': 'text/plain' },
    body: 'title=x',
  })
  expect(plain.status).toBe(415)
  expect(wordsOf(await plain.text())).toContain('That could not be read')
  const large = await responder.post('/console/declare', { ...declaring, body: 'x'.repeat(300_000) })
  expect(large.status).toBe(413)
})
