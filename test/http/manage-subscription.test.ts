import { eq, sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { addComponent } from '../../api/actions/add-component.ts'
import { archiveComponent } from '../../api/actions/change-component.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { DAY } from '../../api/domain/duration.ts'
import { manageUrl, unsubscribeUrl } from '../../api/domain/subscription-links.ts'
import { addressHashes } from '../../api/domain/suppression.ts'
import { newId } from '../../db/ids.ts'
import { queueConfirmation } from '../../db/queries/announcements.ts'
import {
  announcements,
  auditLog,
  confirmations,
  deliveries,
  inboundMessages,
  softBounces,
  subscribers,
  suppressions,
} from '../../db/schema.ts'
import { fieldsOf, wordsOf } from '../support/forms.ts'
import { SECRET, testWorld } from '../support/world.ts'

const house = await testWorld()
const { db, clock, world } = house
const visitor = house.visitor()
const incident = await openIncident(house.acting(), { title: 'Sign-in fails', severity: 'SEV1', body: 'It fails.' })

let address = ''
let id = ''
let path = ''
const now = () => clock(db)
const row = async () => (await db.select().from(subscribers).where(eq(subscribers.id, id)))[0]!
const linkFor = async (subscriberId: string) => manageUrl(world, subscriberId, await now()).slice(world.urls.api.length)
const below = (part: string) => path.replace('/manage', `/manage/${part}`)
const page = async (at = path) => wordsOf(await (await visitor.get(at)).text())

async function follow(own: Partial<typeof subscribers.$inferInsert> = {}): Promise<string> {
  const born = newId()
  address = `reader.${born}@customer.example`
  const confirmedAt = await now()
  const base = { id: born, channel: 'email' as const, address, addressKey: address, state: 'active' as const }
  await db.insert(subscribers).values({ ...base, confirmedAt, consentIp: '203.0.113.9', ...own })
  return born
}

beforeEach(async () => {
  id = await follow()
  path = await linkFor(id)
})

describe('the link to what one hears', () => {
  it('shows the choices and tells nobody whose they are', async () => {
    const answer = await visitor.get(path)
    const html = await answer.text()
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
    expect(wordsOf(html)).toContain('r***@customer.example')
    expect(html).not.toContain(address)
    expect(html).not.toContain('203.0.113.9')
  })

  it('changes nothing by being looked at', async () => {
    const before = await row()
    for (const at of [path, below('erase'), path]) expect((await visitor.get(at)).status).toBe(200)
    for (const at of [path, below('pause'), below('data'), below('erase')])
      await house.app.request(`${world.urls.api}${at}`, { method: 'HEAD' })
    expect(await row()).toEqual(before)
  })

  it('is refused when it is not ours, belongs to another purpose or is too old', async () => {
    const forged = path.slice(0, -1) + (path.endsWith('A') ? 'B' : 'A')
    const leaving = unsubscribeUrl(world, id).slice(world.urls.api.length).replace('unsubscribe', 'manage')
    for (const at of [forged, leaving, '/subscriptions/manage']) expect((await visitor.get(at)).status, at).toBe(404)
    await clock.advance(31 * DAY)
    expect((await visitor.get(path)).status).toBe(410)
    expect((await visitor.post(below('erase'))).status).toBe(410)
    expect((await row()).state).toBe('active')
  })
})

describe('changing what one hears', () => {
  const all = {
    events: 'milestones',
    min_severity: 'SEV2',
    asks_maintenance: 'true',
    locale: 'ar',
    time_zone: 'Asia/Riyadh',
    quiet_from: '22:00',
    quiet_to: '07:00',
  }

  it('takes the whole form, and answers in the language chosen', async () => {
    const answer = await visitor.post(path, all)
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('<html lang="ar" dir="rtl"')
    expect(await row()).toMatchObject({
      events: 'milestones',
      minSeverity: 'SEV2',
      maintenance: false,
      locale: 'ar',
      timeZone: 'Asia/Riyadh',
      quietFrom: '22:00',
      quietTo: '07:00',
    })
    const html = await (await visitor.get(path)).text()
    expect(fieldsOf(html, path)).toMatchObject({ events: 'milestones', time_zone: 'Asia/Riyadh', quiet_from: '22:00' })
    const [told] = (await db.select().from(auditLog).where(eq(auditLog.subjectId, id))).slice(-1)
    expect(told).toMatchObject({ action: 'subscription.changed', ip: null })
  })

  it.each([
    [{ time_zone: 'Mars/Base' }, 'Use a time zone'],
    [{ quiet_to: '' }, 'Give quiet hours a beginning and an end'],
    [{ components: 'aaaaaaaaaaaa' }, 'no longer offered'],
  ])('says beside the field what is wrong, keeps what was typed and changes nothing: %j', async (wrong, words) => {
    const before = await row()
    const answer = await visitor.post(path, { ...all, locale: 'en', ...wrong })
    expect(answer.status).toBe(422)
    expect(wordsOf(await answer.text())).toContain(words)
    expect(await row()).toEqual(before)
  })

  it('says that nothing is heard while none of what was chosen is there any more', async () => {
    const { id: gone } = await addComponent(house.acting(), { name: 'Gone' })
    id = await follow({ componentIds: [gone] })
    path = await linkFor(id)
    expect(await page()).not.toContain('so you hear nothing')
    await archiveComponent(house.acting(), gone)
    expect(await page()).toContain('so you hear nothing')
    await visitor.post(path, { ...all, locale: 'en' })
    expect(await page()).not.toContain('so you hear nothing')
  })

  it('can stop following an incident, and begin to hear everything else', async () => {
    id = await follow({ followedIncidentIds: [incident.id], onlyFollowed: true })
    path = await linkFor(id)
    expect(await page()).toContain('Sign-in fails')
    await visitor.post(path, { followed: incident.id, only_followed: 'true' })
    expect(await row()).toMatchObject({ followedIncidentIds: [incident.id], onlyFollowed: true })
    await visitor.post(path, { followed: incident.id })
    expect(await row()).toMatchObject({ followedIncidentIds: [incident.id], onlyFollowed: false })
    await visitor.post(path, { only_followed: 'true' })
    expect(await row()).toMatchObject({ followedIncidentIds: [], onlyFollowed: false })
  })

  it('pauses for a day, a week or a month, and begins again', async () => {
    for (const [length, days] of Object.entries({ day: 1, week: 7, month: 30 })) {
      const before = await now()
      await visitor.post(below('pause'), { for: length })
      const { pausedUntil } = await row()
      expect(Math.round((pausedUntil!.getTime() - before.getTime()) / DAY)).toBe(days)
      expect(await page()).toContain('Paused until')
    }
    await visitor.post(below('pause'), { for: 'none' })
    expect((await row()).pausedUntil).toBeNull()
    expect((await visitor.post(below('pause'), { for: 'ever' })).status).toBe(422)
  })

  it('is over when the subscription is', async () => {
    await visitor.post(unsubscribeUrl(world, id).slice(world.urls.api.length))
    expect(await page()).toContain('has ended')
    expect((await visitor.post(path, all)).status).toBe(410)
  })
})

describe('leaving a mailbox that several read', () => {
  it('asks whether the address or one reader goes; the mail program means the address', async () => {
    const leave = unsubscribeUrl(world, id).slice(world.urls.api.length)
    expect(await page(leave)).toContain('Do others read this mailbox?')
    const kept = wordsOf(await (await visitor.post(leave, { who: 'me' })).text())
    expect(kept).toContain('Nothing was stopped for r***@customer.example')
    expect((await row()).state).toBe('active')
    await visitor.post(leave, { 'List-Unsubscribe': 'One-Click' })
    expect((await row()).state).toBe('ended')
  })
})

/** Something of the reader in every table that can hold it. */
async function traces(): Promise<void> {
  const at = await now()
  const own = { channel: 'email' as const, addressKey: address }
  const sent = { channel: 'email' as const, address, audience: 'public' as const, lane: 'public' as const, priority: 0 }
  const news = { id: newId(), kind: 'update' as const, audience: 'public' as const, priority: 0, expiresAt: at }
  await db.insert(announcements).values(news)
  await db.insert(deliveries).values({
    ...sent,
    id: newId(),
    announcementId: news.id,
    subscriberId: id,
    state: 'failed',
    reason: `550 ${address} unknown`,
    providerId: `<${address}>`,
    expiresAt: at,
  })
  const signUp = { ...own, id: newId(), address, nonce: newId(), expiresAt: at, consentIp: '203.0.113.9' }
  await db.insert(confirmations).values(signUp)
  await db.transaction((tx) => queueConfirmation(tx, signUp, at))
  await db.insert(inboundMessages).values({ ...own, id: newId(), providerId: newId(), body: address, meaning: 'help' })
  await db.insert(softBounces).values({ ...own, deliveryId: newId() })
  const [addressHash] = addressHashes([SECRET], 'email', address)
  await db
    .insert(suppressions)
    .values({ ...own, id: newId(), addressHash: addressHash!, reason: 'bounce', source: 'dsn' })
}

describe('what is kept about a reader', () => {
  const asked = async (fields = {}) => {
    const answer = await visitor.post(below('data'), fields)
    return { answer, text: await answer.text() }
  }

  it('comes as a file with every record, masked for whoever holds a forwarded link', async () => {
    await traces()
    const { answer, text } = await asked()
    expect(answer.headers.get('content-disposition')).toContain('attachment')
    expect(Object.entries(JSON.parse(text)).map(([name, records]) => [name, [records].flat().length])).toEqual([
      ['subscription', 1],
      ['sign_ups', 1],
      ['deliveries', 1],
      ['suppressions', 1],
      ['bounces', 1],
      ['replies', 1],
    ])
    expect(text).toContain('r***@customer.example')
    for (const secret of [address, '203.0.113.9']) expect(text).not.toContain(secret)
  })

  it('comes in full to somebody who knows the address, and guessing has an end', async () => {
    const { text } = await asked({ address: ` ${address} ` })
    expect(JSON.parse(text).subscription).toMatchObject({ address, consent: { ip: '203.0.113.9' } })
    expect((await asked({ address: 'else@customer.example' })).answer.status).toBe(422)
    for (let at = 0; at < 3; at++) await asked({ address: `guess${at}@customer.example` })
    expect((await asked({ address })).answer.status).toBe(429)
  })

  it('is gone after erasing, everywhere but in a fingerprint of the suppressed address', async () => {
    await traces()
    expect(await page(below('erase'))).toContain('Erase everything?')
    const answer = await visitor.post(below('erase'))
    expect(wordsOf(await answer.text())).toContain('Everything is erased')
    expect(await everything()).not.toContain(address)
    expect(await everything()).not.toContain('203.0.113.9')
    const [kept] = (await db.select().from(suppressions)).slice(-1)
    expect(kept).toMatchObject({ addressKey: null, addressHash: addressHashes([SECRET], 'email', address)[0] })
    expect(await row()).toMatchObject({ state: 'ended', endedBy: 'erasure' })
    expect(await db.$count(deliveries, eq(deliveries.subscriberId, id))).toBe(1)
    expect((await visitor.get(path)).status).toBe(410)
    expect((await visitor.post(unsubscribeUrl(world, id).slice(world.urls.api.length))).status).toBe(200)
  })

  /** Every row of every table about this reader, as text. */
  async function everything(): Promise<string> {
    const tables = await db.execute<{ name: string }>(
      sql`select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
    )
    const rows = await Promise.all(
      tables.map(({ name }) => db.execute(sql`select t::text as text from ${sql.identifier(name)} t`)),
    )
    const others = await db.select().from(subscribers).where(sql`${subscribers.id} <> ${id}`)
    const own = rows.flat().map((found) => String(found.text))
    return own.filter((text) => !others.some((other) => text.includes(other.id))).join('\n')
  }
})
