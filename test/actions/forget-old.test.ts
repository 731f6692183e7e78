import { eq, sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { forgetOld } from '../../api/actions/forget-old.ts'
import { makeAlertSource } from '../../api/actions/make-alert-source.ts'
import { subscribe, subscribeInput } from '../../api/actions/subscribe.ts'
import { DAY, plus } from '../../api/domain/duration.ts'
import { KEPT_FOR, type Kept } from '../../api/domain/retention.ts'
import { newId } from '../../db/ids.ts'
import { CARRIER } from '../../db/queries/returns.ts'
import { suppressAddress, suppressionOf } from '../../db/queries/suppressions.ts'
import {
  announcements,
  composerDrafts,
  confirmations,
  deliveries,
  drafts,
  heardReports,
  inboundMessages,
  invitations,
  sessions,
  softBounces,
  subscribers,
  suppressions,
  verifications,
} from '../../db/schema.ts'
import { SECRETS, somePerson } from '../support/acting.ts'
import { delivering, START, someSubscriber } from '../support/delivering.ts'

const world = await delivering()
const { db, clock, acting } = world

beforeEach(() => clock.set(START))
const laterBy = (milliseconds: number) => clock.set(plus(START, milliseconds))
const NOTHING: Record<Kept, number> = {
  sign_ups: 0,
  deliveries: 0,
  inbound_messages: 0,
  ended_subscriptions: 0,
  lifted_suppressions: 0,
  ended_drafts: 0,
  composer_drafts: 0,
  reply_codes: 0,
  sessions: 0,
  invitations: 0,
  verifications: 0,
  soft_bounces: 0,
  heard_reports: 0,
}

describe('what is kept of people', () => {
  it('is deleted when its time has come, not a moment earlier, and what is alive stays', async () => {
    const ada = await someSubscriber(world, 'ada@example.com')
    const gone = await someSubscriber(world, 'gone@example.com', { state: 'ended', endedAt: START })
    await subscribe(acting, subscribeInput.parse({ channel: 'email', address: 'maybe@example.com' }))
    await world.declare()
    await world.drain()
    await db.insert(softBounces).values({ channel: 'email', addressKey: 'ada@example.com', deliveryId: newId() })
    await db.insert(heardReports).values({ id: 'ses:1' })
    const text = { channel: 'sms', addressKey: '+4915112345678', body: 'who are you', meaning: 'unmatched' } as const
    await db.insert(inboundMessages).values({ id: newId(), providerId: 'SM1', ...text })
    const suppressing = { channel: 'email', reason: 'bounce', source: 'dsn' } as const
    await db.transaction(async (tx) => {
      await suppressAddress(tx, SECRETS, CARRIER, { ...suppressing, addressKey: 'gone@example.com' })
      await suppressAddress(tx, SECRETS, CARRIER, { ...suppressing, addressKey: 'forgiven@example.com' })
    })
    await db.update(suppressions).set({ liftedAt: START }).where(eq(suppressions.addressKey, 'forgiven@example.com'))
    await laterBy(7 * DAY)
    expect(await forgetOld(acting)).toEqual(NOTHING)
    await laterBy(7 * DAY + 1)
    expect(await forgetOld(acting)).toEqual({ ...NOTHING, sign_ups: 1 })
    expect(await db.select().from(confirmations)).toEqual([])
    expect(await db.select().from(announcements).where(eq(announcements.kind, 'confirmation'))).toEqual([])
    await laterBy(30 * DAY + 1)
    expect(await forgetOld(acting)).toEqual({ ...NOTHING, soft_bounces: 1 })
    expect(await db.select().from(deliveries)).toHaveLength(1)
    await laterBy(90 * DAY)
    expect(await forgetOld(acting)).toEqual(NOTHING)
    await laterBy(90 * DAY + 1)
    const most = { deliveries: 1, inbound_messages: 1, ended_subscriptions: 1, lifted_suppressions: 1 }
    expect(await forgetOld(acting)).toEqual({ ...NOTHING, ...most })
    await laterBy(100 * DAY + 1)
    expect(await forgetOld(acting)).toEqual({ ...NOTHING, heard_reports: 1 })
    expect((await db.select().from(subscribers)).map(({ id }) => id)).toEqual([ada.id])
    expect(await suppressionOf(db, SECRETS, 'email', gone.addressKey)).toMatchObject({
      reason: 'bounce',
      addressKey: null,
    })
    await expectNowhere('gone@example.com')
    await expectNowhere('maybe@example.com')
  })

  it('goes for staff as well: what was never posted, what ran out, and alerts that are heard of no more', async () => {
    const person = await somePerson(db, 'admin', 'Priya')
    const end = { expiresAt: START, createdAt: plus(START, -DAY) }
    await db.insert(sessions).values({ ...end, id: newId(), token: 'spent', userId: person.id, ipAddress: '192.0.2.7' })
    await db.insert(verifications).values({ ...end, id: newId(), identifier: 'reset', value: 'once' })
    await db.insert(invitations).values({ ...end, tokenHash: 'f'.repeat(64), personId: person.id })
    await db.insert(composerDrafts).values({ personId: person.id, form: 'declare', fields: {}, savedAt: START })
    const { row: source } = await makeAlertSource(acting, { kind: 'alertmanager', name: 'Prometheus' })
    const draft = { sourceId: source.id, detectedAt: START, lastAlertAt: START, title: 'Disk is full' }
    await db.insert(drafts).values([
      { ...draft, id: newId(), groupKey: 'never ended', state: 'dismissed' },
      { ...draft, id: newId(), groupKey: 'still heard of', lastAlertAt: plus(START, 2 * DAY) },
    ])
    await laterBy(7 * DAY)
    expect(await forgetOld(acting)).toEqual(NOTHING)
    await laterBy(7 * DAY + 1)
    expect(await forgetOld(acting)).toEqual({ ...NOTHING, sessions: 1, invitations: 1, verifications: 1 })
    await laterBy(90 * DAY + 1)
    expect(await forgetOld(acting)).toEqual({ ...NOTHING, ended_drafts: 1, composer_drafts: 1 })
    expect((await db.select().from(drafts)).map(({ groupKey }) => groupKey)).toEqual(['still heard of'])
  })

  it('is not deleted while it waits to be sent', async () => {
    await someSubscriber(world, 'bea@example.com')
    await world.declare()
    await world.fanOut()
    await laterBy(200 * DAY)
    await forgetOld(acting)
    const left = await db.select().from(deliveries)
    expect(left.map(({ address, state }) => `${address} ${state}`).toSorted()).toEqual([
      'ada@example.com queued',
      'bea@example.com queued',
    ])
    await db.delete(deliveries)
  })

  it('goes batch by batch, and several processes at it do not get in each other’s way', async () => {
    await db
      .insert(heardReports)
      .values(Array.from({ length: 95 }, (_, each) => ({ id: `dsn:${each}`, heardAt: START })))
    await laterBy(KEPT_FOR.heard_reports + DAY)
    const counts = await Promise.all([1, 2, 3].map(() => forgetOld(acting, 10)))
    expect(counts.reduce((all, { heard_reports }) => all + heard_reports, 0)).toBe(95)
    expect(await db.select().from(heardReports)).toEqual([])
  })
})

/** Searches every column of every table for a text. */
async function expectNowhere(text: string): Promise<void> {
  const tables = await db.execute<{ name: string }>(
    sql`select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  )
  for (const { name } of tables) {
    const rows = await db.execute(
      sql`select 1 from ${sql.identifier(name)} as row where row_to_json(row)::text like ${`%${text}%`}`,
    )
    expect(rows.length, `${text} in ${name}`).toBe(0)
  }
}
