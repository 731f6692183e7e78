import { describe, expect, it } from 'vitest'
import { makeKey } from '../../api/actions/make-key.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { makeLog } from '../../api/log.ts'
import { askingAs, errorsIn } from '../support/asking.ts'
import { testWorld } from '../support/world.ts'

const house = await testWorld()
const { ask, refused } = await askingAs(house)
const weak = await makeKey(house.acting(), { name: 'weak', role: 'viewer' })
const { id } = await openIncident(house.acting(), { title: 'Sign-in fails', severity: 'SEV1', body: 'It fails.' })
const resolved = await openIncident(house.acting(), { title: 'It was', severity: 'SEV3', body: 'It fails.' })
const saying = { body: 'Words.' }
await ask('POST', `/incidents/${resolved.id}/updates`, { body: { body: 'It works.', status: 'resolved' } })

describe('a refusal is a problem with its own status', () => {
  it('400 for what is not JSON', async () => {
    for (const raw of ['{', '', '{"title": "x",}', '\u0000', 'null null'])
      await refused(400, 'POST', '/incidents', { raw })
  })

  it('401 says how to sign in', async () => {
    const answer = await refused(401, 'GET', '/incidents', { headers: { authorization: 'Bearer nonsense' } })
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
  })

  it('403 names the role that is needed', async () => {
    const headers = { authorization: `Bearer ${weak.key}` }
    const answer = await refused(403, 'POST', '/incidents', { body: { title: 'x', severity: 'SEV1' }, headers })
    expect(answer.body.detail).toContain('responder')
  })

  it.each([
    '/incidents/aaaaaaaaaaaa',
    '/incidents/x',
    '/incidents/%00',
    `/incidents/${'a'.repeat(500)}`,
    "/incidents/'%20or%201=1",
    '/incidents/%F0%9F%92%A9',
    '/people/aaaaaaaaaaaa',
    '/components/aaaaaaaaaaaa',
    '/mailbox/..%2f..%2fsecret',
    '/mailbox/aaaaaaaaaaaa',
    '/nothing',
    '/incidents/aaaaaaaaaaaa/nothing',
  ])('404 for %s', async (path) => {
    await refused(404, 'GET', path)
  })

  it('405 names what is allowed', async () => {
    const wrong = [
      ['DELETE', '/incidents', 'POST, GET'],
      ['PUT', `/incidents/${id}`, 'GET, PATCH'],
      ['POST', '/cadence', 'GET, PUT'],
      ['PATCH', `/keys/${id}`, 'DELETE'],
    ]
    for (const [method, path, allow] of wrong) {
      const answer = await refused(405, method!, path!, { body: {} })
      expect(answer.headers.get('allow')).toBe(allow)
    }
  })

  it('409 with a code for what the present state does not allow', async () => {
    const again = `/incidents/${resolved.id}`
    const codes = [
      errorsIn(await refused(409, 'POST', `${again}/updates`, { body: { body: 'x', status: 'monitoring' } })),
      errorsIn(await refused(409, 'PATCH', again, { body: { severity: 'SEV1', severity_reason: 'x' } })),
      errorsIn(await refused(409, 'PATCH', again, { body: { visibility: 'internal' } })),
      errorsIn(await refused(409, 'POST', `/incidents/${id}/reopening`, { body: { body: 'x' } })),
    ]
    expect(new Set(codes.flat().map((each) => each.split(' ').at(-1)))).toEqual(new Set(['illegal_transition']))
    const { body: login } = await ask('POST', '/components', { body: { name: 'Login' } })
    await ask('POST', `/incidents/${id}/updates`, { body: { ...saying, components: [{ id: login.id }] } })
    expect(errorsIn(await refused(409, 'DELETE', `/components/${login.id}`))).toEqual([' in_use'])
  })

  it('412 for a version that is gone', async () => {
    await refused(412, 'POST', `/incidents/${id}/updates`, { body: saying, headers: { 'if-match': '"0"' } })
    const { body: cadence } = await ask('GET', '/cadence')
    await refused(412, 'PUT', '/cadence', { body: { ...cadence, version: cadence.version + 1 } })
  })

  it('413 for more than 256 KiB, announced or not', async () => {
    const raw = JSON.stringify({ title: 'x', severity: 'SEV1', body: 'x'.repeat(256 * 1024) })
    await refused(413, 'POST', '/incidents', { raw })
    await refused(413, 'POST', '/incidents', { raw: '{}', headers: { 'content-length': '9999999' } })
  })

  it('415 for anything but JSON', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'text/json', ''])
      await refused(415, 'POST', '/incidents', { raw: '{}', headers: { 'content-type': type } })
  })

  it('429 says when to come back', async () => {
    const { key: busy } = await makeKey(house.acting(), { name: 'busy', role: 'viewer' })
    const headers = { authorization: `Bearer ${busy}` }
    let status = 200
    for (let at = 0; at < 700 && status !== 429; at++) status = (await ask('GET', '/people/x', { headers })).status
    const answer = await refused(429, 'GET', '/people/x', { headers })
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await ask('GET', '/cadence')).status).toBe(200)
  })

  it('500 tells nothing but a number to quote, by which the log is found', async () => {
    const logged: string[] = []
    const { app } = await testWorld({
      clock: brokenClock,
      log: makeLog('error', { write: (line) => void logged.push(line) }),
    })
    const answer = await app.request('http://localhost:3000/api/v1/openapi.json')
    expect(answer.status).toBe(200)
    const setup = await app.request('http://localhost:3000/api/v1/subscriptions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ channel: 'email', address: 'lena@customer.example' }),
    })
    expect(setup.status).toBe(500)
    const text = await setup.text()
    expect(text).not.toContain('SECRET DETAIL')
    const number = /Quote (\S+) when you report it/.exec(JSON.parse(text).detail)?.[1]
    expect(logged.map((line) => JSON.parse(line).requestId)).toEqual([number])
  })
})

const brokenClock = (async () => {
  throw new Error('SECRET DETAIL of the database')
}) as never
