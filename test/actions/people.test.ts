import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { acceptInvitation, invitedPerson } from '../../api/actions/accept-invitation.ts'
import { addPerson, addPersonInput, resetPerson } from '../../api/actions/add-person.ts'
import { changePerson } from '../../api/actions/change-person.ts'
import { makeKey, revokeKey } from '../../api/actions/make-key.ts'
import { proofOf, proveAddress } from '../../api/actions/prove-address.ts'
import { sendTestAlert } from '../../api/actions/send-test-alert.ts'
import { DAY, HOUR, plus } from '../../api/domain/duration.ts'
import { signedUntil } from '../../api/domain/signature.ts'
import { accounts, apiKeys, auditLog, deliveries, invitations, people, sessions } from '../../db/schema.ts'
import { actingAs, SECRETS, somePerson } from '../support/acting.ts'
import { testDatabase } from '../support/database.ts'
import { refusedAs } from '../support/refused.ts'

const { db, clock } = await testDatabase()
const acting = actingAs(db, clock)
const tokenIn = (url: string) => new URL(url).searchParams.get('token')!
const add = (email: string, more = {}) => addPerson(acting, addPersonInput.parse({ email, role: 'responder', ...more }))
const session = (id: string) =>
  db.insert(sessions).values({ id: `s_${id}`.slice(0, 12), token: id, userId: id, expiresAt: new Date('2999-01-01') })

describe('inviting', () => {
  it('keeps the hash of the link alone, and names the person after their address', async () => {
    const { person, invitationUrl } = await add('Grace.Hopper@Northwind.example')
    expect(person).toMatchObject({ name: 'grace.hopper', email: 'grace.hopper@northwind.example', active: true })
    const rows = await db.select().from(invitations).where(eq(invitations.personId, person.id))
    expect(JSON.stringify(rows)).not.toContain(tokenIn(invitationUrl))
    const audited = await db.select().from(auditLog).where(eq(auditLog.subjectId, person.id))
    expect(audited.map(({ action }) => action)).toEqual(['person.added'])
    expect(JSON.stringify(audited)).not.toContain('@')
  })

  it('refuses an address in another case and a number that an active person has', async () => {
    await add('ada@northwind.example', { phone: '+4915112340001' })
    expect(await refusedAs(add('ADA@northwind.EXAMPLE'))).toEqual(['invalid', 'email taken'])
    expect(await refusedAs(add('bob@northwind.example', { phone: '+49 151 12340001' }))).toEqual([
      'invalid',
      'phone taken',
    ])
    const [ada] = await db.select().from(people).where(eq(people.email, 'ada@northwind.example'))
    await changePerson(acting, ada!.id, { active: false })
    await add('bob@northwind.example', { phone: '+4915112340001' })
    expect(await refusedAs(changePerson(acting, ada!.id, { active: true }))).toEqual(['invalid', 'phone taken'])
  })

  it('lets one of many win who are added with the same address at the same moment', async () => {
    const results = await Promise.all(
      Array.from({ length: 5 }, () =>
        add('many@northwind.example').then(
          () => ['added'],
          (refusal) => refusedAs(Promise.reject(refusal)),
        ),
      ),
    )
    expect(results.flat().toSorted()).toEqual(['added', ...Array(4).fill('email taken'), ...Array(4).fill('invalid')])
  })

  it('makes earlier links useless with every new one, and all of them after a week', async () => {
    const { person, invitationUrl } = await add('reset@northwind.example')
    const second = await resetPerson(acting, 'RESET@northwind.example')
    expect(await refusedAs(acceptInvitation(acting, tokenIn(invitationUrl), { password: 'x'.repeat(12) }))).toEqual([
      'gone',
    ])
    expect((await invitedPerson(acting, db, tokenIn(second))).id).toBe(person.id)
    await clock.advance(7 * DAY + HOUR)
    expect(await refusedAs(acceptInvitation(acting, tokenIn(second), { password: 'x'.repeat(12) }))).toEqual(['gone'])
    expect(await refusedAs(resetPerson(acting, 'nobody@northwind.example'))).toEqual(['not_found'])
  })

  it('ends every session when a new password is set, and keeps one password only', async () => {
    const { person, invitationUrl } = await add('twice@northwind.example')
    await acceptInvitation(acting, tokenIn(invitationUrl), { password: 'the first of them' })
    await session(person.id)
    await acceptInvitation(acting, tokenIn(await resetPerson(acting, person.email)), { password: 'the second of them' })
    expect(await db.$count(sessions, eq(sessions.userId, person.id))).toBe(0)
    const kept = await db.select().from(accounts).where(eq(accounts.userId, person.id))
    expect(kept).toHaveLength(1)
    expect(kept[0]!.password).not.toContain('the second')
  })

  it('lets one of two win who use a link at the same moment', async () => {
    const { invitationUrl } = await add('race@northwind.example')
    const accept = () => acceptInvitation(acting, tokenIn(invitationUrl), { password: 'x'.repeat(12) })
    const results = await Promise.allSettled([accept(), accept(), accept()])
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
})

describe('changing people', () => {
  it('never leaves the house without an admin, also when two leave at once', async () => {
    const [one, other] = [await somePerson(db, 'admin', 'One'), await somePerson(db, 'admin', 'Other')]
    const leave = (id: string) => changePerson(acting, id, { active: false })
    const results = await Promise.allSettled([leave(one.id), leave(other.id)])
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect((await db.select().from(people)).filter((each) => each.active && each.role === 'admin')).toHaveLength(1)
  })

  it('ends sessions with a role, and not with a new name', async () => {
    const person = await somePerson(db, 'commander', 'Mia')
    await session(person.id)
    await changePerson(acting, person.id, { name: 'Mia B.', time_zone: 'Europe/Berlin', role: 'commander' })
    expect(await db.$count(sessions, eq(sessions.userId, person.id))).toBe(1)
    await changePerson(acting, person.id, { role: 'viewer' })
    expect(await db.$count(sessions, eq(sessions.userId, person.id))).toBe(0)
  })

  it('leaves alone what is not named, and unproves only what changes', async () => {
    const proven = { phoneVerifiedAt: new Date('2026-01-01'), emailVerified: true }
    const person = await somePerson(db, 'viewer', 'Noa', proven)
    const same = await changePerson(acting, person.id, { phone: person.phone, email: person.email })
    expect(same).toMatchObject(proven)
    const moved = await changePerson(acting, person.id, { email: 'noa@elsewhere.example' })
    expect(moved).toMatchObject({ emailVerified: false, phoneVerifiedAt: proven.phoneVerifiedAt })
    const silent = await changePerson(acting, person.id, { phone: null })
    expect(silent).toMatchObject({ phone: null, phoneVerifiedAt: null, name: 'Noa' })
  })
})

describe('proving an address', () => {
  const linkFor = async (id: string, secrets = SECRETS) =>
    signedUntil('proof', id, plus(await clock.now(), DAY), secrets)
  async function tested() {
    const person = await somePerson(db, 'viewer', 'Tom')
    expect(await sendTestAlert(acting, person.id)).toEqual(['email', 'sms'])
    const rows = await db.select().from(deliveries).where(eq(deliveries.personId, person.id))
    return { person, sms: rows.find((row) => row.channel === 'sms')! }
  }

  it('takes the link of that very message, for a day, from a person who is there', async () => {
    const { person, sms } = await tested()
    const link = await linkFor(sms.id)
    expect(await proofOf(acting, db, link)).toMatchObject({ personId: person.id, channel: 'sms' })
    await proveAddress(acting, link)
    await proveAddress(acting, link)
    const [proven] = await db.select().from(people).where(eq(people.id, person.id))
    expect(proven).toMatchObject({ phoneVerifiedAt: expect.any(Date), emailVerified: false })
    await changePerson(acting, person.id, { active: false })
    expect(await refusedAs(proveAddress(acting, link))).toEqual(['gone'])
    expect(await refusedAs(sendTestAlert(acting, person.id))).toEqual(['not_found'])
  })

  it('takes none that is forged, old, or for an address given up', async () => {
    const { person, sms } = await tested()
    expect(await refusedAs(proveAddress(acting, await linkFor(sms.id, ['another secret of some length'])))).toEqual([
      'not_found',
    ])
    const link = await linkFor(sms.id)
    await changePerson(acting, person.id, { phone: '+4915112349999' })
    expect(await refusedAs(proveAddress(acting, link))).toEqual(['gone'])
    await clock.advance(DAY + HOUR)
    expect(await refusedAs(proveAddress(acting, link))).toEqual(['gone'])
  })

  it('tests nobody by a channel that they have no address for', async () => {
    const person = await somePerson(db, 'viewer', 'Una', { phone: null })
    expect(await sendTestAlert(acting, person.id)).toEqual(['email'])
  })
})

describe('keys', () => {
  it('are kept as a hash, with the beginning to tell them apart', async () => {
    const { row, key } = await makeKey(acting, { name: 'Robot', role: 'responder' })
    expect(key).toMatch(/^sitrep_[\w-]{43}$/)
    const stored = await db.select().from(apiKeys).where(eq(apiKeys.id, row.id))
    expect(JSON.stringify(stored)).not.toContain(key)
    expect(key.startsWith(stored[0]!.prefix)).toBe(true)
    expect(JSON.stringify(await db.select().from(auditLog))).not.toContain(key)
  })

  it('belong to somebody who is there, and end once', async () => {
    const gone = await somePerson(db, 'viewer', 'Gone', { active: false })
    const wanted = { name: 'Robot', role: 'viewer' as const }
    expect(await refusedAs(makeKey(acting, { ...wanted, person_id: gone.id }))).toEqual([
      'invalid',
      'person_id unknown',
    ])
    const { row } = await makeKey(acting, wanted)
    await revokeKey(acting, row.id)
    expect(await refusedAs(revokeKey(acting, row.id))).toEqual(['not_found'])
  })
})
