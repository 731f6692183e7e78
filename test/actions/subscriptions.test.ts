import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { addComponent } from '../../api/actions/add-component.ts'
import { confirmByCode, confirmByLink } from '../../api/actions/confirm-subscription.ts'
import { endByLink } from '../../api/actions/end-subscription.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { subscribe, subscribeInput } from '../../api/actions/subscribe.ts'
import { DAY, HOUR, MINUTE } from '../../api/domain/duration.ts'
import { confirmationCode, confirmationToken, signedToken } from '../../api/domain/signature.ts'
import { announcements, auditLog, confirmations, deliveries, subscribers } from '../../db/schema.ts'
import { actingAs, SECRETS } from '../support/acting.ts'
import { testDatabase } from '../support/database.ts'
import { refusedAs } from '../support/refused.ts'

const { db, clock } = await testDatabase()
const acting = actingAs(db, clock)
const signUp = (address: string, more = {}) =>
  subscribe(acting, subscribeInput.parse({ channel: 'email', address, ...more }))
const waiting = async (address: string) =>
  (await db.select().from(confirmations).where(eq(confirmations.address, address))).at(-1)!
const linkOf = async (address: string) => confirmationToken(SECRETS, (await waiting(address)).nonce)
const sentTo = (address: string) => db.$count(confirmations, eq(confirmations.address, address))
const reader = async (address: string) =>
  (await db.select().from(subscribers).where(eq(subscribers.address, address)))[0]!

describe('planned maintenance', () => {
  it.each([
    [{}, true],
    [{ maintenance: true }, true],
    [{ maintenance: false }, false],
  ])('is told or not as the sign-up says: %j', async (asked, told) => {
    const address = `work.${told}.${Object.keys(asked).length}@a.example`
    await signUp(address, asked)
    await confirmByLink(acting, await linkOf(address))
    expect((await reader(address)).maintenance).toBe(told)
  })

  it('follows the newest sign-up of the same address', async () => {
    await signUp('mind@a.example', { maintenance: false })
    await confirmByLink(acting, await linkOf('mind@a.example'))
    await clock.advance(2 * HOUR)
    await signUp('mind@a.example')
    await confirmByLink(acting, await linkOf('mind@a.example'))
    expect((await reader('mind@a.example')).maintenance).toBe(true)
  })
})

describe('confirmations', () => {
  it('go out at most once an hour and three times a day, whatever the case of the letters', async () => {
    const before = await db.$count(confirmations)
    const keep = async (times: number) => expect(await db.$count(confirmations)).toBe(before + times)
    await Promise.all(Array.from({ length: 10 }, (_, at) => signUp(at % 2 ? 'lena@a.example' : 'LENA@a.example')))
    await keep(1)
    await clock.advance(HOUR - MINUTE)
    await signUp('lena@a.example')
    await keep(1)
    for (const times of [2, 3, 3, 3]) {
      await clock.advance(HOUR + MINUTE)
      await signUp('lena@A.example')
      await keep(times)
    }
    await clock.advance(DAY)
    await signUp('lena@a.example')
    await keep(4)
  })

  it('leave an address with a plus or another domain its own', async () => {
    await signUp('kai@a.example')
    await signUp('kai+status@a.example')
    await signUp('kai@b.example')
    for (const address of ['kai@a.example', 'kai+status@a.example', 'kai@b.example'])
      expect(await sentTo(address)).toBe(1)
  })

  it('are written with their delivery or not at all', async () => {
    const before = [await db.$count(confirmations), await db.$count(deliveries)]
    expect(await refusedAs(signUp('x@a.example', { components: ['aaaaaaaaaaaa'] }))).toEqual([
      'invalid',
      'components.0 unknown',
    ])
    expect([await db.$count(confirmations), await db.$count(deliveries)]).toEqual(before)
    expect(await db.$count(confirmations)).toBe(await db.$count(deliveries))
  })

  it('keep neither link nor code in the database', async () => {
    const token = await linkOf('kai@a.example')
    expect(JSON.stringify(await db.select().from(confirmations))).not.toContain(token)
  })
})

describe('confirming by link', () => {
  it('works once, for eight hours, with the words of the latest sign-up', async () => {
    await signUp('mia@a.example', { events: 'milestones', min_severity: 'SEV2', time_zone: 'Europe/Berlin' })
    const link = await linkOf('mia@a.example')
    await confirmByLink(acting, link)
    expect(await reader('mia@a.example')).toMatchObject({ events: 'milestones', minSeverity: 'SEV2', state: 'active' })
    expect(await refusedAs(confirmByLink(acting, link))).toEqual(['gone'])
    expect(await refusedAs(confirmByLink(acting, 'nonsense'))).toEqual(['gone'])
    await signUp('noa@a.example')
    await clock.advance(8 * HOUR + MINUTE)
    expect(await refusedAs(confirmByLink(acting, await linkOf('noa@a.example')))).toEqual(['gone'])
  })

  it('lets one of two win who press at the same moment', async () => {
    await signUp('race@a.example')
    const link = await linkOf('race@a.example')
    const results = await Promise.allSettled([confirmByLink(acting, link), confirmByLink(acting, link)])
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })

  it('brings somebody back who had left, under the same id', async () => {
    const { id } = await reader('mia@a.example')
    await endByLink(acting, signedToken('unsubscribe', id, SECRETS))
    await clock.advance(2 * HOUR)
    await signUp('mia@a.example')
    await confirmByLink(acting, await linkOf('mia@a.example'))
    expect(await reader('mia@a.example')).toMatchObject({ id, state: 'active', endedAt: null, events: 'all' })
  })

  it('tells only what concerns the reader of what is open', async () => {
    const login = await addComponent(acting, { name: 'Login' })
    const search = await addComponent(acting, { name: 'Search' })
    const said = { title: 'It fails', body: 'It fails.' }
    const grave = await openIncident(acting, { ...said, severity: 'SEV1', components: [{ id: login.id }] })
    await openIncident(acting, { ...said, severity: 'SEV4', components: [{ id: login.id }] })
    await openIncident(acting, { ...said, severity: 'SEV1', components: [{ id: search.id }] })
    await openIncident(acting, { ...said, severity: 'SEV1', visibility: 'internal', components: [{ id: login.id }] })
    await openIncident(acting, { title: 'Silent', severity: 'SEV1' })
    await signUp('una@a.example', { components: [login.id], min_severity: 'SEV2' })
    await confirmByLink(acting, await linkOf('una@a.example'))
    const { id } = await reader('una@a.example')
    const told = await db.select().from(deliveries).where(eq(deliveries.subscriberId, id))
    expect(told.map((row) => row.incidentId)).toEqual([grave.id])
    expect(await db.$count(announcements, eq(announcements.kind, 'welcome'))).toBe(1)
  })
})

describe('confirming by code', () => {
  const NUMBER = '+4915112345670'
  const confirm = (code: string) => confirmByCode(acting, { channel: 'sms', address: '+49 151 12345670', code })
  const rightCode = async () => confirmationCode(SECRETS, (await waiting(NUMBER)).nonce)

  it('takes the newest code with spaces around it, and keeps what was agreed to', async () => {
    await signUp(NUMBER, { channel: 'sms', consent: true })
    const old = await rightCode()
    await clock.advance(HOUR + MINUTE)
    await signUp(NUMBER, { channel: 'sms', consent: true })
    if (old !== (await rightCode())) expect(await refusedAs(confirm(old))).toEqual(['invalid', 'code code_invalid'])
    await confirm(` ${await rightCode()} `)
    expect(await reader(NUMBER)).toMatchObject({ state: 'active', consentTextVersion: expect.stringContaining('sms') })
  })

  it('is shut for good after the sixth wrong one, however fast they come', async () => {
    await clock.advance(2 * HOUR)
    await signUp(NUMBER, { channel: 'sms', consent: true })
    const right = await rightCode()
    const wrong = right === '000000' ? '000001' : '000000'
    const tries = await Promise.all(Array.from({ length: 10 }, async () => (await refusedAs(confirm(wrong)))[0]))
    expect(tries.toSorted()).toEqual([...Array(5).fill('invalid'), ...Array(5).fill('too_many')])
    expect(await refusedAs(confirm(right))).toEqual(['too_many'])
  })

  it('knows nothing of numbers that never signed up', async () => {
    const stranger = confirmByCode(acting, { channel: 'sms', address: '+4915112349999', code: '123456' })
    expect(await refusedAs(stranger)).toEqual(['invalid', 'code code_invalid'])
  })
})

describe('leaving', () => {
  it('is recorded once, and a forged link leaves everybody where they are', async () => {
    const { id } = await reader('una@a.example')
    const token = signedToken('unsubscribe', id, SECRETS)
    for (const forged of [
      `${token}x`,
      signedToken('confirm', id, SECRETS),
      signedToken('unsubscribe', id, ['other']),
    ]) {
      const attempt = (async () => endByLink(acting, forged))()
      expect(await refusedAs(attempt)).toEqual(['not_found'])
    }
    expect((await reader('una@a.example')).state).toBe('active')
    await endByLink(acting, token)
    const first = await reader('una@a.example')
    await clock.advance(MINUTE)
    await endByLink(acting, token)
    expect(await reader('una@a.example')).toEqual(first)
    const told = await db.select().from(auditLog).where(eq(auditLog.subjectId, id))
    expect(told.filter(({ action }) => action === 'subscription.ended')).toHaveLength(1)
    expect(JSON.stringify(told)).not.toContain('una@')
  })
})
