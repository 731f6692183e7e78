import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { makeKey } from '../../api/actions/make-key.ts'
import { subscribe, subscribeInput } from '../../api/actions/subscribe.ts'
import { CARRIER } from '../../db/queries/returns.ts'
import { forgetReturns, suppressAddress, suppressionOf } from '../../db/queries/suppressions.ts'
import { auditLog, inboundMessages, softBounces, suppressions } from '../../db/schema.ts'
import { fieldsOf, wordsOf } from '../support/forms.ts'
import { signed } from '../support/twilio.ts'
import { SECRET, testWorld } from '../support/world.ts'

const house = await testWorld({ twilio: { authToken: 'the token of Twilio', optOut: 'twilio' } })
const { db } = house
const admin = await house.person('admin', { name: 'Ada' })
const visitor = await house.signIn(admin)
const { key } = await makeKey(house.acting(), { name: 'tests', role: 'admin', person_id: admin.id })
const PATH = '/console/suppressions'

beforeEach(async () => {
  await db.delete(suppressions)
})

async function api(method: string, path: string, body?: unknown) {
  const answer = await house.app.request(`http://localhost:3000/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? null : JSON.parse(text) }
}

const bounced = async (addressKey: string) =>
  (await db.transaction((tx) =>
    suppressAddress(tx, [SECRET], CARRIER, {
      channel: 'email',
      addressKey,
      reason: 'bounce',
      source: 'dsn',
      code: '5.1.1',
    }),
  ))!
const inForce = (addressKey: string, secrets = [SECRET]) => suppressionOf(db, secrets, 'email', addressKey)
const acts = async (id: string) =>
  (await db.select().from(auditLog).where(eq(auditLog.subjectId, id))).map((row) => row)

describe('the list of suppressions', () => {
  it('shows reason, source and time, and of addresses no more than a mask', async () => {
    const row = await bounced('lena@example.com')
    const { status, body } = await api('GET', '/suppressions')
    expect(status).toBe(200)
    expect(body).toEqual({
      data: [
        {
          id: row.id,
          channel: 'email',
          address: 'l***@example.com',
          reason: 'bounce',
          source: 'dsn',
          code: '5.1.1',
          delivery_id: null,
          created_at: row.createdAt.toISOString(),
          lifted_at: null,
          lifted_by: null,
        },
      ],
      next_cursor: null,
    })
  })

  it('goes on page by page, and finds one address whole', async () => {
    for (const name of ['one', 'two', 'three', 'four', 'five']) await bounced(`${name}@example.com`)
    const seen: string[] = []
    let cursor = ''
    for (let page = 0; page < 3; page++) {
      const { body } = await api('GET', `/suppressions?limit=2${cursor && `&cursor=${cursor}`}`)
      seen.push(...body.data.map(({ id }: { id: string }) => id))
      cursor = body.next_cursor
    }
    expect(cursor).toBeNull()
    expect(new Set(seen).size).toBe(5)
    const found = await api('GET', `/suppressions?channel=email&address=${encodeURIComponent('two@EXAMPLE.com')}`)
    expect(found.body.data).toHaveLength(1)
    const none = await api('GET', '/suppressions?channel=email&address=six%40example.com')
    expect(none.body.data).toEqual([])
    expect((await api('GET', '/suppressions?reason=complaint')).body.data).toEqual([])
  })

  it.each([
    ['address=ada%40example.com', 'channel'],
    ['channel=email&address=nonsense', 'address'],
    ['reason=mood', 'reason'],
    ['state=gone', 'state'],
    ['cursor=x', 'cursor'],
    ['colour=red', 'colour'],
  ])('refuses ?%s by the name %s', async (query, field) => {
    const { status, body } = await api('GET', `/suppressions?${query}`)
    expect(status).toBe(422)
    expect(body.errors[0].field).toBe(field)
  })
})

describe('suppressing by hand', () => {
  it('holds, is audited with who did it, and twice is refused by name', async () => {
    const { status, body } = await api('POST', '/suppressions', { channel: 'sms', address: '+49 151 12345678' })
    expect(status).toBe(201)
    expect(body).toMatchObject({ channel: 'sms', address: '+***********78', reason: 'manual', source: 'person' })
    expect(await acts(body.id)).toEqual([
      expect.objectContaining({
        action: 'address.suppressed',
        actorName: 'tests',
        after: expect.not.objectContaining({ address: expect.anything() }),
      }),
    ])
    const again = await api('POST', '/suppressions', { channel: 'sms', address: '+4915112345678' })
    expect(again.status).toBe(409)
    expect(again.body.errors[0].code).toBe('already_suppressed')
  })

  it.each([
    [{ channel: 'fax', address: 'a@example.com' }, 'channel'],
    [{ channel: 'email', address: 'a@b, c@d.example' }, 'address'],
    [{ channel: 'sms', address: '0151 123' }, 'address'],
    [{ channel: 'email', address: 'a@example.com', why: 'so' }, 'why'],
  ])('refuses %j by the name %s', async (body, field) => {
    const answer = await api('POST', '/suppressions', body)
    expect(answer.status).toBe(422)
    expect(answer.body.errors[0].field).toBe(field)
    expect(await db.select().from(suppressions)).toEqual([])
  })
})

describe('lifting', () => {
  it('lets the address be sent to again, keeps who and when, and forgets its soft bounces', async () => {
    const row = await bounced('mia@example.com')
    await db.insert(softBounces).values({ channel: 'email', addressKey: 'mia@example.com', deliveryId: 'deliverymia1' })
    expect((await api('DELETE', `/suppressions/${row.id}`)).status).toBe(204)
    expect((await api('DELETE', `/suppressions/${row.id}`)).status).toBe(204)
    expect(await inForce('mia@example.com')).toBeNull()
    expect(await db.select().from(softBounces)).toEqual([])
    expect((await api('GET', '/suppressions')).body.data).toEqual([])
    const lifted = (await api('GET', '/suppressions?state=lifted')).body.data
    expect(lifted).toEqual([
      expect.objectContaining({ id: row.id, lifted_by: admin.id, lifted_at: expect.any(String) }),
    ])
    expect((await acts(row.id)).map(({ action }) => action)).toEqual(['address.suppressed', 'suppression.lifted'])
    expect(await bounced('mia@example.com')).toMatchObject({ reason: 'bounce' })
  })

  it('of what is not there is a 404', async () => {
    expect((await api('DELETE', '/suppressions/aaaaaaaaaaaa')).status).toBe(404)
  })
})

describe('an erased address', () => {
  it('stays suppressed, known by the keyed hash alone, also after the secret has changed', async () => {
    const row = await bounced('noa@example.com')
    await db.transaction((tx) => forgetReturns(tx, 'email', ['noa@example.com']))
    const kept = JSON.stringify(await db.select().from(suppressions))
    expect(kept).not.toContain('noa')
    expect(await inForce('noa@example.com')).toMatchObject({ id: row.id, addressKey: null })
    expect(await inForce('noa@example.com', ['a newer secret', SECRET])).toMatchObject({ id: row.id })
    expect((await api('GET', '/suppressions')).body.data[0]).toMatchObject({ address: null })
    expect((await api('GET', '/suppressions?channel=email&address=noa%40example.com')).body.data).toHaveLength(1)
    expect(wordsOf(await (await visitor.get(PATH)).text())).toContain('Erased address')
  })

  it('is known again when it is given to us anew', async () => {
    await bounced('pia@example.com')
    await db.transaction((tx) => forgetReturns(tx, 'email', ['pia@example.com']))
    await subscribe(house.acting(), subscribeInput.parse({ channel: 'email', address: 'pia@example.com' }))
    expect(await inForce('pia@example.com')).toMatchObject({ addressKey: 'pia@example.com' })
  })
})

describe('the screen of suppressions', () => {
  it('says in words why and on whose word, and lifts by a button', async () => {
    const row = await bounced('zoe@example.com')
    const html = await (await visitor.get(PATH)).text()
    for (const said of ['z***@example.com', 'Mail to it comes back', 'told by a returned mail, 5.1.1'])
      expect(wordsOf(html)).toContain(said)
    expect(html).not.toContain('zoe@')
    const lifted = await visitor.post(`${PATH}/${row.id}/lift`)
    expect(lifted.headers.get('location')).toBe(`${PATH}?notice=suppression_lifted`)
    const after = wordsOf(await (await visitor.get(`${PATH}?notice=suppression_lifted`)).text())
    expect(after).toContain('Lifted. The address may be sent to again.')
    expect(after).toMatch(/Lifted .* by Ada/)
    expect(await inForce('zoe@example.com')).toBeNull()
  })

  it('suppresses by its form, and shows again what it refuses', async () => {
    const refused = await visitor.post(PATH, { channel: 'email', address: 'nobody' })
    expect(refused.status).toBe(422)
    expect(fieldsOf(await refused.text(), PATH)).toMatchObject({ channel: 'email', address: 'nobody' })
    const done = await visitor.post(PATH, { channel: 'email', address: 'kim@example.com' })
    expect(done.headers.get('location')).toBe(`${PATH}?notice=suppressed`)
    expect(await inForce('kim@example.com')).toMatchObject({ reason: 'manual' })
    expect((await visitor.post(PATH, { channel: 'email', address: 'kim@example.com' })).status).toBe(409)
  })

  it('goes on to older ones', async () => {
    for (let each = 0; each < 51; each++) await bounced(`reader${each}@example.com`)
    const html = await (await visitor.get(PATH)).text()
    const older = /href="(\/console\/suppressions\?before=[^"]+)"/.exec(html)![1]!
    const next = await (await visitor.get(older)).text()
    expect(next.match(/\/lift"/g)).toHaveLength(1)
    expect((await visitor.get(`${PATH}?before=x`)).status).toBe(422)
  })
})

describe('what readers answer in words of their own', () => {
  const URL_OF_TEXTS = 'http://localhost:3000/hooks/twilio/inbound'
  const texts = (Body: string, MessageSid: string, given: { token?: string } = {}) => {
    const params = { MessageSid, From: '+4915112345670', Body }
    return house.app.request(URL_OF_TEXTS, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-twilio-signature': signed(URL_OF_TEXTS, params, given.token ?? 'the token of Twilio'),
      },
      body: new URLSearchParams(params).toString(),
    })
  }

  it('waits for a person, who reads it and lets them alone by one press', async () => {
    expect((await texts('please <b>stop</b> texting me', 'SM1')).status).toBe(200)
    expect((await texts('STOP', 'SM2')).status).toBe(200)
    const { body } = await api('GET', '/inbound-messages')
    expect(body.data).toMatchObject([
      { channel: 'sms', address: '+4915112345670', body: 'please <b>stop</b> texting me', meaning: 'unmatched' },
    ])
    expect((await api('GET', '/inbound-messages?meaning=stop')).body.data).toMatchObject([{ body: 'STOP' }])
    expect((await api('GET', '/inbound-messages?meaning=all')).status).toBe(422)
    const html = await (await visitor.get(PATH)).text()
    expect(wordsOf(html)).toContain('please <b>stop</b> texting me')
    expect(html).not.toContain('<b>stop</b>')
    const fields = fieldsOf(html.slice(html.indexOf('id="replies"')), PATH)
    expect(fields).toEqual({ channel: 'sms', address: '+4915112345670' })
    expect((await visitor.post(PATH, fields)).status).toBe(303)
    expect(await suppressionOf(db, [SECRET], 'sms', '+4915112345670')).toMatchObject({ reason: 'manual' })
  })

  it('is not read by a responder, and is not taken from whoever is not Twilio, or too long', async () => {
    const { cookie } = await house.signIn(await house.person('responder'))
    expect((await house.visitor(cookie).get(PATH)).status).toBe(403)
    const before = await db.$count(inboundMessages)
    expect((await texts('forged', 'SM3', { token: 'another' })).status).toBe(403)
    expect((await texts('x'.repeat(300_000), 'SM4')).status).toBe(413)
    expect(await db.$count(inboundMessages)).toBe(before)
    const status = await house.app.request('http://localhost:3000/hooks/twilio/status', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `MessageSid=${'x'.repeat(300_000)}`,
    })
    expect(status.status).toBe(413)
  })
})
