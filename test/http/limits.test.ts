import { expect, it } from 'vitest'
import { makeKey } from '../../api/actions/make-key.ts'
import { trustedProxies } from '../../api/http/client-address.ts'
import { confirmations } from '../../db/schema.ts'
import { signed } from '../support/twilio.ts'
import { testWorld } from '../support/world.ts'

interface From {
  peer?: string
  forwardedFor?: string
}
/** A sign-up from a network address, by API or by the form of the page. */
const signUps = (house: Awaited<ReturnType<typeof testWorld>>) => {
  let count = 0
  return (door: 'api' | 'form', { peer = '198.51.100.4', forwardedFor }: From = {}) => {
    const fields = { channel: 'email', address: `reader${count++}@customer.example` }
    const isApi = door === 'api'
    return house.app.request(
      `http://localhost:3000${isApi ? '/api/v1' : ''}/subscriptions`,
      {
        method: 'POST',
        headers: {
          'content-type': isApi ? 'application/json' : 'application/x-www-form-urlencoded',
          ...(forwardedFor && { 'x-forwarded-for': forwardedFor }),
        },
        body: isApi ? JSON.stringify(fields) : new URLSearchParams(fields).toString(),
      },
      { incoming: { socket: { remoteAddress: peer } } },
    )
  }
}

it('one caller signs up twenty addresses in an hour by all doors together, whatever a forged header says', async () => {
  const house = await testWorld()
  const signUp = signUps(house)
  for (let at = 0; at < 20; at++)
    expect((await signUp(at % 2 ? 'api' : 'form', { forwardedFor: `203.0.113.${at}` })).status).toBe(202)
  for (const door of ['api', 'form'] as const) {
    const refused = await signUp(door, { forwardedFor: '8.8.8.8' })
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(3600)
  }
  expect(await house.db.$count(confirmations)).toBe(20)
  expect((await signUp('api', { peer: '198.51.100.5' })).status).toBe(202)
})

it('behind our own proxy each caller has a share of their own', async () => {
  const house = await testWorld({ trusted: trustedProxies(['10.0.0.0/8']) })
  const signUp = signUps(house)
  const through = (address: string) => signUp('api', { peer: '10.0.0.1', forwardedFor: `1.2.3.4, ${address}` })
  for (let at = 0; at < 20; at++) expect((await through('192.0.2.1')).status).toBe(202)
  expect((await through('192.0.2.1')).status).toBe(429)
  expect((await through('192.0.2.2')).status).toBe(202)
})

it('all processes count sign-ups together', async () => {
  const house = await testWorld()
  const signUp = signUps(house)
  for (let at = 0; at < 20; at++) await signUp('api')
  const { openApp } = await import('../../api/http/app.ts')
  const { openLimits } = await import('../../api/http/limits.ts')
  const other = { ...house, app: openApp({ ...house.world, limits: openLimits(house.db) }) }
  expect((await signUps(other)('api')).status).toBe(429)
})

it('a key that asks too often waits alone; others and the page go on', async () => {
  const house = await testWorld()
  const { key } = await makeKey(house.acting(), { name: 'busy', role: 'viewer' })
  const { key: calm } = await makeKey(house.acting(), { name: 'calm', role: 'viewer' })
  const ask = (bearer: string) =>
    house.app.request('http://localhost:3000/api/v1/components', { headers: { authorization: `Bearer ${bearer}` } })
  const statuses = await Promise.all(Array.from({ length: 620 }, async () => (await ask(key)).status))
  expect(statuses.filter((status) => status === 429).length).toBe(20)
  const refused = await ask(key)
  expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60)
  expect((await ask(calm)).status).toBe(200)
  expect((await house.app.request('http://localhost:3000/healthz')).status).toBe(200)
})

it('nobody can try confirmation codes or tokens without end', async () => {
  const house = await testWorld()
  const guess = (at: number) =>
    house.app.request(
      `http://localhost:3000/subscriptions/unsubscribe?token=guess${at}`,
      { method: 'POST', headers: { 'x-forwarded-for': `203.0.113.${at % 250}` } },
      { incoming: { socket: { remoteAddress: '198.51.100.9' } } },
    )
  const statuses = await Promise.all(Array.from({ length: 320 }, async (_, at) => (await guess(at)).status))
  expect(new Set(statuses)).toEqual(new Set([404, 429]))
  expect(statuses.filter((status) => status === 429)).toHaveLength(20)
})

it('no number of signed calls from Twilio is too many: the next could be somebody who says STOP', async () => {
  const authToken = 'twilio-auth-token-of-the-test'
  const house = await testWorld({ twilio: { authToken, optOut: 'twilio' } })
  const call = (at: number) => {
    const params = { MessageSid: `SM${at}`, From: '+4915112345670', Body: 'STOP' }
    const signature = signed('http://localhost:3000/hooks/twilio/inbound', params, authToken)
    return house.app.request('http://localhost:3000/hooks/twilio/inbound', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature },
      body: new URLSearchParams(params).toString(),
    })
  }
  const statuses = await Promise.all(Array.from({ length: 400 }, async (_, at) => (await call(at)).status))
  expect(new Set(statuses)).toEqual(new Set([200]))
})

it('nobody can try keys without end', async () => {
  const house = await testWorld()
  const guess = (at: number) =>
    house.app.request('http://localhost:3000/api/v1/people', {
      headers: { authorization: `Bearer sitrep_${String(at).padStart(43, 'x')}` },
    })
  const statuses = await Promise.all(Array.from({ length: 320 }, async (_, at) => (await guess(at)).status))
  expect(statuses.filter((status) => status === 401)).toHaveLength(300)
  expect(statuses.filter((status) => status === 429)).toHaveLength(20)
})
