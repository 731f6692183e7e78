import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { HOUR, MINUTE } from '../../api/domain/duration.ts'
import { signedUntil } from '../../api/domain/signature.ts'
import { auditLog, confirmations, deliveries, subscribers, webhookEndpoints } from '../../db/schema.ts'
import { SECRETS } from '../support/acting.ts'
import { fieldsOf, wordsOf } from '../support/forms.ts'
import { isSigned, testReceiver } from '../support/receiver.ts'
import { startStory } from '../support/service.ts'
import { pageWords, post, published, soon } from '../support/storytelling.ts'

const receiver = await testReceiver()
const story = await startStory({ WEBHOOK_ALLOW: receiver.allowed })

/** As the service reads them: the setting is a list. */
const secrets = SECRETS.join(',')
  .split(',')
  .map((secret) => secret.trim())

const signUp = async (body: object) => {
  const headers = { 'content-type': 'application/json' }
  const answer = await story.visit('/api/v1/subscriptions', { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: answer.status, text: await answer.text() }
}
const hook = (path: string, more: object = {}) => signUp({ channel: 'webhook', address: receiver.url(path), ...more })
const subscriberAt = async (path: string) =>
  (
    await story.db
      .select()
      .from(subscribers)
      .where(eq(subscribers.addressKey, receiver.url(path)))
  )[0] ?? null
const active = (path: string) =>
  soon(async () => {
    const subscriber = await subscriberAt(path)
    expect(subscriber?.state).toBe('active')
    return subscriber!
  })
const events = (path: string) => receiver.at(path).filter(({ body }) => body.type !== 'subscription.challenge')
const linkIn = (path: string) => events(path).at(-1)!.body.meta.manage.slice(story.url.length) as string
const say = (title: string) => story.api('POST', '/incidents', { title, severity: 'SEV2', body: `${title}.` })
const acts = async (id: string) =>
  (await story.db.select().from(auditLog).where(eq(auditLog.subjectId, id))).map(({ action }) => action)

it('confirms an endpoint that answers its challenge, and tells it the latest word, signed with the secret it was given', async () => {
  const opened = await say('Sign-in fails')
  const pending = await hook('/crm', { contact: 'ops@customer.example' })
  expect(pending.status).toBe(202)
  const subscriber = await active('/crm')
  const [challenge] = receiver.at('/crm')
  expect(challenge!.body).toEqual({
    type: 'subscription.challenge',
    challenge: expect.any(String),
    secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
  })
  await soon(() => expect(events('/crm')).toHaveLength(1))
  const [welcome] = events('/crm')
  expect(welcome!.body).toMatchObject({ type: 'incident.update', incident: { id: opened.body.id } })
  const secret = receiver.secretOf('/crm')
  for (const sent of [challenge, welcome]) expect(isSigned(sent!, secret, new Date())).toBe(true)
  const [endpoint] = await story.db.select().from(webhookEndpoints)
  expect(endpoint).toMatchObject({ subscriberId: subscriber.id, contact: 'ops@customer.example' })
  expect(JSON.stringify(endpoint)).not.toContain(secret)
  expect(JSON.stringify(await story.db.select().from(confirmations))).not.toContain(secret)
  expect(story.logged.join('')).not.toContain(secret.slice(6))
  expect(await acts(subscriber.id)).toEqual(['subscription.confirmed'])
})

it('takes an endpoint from the form of the page', async () => {
  await soon(async () => expect(await published(story, '/subscribe')).toContain('value="webhook"'))
  const action = `${story.url}/subscriptions`
  const fields = { channel: 'webhook', address: receiver.url('/form'), events: 'milestones', contact: '' }
  const answer = await post(story, '/subscriptions', fields)
  expect(answer.status).toBe(202)
  expect(wordsOf(await answer.text())).toContain('Waiting for your endpoint')
  expect((await active('/form')).events).toBe('milestones')
  const wrong = await post(story, '/subscriptions', { ...fields, address: 'https://10.0.0.1/x', contact: 'nobody' })
  expect(wrong.status).toBe(422)
  const html = await wrong.text()
  expect(wordsOf(html)).toContain('Use an address that can be reached from the internet.')
  expect(fieldsOf(html, action)).toMatchObject({ address: 'https://10.0.0.1/x', contact: 'nobody' })
})

it.each([
  ['http://hooks.example.com/', 'url_refused'],
  ['https://localhost/', 'url_refused'],
  ['https://2130706433/', 'url_refused'],
  ['https://[::ffff:169.254.169.254]/', 'url_refused'],
  ['https://me:secret@hooks.example.com/', 'url_refused'],
  ['ops@customer.example', 'url_refused'],
])('refuses %s by name, and changes nothing', async (address, code) => {
  const before = await story.db.$count(confirmations)
  const answer = await signUp({ channel: 'webhook', address })
  expect(answer.status).toBe(422)
  expect(JSON.parse(answer.text).errors).toEqual([expect.objectContaining({ field: 'address', code })])
  expect(await story.db.$count(confirmations)).toBe(before)
})

it('refuses a contact that is no address, and one for another channel', async () => {
  expect((await hook('/contact', { contact: 'a@b, evil@x' })).status).toBe(422)
  expect(
    (await signUp({ channel: 'email', address: 'a@customer.example', contact: 'b@customer.example' })).status,
  ).toBe(422)
  expect(receiver.at('/contact')).toEqual([])
})

it('answers the same to every endpoint, asks one that does not answer three times more, and forgets it', async () => {
  receiver.answers('/deaf', ...Array.from({ length: 9 }, () => ({ status: 200, body: 'What?' })))
  const answers = [await hook('/deaf'), await hook('/crm'), await hook('/new'), await hook('/deaf')]
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  for (const [times, wait] of [5_000, 5 * MINUTE, 30 * MINUTE, 25 * MINUTE].entries()) {
    await soon(() => expect(receiver.at('/deaf')).toHaveLength(times + 1))
    await soon(async () => {
      const rows = await story.db
        .select()
        .from(deliveries)
        .where(eq(deliveries.address, receiver.url('/deaf')))
      expect(rows.map(({ state }) => state)).toEqual(['failed_for_now'])
    })
    await story.later(wait * 1.2)
  }
  await soon(async () => {
    const rows = await story.db
      .select()
      .from(deliveries)
      .where(eq(deliveries.address, receiver.url('/deaf')))
    expect(rows.map(({ state, code }) => [state, code])).toEqual([['expired', 'challenge_missing']])
  })
  expect(new Set(receiver.at('/deaf').map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  expect(await subscriberAt('/deaf')).toBeNull()
})

it('keeps the secret and the contact of an endpoint that somebody else signs up again', async () => {
  const secret = receiver.secretOf('/crm')
  const before = receiver.at('/crm').length
  await story.later(HOUR)
  await hook('/crm', { contact: 'evil@elsewhere.example' })
  await soon(() => expect(receiver.at('/crm').length).toBeGreaterThan(before))
  await soon(async () => expect(await acts((await subscriberAt('/crm'))!.id)).toHaveLength(2))
  expect(receiver.secretOf('/crm')).toBe(secret)
  const [endpoint] = await story.db
    .select()
    .from(webhookEndpoints)
    .where(eq(webhookEndpoints.subscriberId, (await subscriberAt('/crm'))!.id))
  expect(endpoint!.contact).toBe('ops@customer.example')
})

it('lets the owner see what the endpoint answered and take a new secret, by the link in any event', async () => {
  receiver.answers('/crm', { status: 500, body: '<script>alert(1)</script>' })
  await say('Exports fail')
  await soon(async () => expect(await pageWords(story, linkIn('/crm'))).toContain('<script>alert(1)</script>'))
  const page = await published(story, linkIn('/crm'))
  expect(page).not.toContain('<script>alert')
  expect(page).not.toMatch(/<button(?! class)/)
  expect(page).not.toContain(receiver.url('/crm'))
  expect(page).not.toContain('whsec_')
  await story.later(6_000)
  await soon(() => expect(events('/crm').at(-1)!.status).toBe(204))
  const old = receiver.secretOf('/crm')
  const answer = await post(story, linkIn('/crm'), { act: 'secret' })
  const secret = /whsec_[A-Za-z0-9+/]{43}=/.exec(await answer.text())![0]
  expect(secret).not.toBe(old)
  const count = events('/crm').length
  await say('Search fails')
  await soon(() => expect(events('/crm').length).toBeGreaterThan(count))
  const during = events('/crm').at(-1)!
  const sentAt = new Date(Number(during.headers['webhook-timestamp']) * 1000)
  for (const one of [old, secret]) expect(isSigned(during, one, sentAt)).toBe(true)
  const { id } = (await subscriberAt('/crm'))!
  expect(await acts(id)).toContain('webhook.secret_changed')
  await story.db.update(subscribers).set({ locale: 'ar' }).where(eq(subscribers.id, id))
  expect(await published(story, linkIn('/crm'))).toContain('<html lang="ar"')
  await story.db.update(subscribers).set({ locale: 'en' }).where(eq(subscribers.id, id))
})

it('lets nobody in by a link that is forged, meant for something else, or too old', async () => {
  const { id } = (await subscriberAt('/crm'))!
  const now = await story.clock.now()
  const link = (token: string) => `/subscriptions/endpoint?token=${token}`
  const forged = signedUntil('endpoint', id, new Date(now.getTime() + HOUR), ['another secret'])
  const other = signedUntil('proof', id, new Date(now.getTime() + HOUR), secrets)
  const old = signedUntil('endpoint', id, new Date(now.getTime() - HOUR), secrets)
  const before = await acts(id)
  for (const [token, status] of [
    [forged, 404],
    [other, 404],
    ['', 404],
    [old, 410],
  ] as const)
    for (const method of ['GET', 'POST'])
      expect((await story.visit(link(token), { method })).status, `${method} ${token}`).toBe(status)
  for (const method of ['GET', 'HEAD']) expect((await story.visit(linkIn('/crm'), { method })).status).toBe(200)
  expect(await acts(id)).toEqual(before)
})

it('plays again what was sent, under the same ids, when an admin asks', async () => {
  const { id } = (await subscriberAt('/crm'))!
  await soon(async () => {
    const rows = await story.db.select().from(deliveries).where(eq(deliveries.subscriberId, id))
    expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(['accepted']))
  })
  const sent = [...new Set(events('/crm').map(({ headers }) => headers['webhook-id']!))]
  const before = events('/crm').length
  const answer = await story.api('POST', `/subscribers/${id}/replay`, { since: '2020-01-01T00:00:00Z' })
  expect(answer).toMatchObject({ status: 202, body: { replayed: sent.length } })
  await soon(() => expect(events('/crm')).toHaveLength(before + sent.length))
  expect(
    events('/crm')
      .slice(before)
      .map(({ headers }) => headers['webhook-id']),
  ).toEqual(sent)
  const last = { delivery_id: sent.at(-1), attempt: 1, at: expect.any(String), status: 204, code: null, excerpt: null }
  const log = await soon(async () => {
    const answer = await story.api('GET', `/subscribers/${id}/attempts?limit=2`)
    expect(answer.body.data[0]).toEqual(last)
    return answer
  })
  const more = await story.api('GET', `/subscribers/${id}/attempts?limit=200&cursor=${log.body.next_cursor}`)
  expect(more.body.data.length).toBeGreaterThan(3)
  expect(more.body.data).toContainEqual(expect.objectContaining({ status: 500, excerpt: '<script>alert(1)</script>' }))
})

it('is switched off by the endpoint itself and on again by an admin or the owner, and then told the latest word', async () => {
  const { id } = await active('/form')
  receiver.answers('/form', { status: 410 })
  const opened = await say('Mail fails')
  await soon(async () => expect((await subscriberAt('/form'))!.state).toBe('disabled'))
  expect((await story.api('POST', `/subscribers/${id}/replay`, { since: '2020-01-01T00:00:00Z' })).status).toBe(409)
  const before = events('/form').length
  expect((await story.api('POST', `/subscribers/${id}/reactivation`)).status).toBe(204)
  await soon(() =>
    expect(
      events('/form')
        .slice(before)
        .map(({ body }) => body.incident.id),
    ).toContain(opened.body.id),
  )
  receiver.answers('/form', { status: 410 })
  await say('Calendars fail')
  await soon(async () => expect((await subscriberAt('/form'))!.state).toBe('disabled'))
  const page = await post(story, linkIn('/form'), { act: 'enable' })
  expect(wordsOf(await page.text())).toContain('Events are sent to')
  expect((await subscriberAt('/form'))!.state).toBe('active')
  expect(await acts(id)).toEqual(expect.arrayContaining(['webhook.disabled', 'webhook.enabled']))
})

it('has a secret that an admin can change, once for all to see, and knows no other subscriber', async () => {
  const { id } = (await subscriberAt('/form'))!
  const answer = await story.api('POST', `/subscribers/${id}/webhook-secret`)
  expect(answer).toMatchObject({ status: 201, body: { secret: expect.stringMatching(/^whsec_/) } })
  const unknown = 'a'.repeat(12)
  for (const [method, path, body] of [
    ['POST', 'webhook-secret', undefined],
    ['POST', 'reactivation', undefined],
    ['POST', 'replay', { since: '2020-01-01T00:00:00Z' }],
    ['GET', 'attempts', undefined],
  ] as const)
    expect((await story.api(method, `/subscribers/${unknown}/${path}`, body)).status, path).toBe(404)
})

it('ends with the unsubscribe link of any event', async () => {
  const link = events('/crm').at(-1)!.body.meta.unsubscribe.slice(story.url.length)
  expect((await post(story, link, { 'List-Unsubscribe': 'One-Click' })).status).toBe(200)
  expect((await subscriberAt('/crm'))!.state).toBe('ended')
  const before = receiver.at('/crm').length
  const opened = await say('Nobody hears')
  await soon(() => expect(events('/form').at(-1)!.body.incident.id).toBe(opened.body.id))
  expect(receiver.at('/crm')).toHaveLength(before)
  const page = await pageWords(story, linkIn('/crm'))
  expect(page).toContain('has ended')
})
