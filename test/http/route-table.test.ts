import { describe, expect, it, test } from 'vitest'
import { makeKey, revokeKey } from '../../api/actions/make-key.ts'
import { covers, ROLES, type Role, readsBriefings } from '../../api/domain/role.ts'
import type { Route } from '../../api/http/route.ts'
import { routes } from '../../api/http/routes.ts'
import { pathOf } from '../../api/http/routing.ts'
import { testWorld } from '../support/world.ts'

const house = await testWorld()
const ORIGIN = 'http://localhost:3000'
const holders = new Map(await Promise.all(ROLES.map(async (role) => [role, await holderOf(role)] as const)))
const revoked = await makeKey(house.acting(), { name: 'revoked', role: 'admin' })
await revokeKey(house.acting(), revoked.row.id)

/** Somebody of a role with a key and a session. */
async function holderOf(role: Role) {
  const person = await house.person(role)
  const { key } = await makeKey(house.acting(), { name: role, role, person_id: person.id })
  return { person, key, visitor: await house.signIn(person) }
}

const nameOf = (route: Route) => `${route.method} ${pathOf(route)}`
/** An id of nothing, but where people have a say about themselves: their own. */
const pathFor = (route: Route, personId: string) =>
  pathOf(route).replace(/:\w+/g, route.path.startsWith('/people/') ? personId : 'a'.repeat(12))

function ask(route: Route, headers: Record<string, string>, personId = 'a'.repeat(12), peer = '198.51.100.1') {
  const writes = route.method !== 'GET' && route.method !== 'DELETE'
  const type = route.door === 'api' ? 'application/json' : 'application/x-www-form-urlencoded'
  const request = {
    method: route.method,
    headers: { accept: 'application/json', ...(writes && { 'content-type': type }), ...headers },
    ...(writes && { body: route.door === 'api' ? '{}' : '' }),
  }
  const connection = { incoming: { socket: { remoteAddress: peer } } }
  return house.app.request(`${ORIGIN}${pathFor(route, personId)}`, request, connection)
}

/** One of many addresses: knocking at so many doors from one would be refused for its pace alone. */
const addressNo = (number: number) => `10.1.${number >> 8}.${number & 255}`

/** Signing out ends the session that the rest is asked with; the rest comes first. */
const isLast = (route: Route) => Number(nameOf(route) === 'POST /console/sign-out')
const inOrder = routes.toSorted((one, other) => isLast(one) - isLast(other))

const wantedOf = (route: Route, role: Role | null): 'open' | 401 | 403 => {
  // The key of an alert source opens these, whoever asks.
  if (route.path.startsWith('/hooks/alerts/')) return 401
  if (route.access === 'anyone') return 'open'
  if (role === null) return 401
  if (route.access === 'briefed') return readsBriefings(role) ? 'open' : 403
  return route.access === 'signed_in' || covers(role, route.access) ? 'open' : 403
}

const outcomeOf = (status: number): 'open' | 401 | 403 => (status === 401 || status === 403 ? status : 'open')

/** Every role at every door: more than one test is given, on a machine that does other things besides. */
const WALK = { timeout: 180_000 }

describe('the table of routes', WALK, () => {
  it('lets a key do what its role covers and nothing else', async () => {
    for (const role of ROLES)
      for (const route of inOrder) {
        const { person, key } = holders.get(role)!
        const answer = await ask(route, { authorization: `Bearer ${key}` }, person.id)
        expect(outcomeOf(answer.status), `${role}: ${nameOf(route)}`).toBe(wantedOf(route, role))
        expect(answer.status, nameOf(route)).not.toBe(500)
      }
  })

  it('lets a session do what its role covers and nothing else', async () => {
    for (const role of ROLES)
      for (const route of inOrder) {
        const { person, visitor } = holders.get(role)!
        const headers = { cookie: visitor.cookie, origin: ORIGIN, 'sec-fetch-site': 'same-origin' }
        const answer = await ask(route, headers, person.id)
        expect(outcomeOf(answer.status), `${role}: ${nameOf(route)}`).toBe(wantedOf(route, role))
      }
  })

  it('lets nobody in who does not say who they are', async () => {
    for (const [at, route] of inOrder.entries()) {
      const answer = await ask(route, { 'sec-fetch-site': 'same-origin' }, undefined, addressNo(at))
      expect(outcomeOf(answer.status), nameOf(route)).toBe(wantedOf(route, null))
    }
  })

  it('lets a revoked or invented key do nothing at all, not even what is open to anyone', async () => {
    for (const [at, key] of [revoked.key, `sitrep_${'A'.repeat(43)}`, 'nonsense'].entries())
      for (const route of inOrder) {
        const answer = await ask(route, { authorization: `Bearer ${key}` }, undefined, `198.51.100.2${at}`)
        expect(answer.status, nameOf(route)).toBe(401)
      }
  })

  it('takes a key in the header alone, never from the address', async () => {
    const { key } = holders.get('admin')!
    for (const query of [`?key=${key}`, `?access_token=${key}`, `?token=${key}`])
      expect((await house.app.request(`${ORIGIN}/api/v1/people${query}`)).status, query).toBe(401)
    const basic = { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` }
    expect((await house.app.request(`${ORIGIN}/api/v1/people`, { headers: basic })).status).toBe(401)
  })
})

describe('requests from other sites', () => {
  const unsafe = routes.filter((route) => route.method !== 'GET')

  it('change nothing by page or by API with the cookie of somebody signed in', async () => {
    for (const from of [
      { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
      { 'sec-fetch-site': 'cross-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      {},
    ]) {
      // Somebody else each time: one person at so many doors would be refused for their pace alone.
      const { cookie } = await house.signIn(await house.person('admin'))
      for (const route of unsafe.filter((each) => !each.crossSite)) {
        const answer = await ask(route, { cookie, ...(from as Record<string, string>) })
        expect(answer.status, `${nameOf(route)} from ${JSON.stringify(from)}`).toBe(403)
      }
    }
  })

  it('may come to a short list of open doors, and to no others', () => {
    expect(
      routes
        .filter((route) => route.crossSite)
        .map(nameOf)
        .toSorted(),
    ).toEqual([
      'POST /api/v1/subscriptions',
      'POST /api/v1/subscriptions/confirmations',
      'POST /hooks/alerts/alertmanager',
      'POST /hooks/alerts/generic',
      'POST /hooks/alerts/grafana',
      'POST /hooks/alerts/pagerduty',
      'POST /hooks/email/mime',
      'POST /hooks/email/postmark',
      'POST /hooks/email/sendgrid',
      'POST /hooks/email/ses',
      'POST /hooks/twilio/inbound',
      'POST /hooks/twilio/status',
      'POST /subscriptions',
      'POST /subscriptions/confirm',
      'POST /subscriptions/confirmations',
      'POST /subscriptions/endpoint',
      'POST /subscriptions/unsubscribe',
    ])
  })
})

describe('the description', () => {
  test('every route says what it does, and every route of the API what it answers', () => {
    for (const route of routes) {
      expect(route.summary.length, nameOf(route)).toBeGreaterThan(3)
      expect(route.tag, nameOf(route)).toMatch(/^[A-Z]/)
      if (route.door === 'api') expect(route.answer?.status, nameOf(route)).toBeGreaterThanOrEqual(200)
    }
    expect(new Set(routes.map(nameOf)).size).toBe(routes.length)
  })

  test('every route of the API stands in openapi.json, and nothing else does', async () => {
    const document = await (await house.app.request(`${ORIGIN}/api/v1/openapi.json`)).json()
    const described = Object.entries(document.paths as Record<string, object>).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    )
    const api = routes.filter((route) => route.door === 'api')
    const wanted = api.map((route) => `${route.method} ${route.path.replace(/:(\w+)/g, '{$1}')}`)
    expect(described.toSorted()).toEqual(wanted.toSorted())
  })
})
