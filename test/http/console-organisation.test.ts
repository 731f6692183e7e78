import { describe, expect, it } from 'vitest'
import { theOrganisation } from '../../db/queries/people.ts'
import { apiKeys, auditLog } from '../../db/schema.ts'
import { fieldsOf, wordsOf } from '../support/forms.ts'
import { testWorld } from '../support/world.ts'

const house = await testWorld()
const { db } = house
const ada = await house.person('admin', { name: 'Ada' })
const visitor = await house.signIn(ada)
const responder = await house.signIn(await house.person('responder', { name: 'Rob' }))
const read = async (path: string) => (await visitor.get(path)).text()

describe('the screen of the organisation', () => {
  const PATH = '/console/organisation'

  it('shows the company as it is, changes one fact and keeps the others, and empties what is emptied', async () => {
    const before = (await theOrganisation(db))!
    const fields = fieldsOf(await read(PATH), PATH)
    const postal = { ...fields, postal_address: '1 Harbour Road, Bristol', support_url: 'help@northwind.example' }
    const done = await visitor.post(PATH, postal)
    expect(done.headers.get('location')).toBe(`${PATH}?notice=organisation_changed`)
    expect(await theOrganisation(db)).toMatchObject({
      name: before.name,
      pageId: before.pageId,
      postalAddress: '1 Harbour Road, Bristol',
      supportUrl: 'mailto:help@northwind.example',
    })
    await visitor.post(PATH, { ...fieldsOf(await read(PATH), PATH), postal_address: ' ' })
    expect(await theOrganisation(db)).toMatchObject({ postalAddress: null })
  })

  it('refuses what cannot be, beside its field, with what was typed, and changes nothing', async () => {
    const before = await theOrganisation(db)
    const typed = { ...fieldsOf(await read(PATH), PATH), time_zone: 'Berlin', name: 'Other' }
    const answer = await visitor.post(PATH, typed)
    const html = await answer.text()
    expect(answer.status).toBe(422)
    expect(wordsOf(html)).toContain('Use an IANA time zone')
    expect(fieldsOf(html, PATH)).toMatchObject({ time_zone: 'Berlin', name: 'Other' })
    expect(await theOrganisation(db)).toEqual(before)
  })
})

describe('the screen of keys', () => {
  const PATH = '/console/keys'

  it('makes a key that works, shows it once, and says by whom and when it was used', async () => {
    const answer = await visitor.post(PATH, { name: 'Alertmanager', role: 'viewer' })
    expect(answer.status).toBe(201)
    const key = /value="(sitrep_[^"]+)"/.exec(await answer.text())![1]!
    expect(await read(PATH)).not.toContain(key)
    expect(wordsOf(await read(PATH))).toMatch(/Alertmanager sitrep_\S+… Viewer Made .*never used/)
    const call = () =>
      house.app.request('http://localhost:3000/api/v1/components', { headers: { authorization: `Bearer ${key}` } })
    expect((await call()).status).toBe(200)
    const revoke = /action="(\/console\/keys\/[a-z0-9]{12}\/revoke)"/.exec(await read(PATH))![1]!
    expect((await visitor.post(revoke, {})).headers.get('location')).toBe(`${PATH}?notice=key_revoked`)
    expect((await call()).status).toBe(401)
    expect(wordsOf(await read(PATH))).toMatch(/Alertmanager .* Revoked/)
    expect((await visitor.post(revoke, {})).status).toBe(404)
  })

  it('refuses a key without a name or of no role, and makes none', async () => {
    const before = await db.select().from(apiKeys)
    for (const typed of [
      { name: '', role: 'viewer' },
      { name: 'x', role: 'king' },
    ])
      expect((await visitor.post(PATH, typed)).status).toBe(422)
    expect(await db.select().from(apiKeys)).toEqual(before)
  })
})

describe('the screen of the audit', () => {
  const PATH = '/console/audit'

  it('tells who did what and what changed, newest first', async () => {
    await visitor.post('/console/components', { name: 'Login' })
    const words = wordsOf(await read(PATH))
    expect(words).toMatch(/Ada .*Component added .*What changed.*name Login/)
  })

  it('goes on to what is older, and shows each act once', async () => {
    for (let n = 0; n < 60; n++)
      await db.insert(auditLog).values({ actorKind: 'system', action: `test.number_${n}`, subjectKind: 'test' })
    const first = await read(PATH)
    const older = /href="(\/console\/audit\?before=[^"]+)"/.exec(first)![1]!
    const second = await read(older)
    const seen = [first, second].flatMap((html) => wordsOf(html).match(/Test number \d+/g) ?? [])
    expect(seen).toEqual(Array.from({ length: 60 }, (_, n) => `Test number ${59 - n}`))
  })
})

it('these screens are for admins alone', async () => {
  for (const path of ['/console/organisation', '/console/keys', '/console/audit'])
    expect((await responder.get(path)).status, path).toBe(403)
})
