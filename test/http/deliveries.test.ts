import { and, eq } from 'drizzle-orm'
import { beforeAll, expect, test } from 'vitest'
import { makeKey } from '../../api/actions/make-key.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { postUpdate } from '../../api/actions/post-update.ts'
import { fanOutStep } from '../../api/delivery/fan-out.ts'
import { updatesOf } from '../../db/queries/incidents.ts'
import { deliveries, siteTargets } from '../../db/schema.ts'
import { askingAs, errorsIn } from '../support/asking.ts'
import { someSubscriber } from '../support/delivering.ts'
import { testWorld } from '../support/world.ts'

const house = await testWorld()
const { ask, refused } = await askingAs(house)
let path: string
let first: string
let second: string

const fanOut = async () => {
  while (await fanOutStep(house.db, ['email', 'sms']));
}
const ends = (address: string, updateId: string, end: Partial<typeof deliveries.$inferInsert>) =>
  house.db
    .update(deliveries)
    .set({ nextAttemptAt: null, ...end })
    .where(and(eq(deliveries.address, address), eq(deliveries.updateId, updateId)))

beforeAll(async () => {
  for (const address of ['ada@x.test', 'bob@x.test', 'eve@x.test', '+4915112345678'])
    await someSubscriber(house, address)
  const { id } = await openIncident(house.acting(), { title: 'Sign-in fails', severity: 'SEV2', body: 'We look.' })
  path = `/incidents/${id}`
  await fanOut()
  await postUpdate(house.acting(), id, { body: 'The cause is known.' })
  await fanOut()
  ;[second, first] = (await updatesOf(house.db, id)).map((update) => update.id) as [string, string]
  await ends('ada@x.test', second, { state: 'accepted', acceptedAt: new Date() })
  await ends('bob@x.test', second, { state: 'failed', code: '550', enhancedCode: '5.7.1', reason: 'no', attempts: 1 })
  await ends('eve@x.test', second, { state: 'unknown', unknowns: 2, attempts: 2 })
  await house.db.insert(siteTargets).values([
    { name: 'site', revision: 7, state: 'published' },
    { name: '/mnt/elsewhere', revision: 6, state: 'failed', detail: 'full' },
  ])
})

test('the board of an update counts by channel and state, says where the page stands, and masks addresses', async () => {
  const { body } = await ask('GET', `${path}/deliveries?update_id=${second}`)
  expect(body.counts).toEqual({ email: { accepted: 1, failed: 1, unknown: 1 }, sms: { queued: 1 } })
  expect(body.page).toEqual({
    revision: 7,
    published_at: expect.stringMatching(/Z$/),
    targets: [
      { name: '/mnt/elsewhere', state: 'failed' },
      { name: 'site', state: 'published' },
    ],
  })
  expect(body.data).toHaveLength(4)
  expect(body.data.find((row: { state: string }) => row.state === 'failed')).toMatchObject({
    update_id: second,
    channel: 'email',
    address: 'b***@x.test',
    code: '550',
    enhanced_code: '5.7.1',
    attempts: 1,
    next_attempt_at: null,
  })
  expect(JSON.stringify(body)).not.toContain('bob@')
})

test('a channel and a state choose rows; the counts stay those of the whole update', async () => {
  const { body } = await ask('GET', `${path}/deliveries?update_id=${second}&channel=email&state=failed`)
  expect(body.data.map((row: { address: string }) => row.address)).toEqual(['b***@x.test'])
  expect(body.counts.sms).toEqual({ queued: 1 })
})

test('a page of rows leads to the next, and nothing is missed or told twice', async () => {
  const seen: string[] = []
  let cursor = ''
  do {
    const { body } = await ask('GET', `${path}/deliveries?limit=3${cursor && `&cursor=${cursor}`}`)
    seen.push(...body.data.map((row: { id: string }) => row.id))
    cursor = body.next_cursor ?? ''
  } while (cursor)
  expect(new Set(seen).size).toBe(8)
  expect(seen).toHaveLength(8)
})

test("another incident's update has no rows here", async () => {
  const other = await openIncident(house.acting(), { title: 'Else', severity: 'SEV4' })
  const { body } = await ask('GET', `/incidents/${other.id}/deliveries?update_id=${second}`)
  expect([body.counts, body.data]).toEqual([{}, []])
})

test('only what failed is sent again, and the answer says what was left alone', async () => {
  const answer = await ask('POST', `${path}/deliveries/retry`, { body: { update_id: second } })
  expect(answer.status).toBe(202)
  expect(answer.body).toEqual({ retried: 1, skipped: { suppressed: 0, superseded: 0, expired: 0, unknown: 1 } })
  const again = await ask('POST', `${path}/deliveries/retry`, { body: { update_id: second } })
  expect(again.body.retried).toBe(0)
  const old = await ask('POST', `${path}/deliveries/retry`, { body: { update_id: first } })
  expect(old.body).toEqual({ retried: 0, skipped: { suppressed: 0, superseded: 4, expired: 0, unknown: 0 } })
})

test('what cannot be sent again is refused by name', async () => {
  expect(errorsIn(await refused(422, 'POST', `${path}/deliveries/retry`, { body: {} }))).toEqual(['update_id required'])
  expect(errorsIn(await refused(422, 'POST', `${path}/deliveries/retry`, { body: { update_id: 'x' } }))).toHaveLength(1)
  await refused(404, 'POST', `${path}/deliveries/retry`, { body: { update_id: 'a'.repeat(12) } })
  await refused(404, 'POST', `/incidents/${'a'.repeat(12)}/deliveries/retry`, { body: { update_id: second } })
  await refused(422, 'POST', `${path}/deliveries/retry`, { body: { update_id: second, force: true } })
})

test('who only reads may neither see whom nor send again', async () => {
  const { key } = await makeKey(house.acting(), { name: 'reads', role: 'viewer' })
  const headers = { authorization: `Bearer ${key}` }
  expect((await ask('GET', `${path}/deliveries`, { headers })).status).toBe(403)
  expect((await ask('POST', `${path}/deliveries/retry`, { body: { update_id: second }, headers })).status).toBe(403)
})
