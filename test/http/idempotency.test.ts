import { expect, it } from 'vitest'
import { makeKey } from '../../api/actions/make-key.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { components, confirmations, idempotencyKeys, updates } from '../../db/schema.ts'
import { testWorld } from '../support/world.ts'

const house = await testWorld()
const { key } = await makeKey(house.acting(), { name: 'tests', role: 'admin' })
const ask = (
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string>,
  bearer: string | null = key,
) =>
  house.app.request(`http://localhost:3000/api/v1${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(bearer && { authorization: `Bearer ${bearer}` }),
      ...headers,
    },
    body: JSON.stringify(body),
  })
const named = (once: string) => ({ 'idempotency-key': once })

it.each(['', ' ', 'two words', 'ä', 'x'.repeat(256), 'tab\tbed'])('refuses %j as a key by name', async (once) => {
  const encoded = Buffer.from(once, 'utf8').toString('latin1')
  const answer = await ask('POST', '/components', { name: 'x' }, named(encoded))
  expect(answer.status).toBe(422)
  expect((await answer.json()).errors[0]).toMatchObject({ field: 'Idempotency-Key', code: 'invalid' })
  expect(await house.db.$count(components)).toBe(0)
})

it('takes the longest key, and says nothing of replay the first time', async () => {
  const first = await ask('POST', '/components', { name: 'Login' }, named('x'.repeat(255)))
  const again = await ask('POST', '/components', { name: 'Login' }, named('x'.repeat(255)))
  expect([first.status, again.status]).toEqual([201, 201])
  expect([first, again].map((answer) => answer.headers.get('idempotency-replayed'))).toEqual([null, 'true'])
  expect(await again.json()).toEqual(await first.json())
  expect(await house.db.$count(components)).toBe(1)
})

it('leaves PATCH, PUT and DELETE alone, which may be repeated anyway', async () => {
  const [component] = await house.db.select().from(components)
  for (const name of ['One', 'Two']) {
    const answer = await ask('PATCH', `/components/${component!.id}`, { name }, named('patched'))
    expect((await answer.json()).name).toBe(name)
  }
})

it('stores nothing of a refusal, of whatever kind', async () => {
  const before = await house.db.$count(idempotencyKeys)
  const { id } = await openIncident(house.acting(), { title: 'x', severity: 'SEV3', body: 'x' })
  const refusals = [
    await ask('POST', '/components', { name: '' }, named('refused')),
    await ask('POST', '/incidents/aaaaaaaaaaaa/updates', { body: 'x' }, named('refused')),
    await ask('POST', `/incidents/${id}/reopening`, { body: 'x' }, named('refused')),
    await ask('POST', `/incidents/${id}/updates`, { body: 'x' }, { ...named('refused'), 'if-match': '"99"' }),
    await ask('POST', '/components', { name: 'x' }, named('refused'), 'sitrep_nonsense'),
  ]
  expect(refusals.map(({ status }) => status)).toEqual([422, 404, 409, 412, 401])
  expect(await house.db.$count(idempotencyKeys)).toBe(before)
  expect(await house.db.$count(updates)).toBe(1)
})

it('counts every byte of the body and the address', async () => {
  await ask('POST', '/components', { name: 'Mail' }, named('bytes'))
  const changed = [
    await ask('POST', '/components', { name: 'Mail', description: null }, named('bytes')),
    await ask('POST', '/component-groups', { name: 'Mail' }, named('bytes')),
  ]
  for (const answer of changed) expect((await answer.json()).errors[0].code).toBe('idempotency_key_reused')
})

it('does not hand the answer of one caller to another who guesses the key', async () => {
  const { key: other } = await makeKey(house.acting(), { name: 'other', role: 'admin' })
  const made = await ask('POST', '/keys', { name: 'Robot', role: 'viewer' }, named('secret'))
  const theirs = await ask('POST', '/keys', { name: 'Robot', role: 'viewer' }, named('secret'), other)
  expect((await theirs.json()).key).not.toBe((await made.json()).key)
})

it('never writes the text of an API key into what it keeps', async () => {
  const made = await (await ask('POST', '/keys', { name: 'Robot', role: 'viewer' }, named('kept'))).json()
  const kept = await house.db.select().from(idempotencyKeys)
  expect(JSON.stringify(kept)).not.toContain(made.key)
})

it('answers many sign-ups at once that each bring a key, though they outnumber the connections', async () => {
  const signUp = (at: number) =>
    ask('POST', '/subscriptions', { channel: 'email', address: `r${at}@customer.example` }, named(`s${at}`), null)
  const answers = await Promise.all(Array.from({ length: 18 }, (_, at) => signUp(at)))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
  expect(await house.db.$count(confirmations)).toBe(18)
})

it('counts a wrong code even when it comes with a key, so that nobody guesses for ever', async () => {
  await ask('POST', '/subscriptions', { channel: 'sms', address: '+4915112345670', consent: true }, {}, null)
  const guess = (at: number) =>
    ask(
      'POST',
      '/subscriptions/confirmations',
      { channel: 'sms', address: '+4915112345670', code: `${at}00000` },
      named(`g${at}`),
      null,
    )
  const statuses = []
  for (let at = 1; at <= 7; at++) statuses.push((await guess(at)).status)
  expect(statuses.slice(0, 4)).toEqual([422, 422, 422, 422])
  expect(statuses.slice(5)).toEqual([429, 429])
})
