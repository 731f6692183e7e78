import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { addComponent } from '../../api/actions/add-component.ts'
import { endSubscription } from '../../api/actions/end-subscription.ts'
import { makeKey } from '../../api/actions/make-key.ts'
import { DAY, MINUTE, plus } from '../../api/domain/duration.ts'
import { addressHashes } from '../../api/domain/suppression.ts'
import { newId } from '../../db/ids.ts'
import { announcements, auditLog, confirmations, subscribers, suppressions } from '../../db/schema.ts'
import { SECRET, testWorld } from '../support/world.ts'

const house = await testWorld()
const { db, clock } = house
const acting = house.acting()
const { key } = await makeKey(acting, { name: 'tests', role: 'admin' })
const login = await addComponent(acting, { name: 'Login' })
const agreed = (await clock(db)).toISOString()

const send = async (path: string, body: string, type: string) => {
  const headers = { authorization: `Bearer ${key}`, 'content-type': type }
  const answer = await house.app.request(`http://localhost:3000/api/v1${path}`, { method: 'POST', headers, body })
  return { status: answer.status, body: await answer.json() }
}
const importCsv = (lines: string[], query = '') =>
  send(`/subscribers/import${query}`, `${lines.join('\r\n')}\r\n`, 'text/csv; charset=utf-8')
const importJson = (rows: unknown) => send('/subscribers/import', JSON.stringify(rows), 'application/json')
const get = (path: string, accept = 'application/json') =>
  house.app.request(`http://localhost:3000/api/v1${path}`, { headers: { authorization: `Bearer ${key}`, accept } })
const list = async (query = '') => (await get(`/subscribers${query}`)).json()
const reader = async (address: string) =>
  (await db.select().from(subscribers).where(eq(subscribers.address, address)))[0]
const HEAD = 'channel,address,components,min_severity,events,locale,time_zone,consent_at,consent_source'
const withConsent = (address: string, channel = 'email') => `${channel},${address},,,,,,${agreed},crm`
const actions = async () => (await db.select().from(auditLog)).map(({ action }) => action)

describe('an import', () => {
  it('takes rows with consent at once, and tells nobody', async () => {
    const rows = [HEAD, `email,ada@a.example,Login,SEV2,milestones,ar,Asia/Riyadh,${agreed},paper form 7`]
    const done = await importCsv([...rows, withConsent('+49 151 23456789', 'sms')])
    expect(done).toEqual({ status: 200, body: { created: 2, updated: 0, pending: 0, skipped: 0, errors: [] } })
    expect(await reader('ada@a.example')).toMatchObject({
      state: 'active',
      componentIds: [login.id],
      minSeverity: 'SEV2',
      events: 'milestones',
      locale: 'ar',
      timeZone: 'Asia/Riyadh',
      consentSource: 'paper form 7',
      consentAt: new Date(agreed),
    })
    expect(await reader('+4915123456789')).toMatchObject({ channel: 'sms', events: 'all' })
    expect(await db.$count(announcements)).toBe(0)
    expect(await actions()).toEqual(expect.arrayContaining(['subscribers.import_begun', 'subscribers.imported']))
  })

  it('taken again changes what it says and leaves what it does not say', async () => {
    const done = await importCsv(['channel,address,min_severity', 'email,ada@a.example,SEV3'])
    expect(done.body).toMatchObject({ created: 0, updated: 1, pending: 0, skipped: 0 })
    expect(await reader('ada@a.example')).toMatchObject({
      minSeverity: 'SEV3',
      events: 'milestones',
      consentSource: 'paper form 7',
    })
  })

  it('names every row that it cannot take, and takes the others', async () => {
    const done = await importCsv([
      HEAD,
      'fax,1,,,,,,,',
      'email,"v@a.test <evil@x.test>",,,,,,,',
      `email,b@a.example,Nothing,,,,,${agreed},crm`,
      'sms,+4915123456780,,,,,,,',
      `sms,0151 23456780,,,,,,${agreed},crm`,
      `email,c@a.example,,SEV9,,,,${agreed},crm`,
      'email,d@a.example,,,,,,2999-01-01T00:00:00Z,crm',
      `email,e@a.example,,,,,,${agreed},`,
      `email,f@a.example,,,,,Mars/Base,${agreed},crm`,
      'email,"g@a.example,,,',
    ])
    expect(done.body.created).toBe(0)
    expect(done.body.skipped).toBe(10)
    expect(done.body.errors.map(({ row, code }: { row: number; code: string }) => [row, code])).toEqual([
      [1, 'invalid_value'],
      [2, 'address_invalid'],
      [3, 'unknown'],
      [4, 'consent_required'],
      [5, 'phone_invalid'],
      [6, 'invalid_value'],
      [7, 'in_the_future'],
      [8, 'consent_incomplete'],
      [9, 'invalid'],
      [10, 'malformed'],
    ])
  })

  it('counts a second row of one address as what it is', async () => {
    const done = await importCsv([HEAD, withConsent('twin@a.example'), withConsent('twin@A.example')])
    expect(done.body).toMatchObject({ created: 1, errors: [{ row: 2, code: 'duplicate' }] })
  })

  it('asks by mail whom it has no consent of, once, and at most a thousand in an hour', async () => {
    const asked = await importCsv(['channel,address,locale', 'email,new@a.example,ar'])
    expect(asked.body).toMatchObject({ created: 0, pending: 1, skipped: 0 })
    expect(await reader('new@a.example')).toBeUndefined()
    const [waiting] = await db.select().from(confirmations).where(eq(confirmations.address, 'new@a.example'))
    expect(waiting).toMatchObject({ consentSource: 'import', locale: 'ar' })
    const again = await importCsv(['channel,address', 'email,new@a.example'])
    expect(again.body).toMatchObject({ pending: 0, errors: [{ row: 1, code: 'too_soon' }] })
    const many = Array.from({ length: 999 }, (_, at) => ({
      ...waiting!,
      id: newId(),
      tokenHash: null,
      address: `${at}`,
    }))
    await db.insert(confirmations).values(many)
    const full = await importCsv(['channel,address', 'email,late@a.example'])
    expect(full.body).toMatchObject({ pending: 0, errors: [{ row: 1, code: 'confirmation_limit' }] })
  })

  it('brings back nobody who left after they agreed, and asks them nothing', async () => {
    await importCsv([HEAD, withConsent('left@a.example')])
    const { id } = (await reader('left@a.example'))!
    await clock.advance(MINUTE)
    await db.transaction(async (tx) => endSubscription(tx, acting.actor, id, 'link', await clock(tx)))
    for (const row of [withConsent('left@a.example'), 'email,left@a.example,,,,,,,'])
      expect((await importCsv([HEAD, row])).body.errors).toMatchObject([{ row: 1, code: 'left' }])
    expect((await reader('left@a.example'))!.state).toBe('ended')
    await clock.advance(DAY)
    const anew = plus(await clock(db), -MINUTE).toISOString()
    expect((await importCsv([HEAD, `email,left@a.example,,,,,,${anew},crm`])).body).toMatchObject({ updated: 1 })
    expect(await reader('left@a.example')).toMatchObject({ id, state: 'active', endedAt: null })
  })

  it('skips an address that nothing may be sent to, though only its fingerprint is left', async () => {
    const [addressHash] = addressHashes([SECRET], 'email', 'dead@a.example')
    const row = { id: newId(), channel: 'email' as const, addressHash: addressHash!, reason: 'bounce' as const }
    await db.insert(suppressions).values({ ...row, source: 'dsn' })
    const done = await importCsv([HEAD, withConsent('dead@a.example'), withConsent('alive@a.example')])
    expect(done.body).toMatchObject({ created: 1, skipped: 1, errors: [{ row: 1, code: 'suppressed' }] })
  })

  it('as a dry run says what it would do, and does nothing', async () => {
    const lines = [
      HEAD,
      withConsent('dry@a.example'),
      withConsent('ada@a.example'),
      'email,wet@a.example,,,,,,,',
      'fax,1',
    ]
    const before = [await db.select().from(subscribers), await db.$count(confirmations), await db.$count(auditLog)]
    await clock.advance(DAY)
    const done = await importCsv(lines, '?dry_run=true')
    expect(done.body).toMatchObject({ created: 1, updated: 1, pending: 1, skipped: 1 })
    expect([await db.select().from(subscribers), await db.$count(confirmations), await db.$count(auditLog)]).toEqual(
      before,
    )
  })

  it('takes JSON as a list, and as the list under data', async () => {
    const row = { channel: 'email', consent_at: agreed, consent_source: 'crm', components: [login.id] }
    expect((await importJson([{ ...row, address: 'j1@a.example' }, 7])).body).toMatchObject({
      created: 1,
      errors: [{ row: 2, code: 'malformed' }],
    })
    const quiet = { quiet_hours: { from: '22:00', to: '07:00' }, maintenance: false }
    expect((await importJson({ data: [{ ...row, ...quiet, address: 'j2@a.example' }] })).body.created).toBe(1)
    expect(await reader('j2@a.example')).toMatchObject({ quietFrom: '22:00', maintenance: false })
  })

  it.each([
    ['a file without its columns', 'text/csv', 'channel,adress\nemail,x@a.example\n', 422],
    ['a file without rows', 'text/csv', `${HEAD}\n`, 422],
    ['an empty file', 'text/csv', '', 422],
    ['JSON that ends in the middle', 'application/json', '[{"channel":"email","address":"mid@a.example"},', 400],
    ['no list', 'application/json', '"x"', 422],
    ['another type', 'application/xml', '<x/>', 415],
  ])('refuses %s as a whole, and changes nothing', async (_, type, body, status) => {
    const before = await db.$count(subscribers)
    expect((await send('/subscribers/import', body, type)).status).toBe(status)
    expect(await db.$count(subscribers)).toBe(before)
    expect(await reader('mid@a.example')).toBeUndefined()
  })
})

describe('the list of subscribers', () => {
  it('goes page by page, and by channel, state and part of an address', async () => {
    const first = await list('?limit=2')
    const second = await list(`?limit=2&cursor=${first.next_cursor}`)
    expect(new Set([...first.data, ...second.data].map(({ id }: { id: string }) => id)).size).toBe(4)
    expect((await list('?channel=sms')).data).toMatchObject([{ channel: 'sms', address: '+4915123456789' }])
    expect((await list('?search=ADA@')).data).toMatchObject([{ address: 'ada@a.example', min_severity: 'SEV3' }])
    expect((await list('?state=ended')).data).toEqual([])
    expect((await get('/subscribers?state=gone')).status).toBe(422)
  })

  it('loses whom an admin erases', async () => {
    const { id } = (await reader('twin@a.example'))!
    const erase = () =>
      house.app.request(`http://localhost:3000/api/v1/subscribers/${id}`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${key}` },
      })
    expect(await (await get(`/subscribers/${id}`)).json()).toMatchObject({ id, address: 'twin@a.example' })
    expect((await erase()).status).toBe(204)
    expect((await erase()).status).toBe(404)
    expect((await get(`/subscribers/${id}`)).status).toBe(404)
    expect((await list('?search=twin')).data).toEqual([])
    expect(await actions()).toContain('subscriber.erased')
  })
})

describe('an export', () => {
  it('holds everybody in columns that an import takes, and no formula', async () => {
    await importCsv([`${HEAD}`, `email,=1+1@a.example,,,,,,${agreed},"=cmd, ""x"""`])
    const answer = await get('/subscribers/export', 'text/csv')
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    const text = await answer.text()
    expect(text.split('\r\n')).toHaveLength((await db.$count(subscribers)) - 1 + 2)
    expect(text).toContain("sms,'+4915123456789,active,")
    expect(text).toContain("email,'=1+1@a.example,active,")
    expect(text).toContain(`"'=cmd, ""x"""`)
    const before = await db.select().from(subscribers).orderBy(subscribers.id)
    const again = await send('/subscribers/import', text, 'text/csv')
    expect(again.body).toMatchObject({ created: 0, updated: before.length - 1, skipped: 0 })
    const after = await db.select().from(subscribers).orderBy(subscribers.id)
    const same = (rows: typeof before) => rows.map(({ updatedAt, ...row }) => row)
    expect(same(after)).toEqual(same(before))
    expect(await actions()).toContain('subscribers.exported')
  })

  it('is JSON for whoever asks for that, and can be filtered', async () => {
    const rows = await (await get('/subscribers/export?channel=sms')).json()
    expect(rows).toMatchObject([{ channel: 'sms', address: '+4915123456789', consent_source: 'crm' }])
    expect(await (await get('/subscribers/export?search=nobody')).json()).toEqual([])
  })
})
