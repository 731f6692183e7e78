import { expect, it } from 'vitest'
import { HOUR } from '../../api/domain/duration.ts'
import { incidents, updates } from '../../db/schema.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { follow, soon } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const story = await startStory(carriedBy(smtp, twilio))
await follow(story, 'email', 'lena@customer.example')

const declare = (key: string, body: object = {}, caller?: string) =>
  story.api(
    'POST',
    '/incidents',
    { title: 'Sign-in fails', severity: 'SEV2', ...body },
    { headers: { 'idempotency-key': key }, ...(caller && { key: caller }) },
  )
const opened = await declare('first')
const id: string = opened.body.id
const say = (body: object, headers: Record<string, string>) =>
  story.api('POST', `/incidents/${id}/updates`, body, { headers })

it('answers the first answer again to the same key and body, and does nothing', async () => {
  const again = await declare('first')
  expect(again.status).toBe(201)
  expect(again.body).toEqual(opened.body)
  expect(opened.headers.get('idempotency-replayed')).toBeNull()
  expect(again.headers.get('idempotency-replayed')).toBe('true')
  for (const name of ['etag', 'location', 'content-type'])
    expect(again.headers.get(name), name).toBe(opened.headers.get(name))
  expect(await story.db.$count(incidents)).toBe(1)
})

it('refuses the same key with another body or for another thing', async () => {
  const other = await declare('first', { title: 'Another thing' })
  const elsewhere = await say({ body: 'Words.' }, { 'idempotency-key': 'first' })
  for (const refused of [other, elsewhere]) {
    expect(refused.status).toBe(422)
    expect(refused.body.errors[0].code).toBe('idempotency_key_reused')
  }
  expect(await story.db.$count(incidents)).toBe(1)
  expect(await story.db.$count(updates)).toBe(0)
})

it('makes one update and one mail of twenty posts at once', async () => {
  const headers = { 'idempotency-key': 'twenty' }
  const posts = Array.from({ length: 20 }, () => say({ body: 'We are looking into it.' }, headers))
  const answers = await Promise.all(posts)
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201))
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
  expect(answers.filter((answer) => answer.headers.get('idempotency-replayed') === null)).toHaveLength(1)
  expect(await story.db.$count(updates)).toBe(1)
  await smtp.waitFor(1)
  await say({ body: 'The next word.' }, {})
  await smtp.waitFor(2)
  expect(smtp.received.map(({ mail }) => mail.text!.includes('The next word.'))).toEqual([false, true])
})

it('keeps the keys of two callers apart', async () => {
  const caller = await story.key('responder')
  const own = await declare('first', {}, caller)
  expect(own.status).toBe(201)
  expect(own.body.id).not.toBe(id)
})

it('lets a refused post be mended under the same key', async () => {
  const headers = { 'idempotency-key': 'mended' }
  expect((await say({ body: 'Words.', next_update_in: 'PT9H' }, headers)).status).toBe(422)
  expect((await say({ body: 'Words.' }, headers)).status).toBe(201)
})

it('forgets a key after a day', async () => {
  await story.later(25 * HOUR)
  const later = await declare('first')
  expect(later.status).toBe(201)
  expect(later.headers.get('idempotency-replayed')).toBeNull()
  expect(later.body.id).not.toBe(id)
})

it('refuses a write on top of something its author has not seen', async () => {
  const seen = await story.api('GET', `/incidents/${id}`)
  const etag = seen.headers.get('etag')!
  expect(etag).toMatch(/^"\d+"$/)
  const first = await say({ body: 'Mine came first.' }, { 'if-match': etag })
  expect(first.status).toBe(201)
  expect(first.headers.get('etag')).not.toBe(etag)
  const count = await story.db.$count(updates)
  const path = `/incidents/${id}`
  const stale = [
    await say({ body: 'Mine came second.' }, { 'if-match': etag }),
    await story.api('PATCH', path, { title: 'Second' }, { headers: { 'if-match': etag } }),
    await story.api('POST', `${path}/reopening`, { body: 'Second.' }, { headers: { 'if-match': etag } }),
    await say({ body: 'Garbled.' }, { 'if-match': 'nonsense' }),
  ]
  expect(stale.map(({ status }) => status)).toEqual([412, 412, 412, 412])
  expect(await story.db.$count(updates)).toBe(count)
  expect((await story.api('GET', path)).body.title).toBe('Sign-in fails')
  expect((await say({ body: 'Whatever it is.' }, { 'if-match': '*' })).status).toBe(201)
  const fresh = (await story.api('GET', path)).headers.get('etag')!
  const patched = await story.api('PATCH', path, { title: 'Renamed' }, { headers: { 'if-match': fresh } })
  expect(patched.status).toBe(200)
  await soon(async () => expect(await (await story.visit(path)).text()).toContain('Renamed'))
})

it('lets only one of many posts through that all saw the same', async () => {
  const etag = (await story.api('GET', `/incidents/${id}`)).headers.get('etag')!
  const posts = Array.from({ length: 10 }, (_, at) => say({ body: `Word ${at}.` }, { 'if-match': etag }))
  const answers = await Promise.all(posts)
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array(9).fill(412)])
})
