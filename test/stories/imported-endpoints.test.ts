import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { and, eq } from 'drizzle-orm'
import { afterAll, expect, it } from 'vitest'
import { importSubscribers } from '../../api/actions/import-subscribers.ts'
import { DAY, HOUR } from '../../api/domain/duration.ts'
import { confirmations, subscribers, webhookEndpoints } from '../../db/schema.ts'
import { actingAs, SECRETS } from '../support/acting.ts'
import { isSigned, testReceiver } from '../support/receiver.ts'
import { startStory } from '../support/service.ts'
import { soon } from '../support/storytelling.ts'

const receiver = await testReceiver()
const story = await startStory({ WEBHOOK_ALLOW: receiver.allowed })
const { db, clock } = story
const key = await story.key('admin')
/** As the service reads them: the setting is a list. */
const secrets = SECRETS.join(',')
  .split(',')
  .map((secret) => secret.trim())
const folder = await mkdtemp(join(tmpdir(), 'sitrep-import-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

const HEAD = 'channel,address,contact,min_severity,consent_at,consent_source'
const AGREED = '2026-01-01T00:00:00Z,crm'
const importCsv = async (rows: string[], query = '') => {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'text/csv' }
  const body = [HEAD, ...rows, ''].join('\r\n')
  const answer = await story.visit(`/api/v1/subscribers/import${query}`, { method: 'POST', headers, body })
  return (await answer.json()) as Record<string, unknown> & { errors: { row: number; code: string }[] }
}
const at = (path: string) => receiver.at(path).map(({ body }) => body.type as string)
const subscriberAt = async (path: string) =>
  (
    await db
      .select()
      .from(subscribers)
      .innerJoin(webhookEndpoints, eq(webhookEndpoints.subscriberId, subscribers.id))
      .where(and(eq(subscribers.channel, 'webhook'), eq(subscribers.addressKey, receiver.url(path))))
  )[0] ?? null

it('asks every endpoint by its challenge, consent or not, and tells news to those alone that answered', async () => {
  receiver.answers('/deaf', ...Array.from({ length: 5 }, () => ({ status: 500 })))
  const done = await importCsv([
    `webhook,${receiver.url('/crm')},ops@customer.example,SEV2,${AGREED}`,
    `webhook,${receiver.url('/plain')},,,,`,
    `webhook,${receiver.url('/deaf')},,,${AGREED}`,
  ])
  expect(done).toEqual({ created: 0, updated: 0, pending: 3, skipped: 0, errors: [] })
  const { body } = await story.api('POST', '/incidents', {
    title: 'Sign-in fails',
    severity: 'SEV1',
    body: 'It fails.',
  })
  for (const path of ['/crm', '/plain'])
    await soon(() => expect(at(path)).toEqual(['subscription.challenge', 'incident.update']))
  const [challenge, news] = receiver.at('/crm')
  for (const sent of [challenge, news]) expect(isSigned(sent!, receiver.secretOf('/crm'), new Date())).toBe(true)
  expect(news!.body.incident.id).toBe(body.id)
  const known = await subscriberAt('/crm')
  expect(known!.subscribers).toMatchObject({ state: 'active', minSeverity: 'SEV2', consentSource: 'import' })
  expect(known!.webhook_endpoints.contact).toBe('ops@customer.example')
  await story.api('POST', `/incidents/${body.id}/updates`, { body: 'The cause is known.' })
  await soon(() => expect(at('/plain')).toHaveLength(3))
  await story.later(2 * HOUR)
  await soon(async () =>
    expect(await db.$count(confirmations, eq(confirmations.address, receiver.url('/deaf')))).toBe(1),
  )
  expect(new Set(at('/deaf'))).toEqual(new Set(['subscription.challenge']))
  expect(await subscriberAt('/deaf')).toBeNull()
})

it('changes what a known endpoint hears and who is told of its failures, and asks it nothing', async () => {
  const before = await subscriberAt('/crm')
  const done = await importCsv([`webhook,${receiver.url('/crm')},team@customer.example,SEV3,${AGREED}`])
  expect(done).toMatchObject({ created: 0, updated: 1, pending: 0 })
  const after = await subscriberAt('/crm')
  expect(after!.subscribers).toMatchObject({ id: before!.subscribers.id, minSeverity: 'SEV3', state: 'active' })
  expect(after!.webhook_endpoints).toMatchObject({
    contact: 'team@customer.example',
    secret: before!.webhook_endpoints.secret,
  })
  expect(at('/crm').filter((type) => type === 'subscription.challenge')).toHaveLength(1)
})

it('asks one anew that was disabled, and none that left', async () => {
  const end = (path: string, state: 'disabled' | 'ended', endedBy: string) =>
    db
      .update(subscribers)
      .set({ state, endedBy, endedAt: new Date() })
      .where(eq(subscribers.addressKey, receiver.url(path)))
  await end('/crm', 'disabled', 'failures')
  await end('/plain', 'ended', 'link')
  await clock.advance(DAY)
  const done = await importCsv([
    `webhook,${receiver.url('/crm')},,,${AGREED}`,
    `webhook,${receiver.url('/plain')},,,${AGREED}`,
  ])
  expect(done).toMatchObject({ pending: 1, errors: [{ row: 2, code: 'left' }] })
  await soon(async () => expect((await subscriberAt('/crm'))!.subscribers.state).toBe('active'))
  expect((await subscriberAt('/plain'))!.subscribers.state).toBe('ended')
})

it.each([
  'http://hooks.example.com/',
  'https://localhost/',
  'https://127.0.0.1/',
  'https://[::1]/',
  'https://10.1.2.3/',
  'https://169.254.169.254/latest/meta-data',
  'https://[::ffff:127.0.0.1]/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://user:word@hooks.example.com/',
  'https://hooks.example.com:22/',
])('refuses %s by its row, as a sign-up would', async (address) => {
  const before = await db.$count(confirmations)
  const done = await importCsv([`webhook,${address},,,${AGREED}`])
  expect(done).toMatchObject({ created: 0, pending: 0, errors: [{ row: 1, code: 'url_refused' }] })
  expect(await db.$count(confirmations)).toBe(before)
})

it('refuses a contact that is no address, or of a channel that has none', async () => {
  const done = await importCsv([
    `webhook,${receiver.url('/contact')},nobody,,${AGREED}`,
    `email,ada@a.example,ops@a.example,,${AGREED}`,
  ])
  expect(done.errors.map(({ row, code }) => [row, code])).toEqual([
    [1, 'address_invalid'],
    [2, 'unknown_field'],
  ])
})

it('asks nobody on a dry run; a list in JSON does the same as a table', async () => {
  const row = `webhook,${receiver.url('/dry')},,,${AGREED}`
  expect(await importCsv([row], '?dry_run=true')).toMatchObject({ pending: 1 })
  const path = join(folder, 'list.json')
  await writeFile(path, JSON.stringify([{ channel: 'webhook', address: receiver.url('/json') }]))
  const acting = { ...actingAs(db, clock), secrets, webhookAllow: [receiver.allowed] }
  expect(await importSubscribers(acting, { path, format: 'json' }, false)).toMatchObject({ pending: 1 })
  await soon(async () => expect((await subscriberAt('/json'))?.subscribers.state).toBe('active'))
  expect(at('/dry')).toEqual([])
})
