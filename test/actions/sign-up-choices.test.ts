import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { confirmByLink } from '../../api/actions/confirm-subscription.ts'
import { endByLink } from '../../api/actions/end-subscription.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { subscribe, subscribeInput } from '../../api/actions/subscribe.ts'
import { HOUR } from '../../api/domain/duration.ts'
import { confirmationToken, signedToken } from '../../api/domain/signature.ts'
import { addressHashes } from '../../api/domain/suppression.ts'
import { newId } from '../../db/ids.ts'
import { auditLog, confirmations, deliveries, subscribers, suppressions } from '../../db/schema.ts'
import { actingAs, SECRETS } from '../support/acting.ts'
import { testDatabase } from '../support/database.ts'
import { refusedAs } from '../support/refused.ts'

const { db, clock } = await testDatabase()
const acting = actingAs(db, clock)
const outside = actingAs(db, clock, { kind: 'public', role: null, ip: '198.51.100.7' })
const signUp = (address: string, more = {}) =>
  subscribe(outside, subscribeInput.parse({ channel: 'email', address, ...more }), 'form')
const confirm = async (address: string) => {
  const [row] = (await db.select().from(confirmations).where(eq(confirmations.address, address))).slice(-1)
  return confirmByLink(outside, confirmationToken(SECRETS, row!.nonce))
}
const reader = async (address: string) =>
  (await db.select().from(subscribers).where(eq(subscribers.address, address)))[0]!
const join = async (address: string, more = {}) => {
  await signUp(address, more)
  await confirm(address)
  return reader(address)
}
const said = { title: 'It fails', body: 'It fails.', severity: 'SEV2' } as const
const one = await openIncident(acting, said)
const other = await openIncident(acting, said)
const inside = await openIncident(acting, { ...said, visibility: 'internal' })

describe('what a reader chooses', () => {
  it('is kept with their consent: its words, when, by which door and from where', async () => {
    const quiet = { from: '22:00', to: '07:00' }
    const chosen = { events: 'milestones', min_severity: 'SEV2', locale: 'ar', time_zone: 'Asia/Riyadh' }
    expect(await join('sara@a.example', { ...chosen, quiet_hours: quiet })).toMatchObject({
      events: 'milestones',
      minSeverity: 'SEV2',
      locale: 'ar',
      timeZone: 'Asia/Riyadh',
      quietFrom: '22:00',
      quietTo: '07:00',
      onlyFollowed: false,
      consentTextVersion: 'email-2026-11',
      consentSource: 'form',
      consentIp: '198.51.100.7',
      consentAt: expect.any(Date),
    })
  })

  it.each([
    [{ locale: 'tlh' }, 'locale'],
    [{ time_zone: 'Mars/Base' }, 'time_zone'],
    [{ quiet_hours: { from: '25:00', to: '07:00' } }, 'quiet_hours.from'],
    [{ quiet_hours: { from: '22:00' } }, 'quiet_hours.to'],
    [{ quiet_hours: { from: '07:00', to: '07:00' } }, 'quiet_hours.to'],
    [{ incident_id: 'x' }, 'incident_id'],
  ])('is refused by name where it makes no sense: %j', (asked, field) => {
    const read = subscribeInput.safeParse({ channel: 'email', address: 'a@a.example', ...asked })
    expect(read.error?.issues.map(({ path }) => path.join('.'))).toContain(field)
  })

  it('leaves no network address in the audit, which cannot forget', async () => {
    const { id } = await reader('sara@a.example')
    await endByLink(outside, signedToken('unsubscribe', id, SECRETS))
    const told = await db.select().from(auditLog).where(eq(auditLog.subjectId, id))
    expect(told.map(({ action }) => action)).toEqual(['subscription.confirmed', 'subscription.ended'])
    expect(JSON.stringify(told)).not.toContain('198.51.100.7')
  })
})

describe('following one incident', () => {
  it('is all that a new reader hears', async () => {
    expect(await join('tim@a.example', { incident_id: one.id })).toMatchObject({
      followedIncidentIds: [one.id],
      onlyFollowed: true,
    })
  })

  it('adds to what a reader hears already, and takes nothing away', async () => {
    await join('uma@a.example', { events: 'milestones', locale: 'ar' })
    await clock.advance(2 * HOUR)
    await join('uma@a.example', { incident_id: one.id })
    await clock.advance(2 * HOUR)
    expect(await join('uma@a.example', { incident_id: other.id })).toMatchObject({
      followedIncidentIds: [one.id, other.id],
      onlyFollowed: false,
      events: 'milestones',
      locale: 'ar',
    })
  })

  it('ends in hearing everything when the reader signs up for that', async () => {
    await clock.advance(2 * HOUR)
    expect(await join('tim@a.example')).toMatchObject({ onlyFollowed: false, followedIncidentIds: [one.id] })
  })

  it('starts afresh for somebody who had left', async () => {
    const { id } = await reader('uma@a.example')
    await endByLink(acting, signedToken('unsubscribe', id, SECRETS))
    await clock.advance(20 * HOUR)
    expect(await join('uma@a.example', { incident_id: one.id })).toMatchObject({
      id,
      followedIncidentIds: [one.id],
      onlyFollowed: true,
      events: 'all',
    })
  })

  it('tells nobody whether there is an internal one', async () => {
    for (const id of [inside.id, 'aaaaaaaaaaaa'])
      expect(await refusedAs(signUp('vic@a.example', { incident_id: id }))).toEqual(['invalid', 'incident_id unknown'])
  })
})

describe('an address that nothing may be sent to', () => {
  it('is sent nothing, and leaves no trace of having asked', async () => {
    const [addressHash] = addressHashes(SECRETS, 'email', 'gone@a.example')
    const row = { id: newId(), channel: 'email' as const, addressHash: addressHash!, reason: 'bounce' as const }
    await db.insert(suppressions).values({ ...row, source: 'dsn' })
    const before = [await db.$count(confirmations), await db.$count(deliveries)]
    expect(await signUp('gone@a.example')).toBe('suppressed')
    expect([await db.$count(confirmations), await db.$count(deliveries)]).toEqual(before)
    expect(await signUp('fine@a.example')).toBe('sent')
    expect(await signUp('fine@a.example')).toBe('too_soon')
  })
})
