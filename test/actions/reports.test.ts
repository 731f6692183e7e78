import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { recordReport } from '../../api/actions/record-report.ts'
import { readReturnedMail } from '../../api/delivery/returned-mail.ts'
import { DAY } from '../../api/domain/duration.ts'
import type { News, Report } from '../../api/domain/report.ts'
import { addressHashes } from '../../api/domain/suppression.ts'
import { noRecorder } from '../../api/recorder.ts'
import { queueTest } from '../../db/queries/announcements.ts'
import { suppressionOf } from '../../db/queries/suppressions.ts'
import { auditLog, deliveries, heardReports, softBounces, subscribers, suppressions } from '../../db/schema.ts'
import { SECRETS, somePerson } from '../support/acting.ts'
import { delivering, someSubscriber } from '../support/delivering.ts'
import { BOUNCE_DOMAIN, NO_ENVELOPE, returnedMail } from '../support/returns.ts'

const world = await delivering()
const { db, clock } = world
const acting = { ...world.acting, record: noRecorder }

beforeEach(async () => {
  await db.delete(suppressions)
  await db.delete(softBounces)
  await db.update(subscribers).set({ state: 'ended', endedAt: new Date() })
})

let readers = 0
/** A reader who was told something, and what was sent to them. */
async function told(address = `reader${readers++}@example.com`) {
  const reader = await someSubscriber(world, address)
  await world.declare()
  await world.drain()
  return { reader, delivery: (await sentTo(address))[0]!, address }
}

const sentTo = (address: string) =>
  db.select().from(deliveries).where(eq(deliveries.address, address)).orderBy(deliveries.queuedAt)
const rowOf = async (id: string) => (await db.select().from(deliveries).where(eq(deliveries.id, id)))[0]!
const stateOf = async (id: string) => (await db.select().from(subscribers).where(eq(subscribers.id, id)))[0]!
const inForce = () => db.select().from(suppressions)

/** A mail of this kind comes back for a delivery. */
async function comesBack(sample: string, deliveryId: string) {
  const read = await readReturnedMail(returnedMail(sample, deliveryId), NO_ENVELOPE, BOUNCE_DOMAIN)
  return 'report' in read ? recordReport(acting, read.report) : read
}

/** A provider that has proved itself says something. */
const says = (news: News, given: Partial<Report>) =>
  recordReport(acting, {
    source: 'ses',
    eventId: `event ${Math.random()}`,
    deliveryIds: [],
    providerId: null,
    address: null,
    news,
    ...given,
  })
const HARD: News = { kind: 'bounced', meaning: 'hard', enhancedCode: '5.1.1', words: 'no such user' }
const SOFT: News = { kind: 'bounced', meaning: 'soft', enhancedCode: '5.2.2', words: 'full' }

describe('a bounce that proves an address dead', () => {
  it('suppresses it, ends what waits for it, and shows on the delivery', async () => {
    const { reader, delivery, address } = await told()
    await world.declare()
    await world.fanOut()
    const heard = await comesBack('postfix-unknown-user', delivery.id)
    expect(heard).toEqual({ outcome: 'recorded', deliveryId: delivery.id })
    expect(await rowOf(delivery.id)).toMatchObject({
      state: 'bounced',
      enhancedCode: '5.1.1',
      bouncedAt: await clock.now(),
      acceptedAt: delivery.acceptedAt,
    })
    expect((await sentTo(address)).map(({ state }) => state).toSorted()).toEqual(['bounced', 'suppressed'])
    expect(await inForce()).toEqual([
      expect.objectContaining({
        channel: 'email',
        addressKey: address,
        addressHash: addressHashes(SECRETS, 'email', address)[0],
        reason: 'bounce',
        source: 'dsn',
        code: '5.1.1',
        deliveryId: delivery.id,
        liftedAt: null,
      }),
    ])
    expect(await stateOf(reader.id)).toMatchObject({ state: 'active' })
  })

  it('is audited, and neither audit nor ledger holds the address or what the server said of it', async () => {
    const { delivery, address } = await told()
    await comesBack('postfix-unknown-user', delivery.id)
    const [row] = await inForce()
    const lines = await db.select().from(auditLog).where(eq(auditLog.subjectId, row!.id))
    expect(lines).toEqual([
      expect.objectContaining({
        actorKind: 'system',
        action: 'address.suppressed',
        after: { channel: 'email', reason: 'bounce', source: 'dsn', code: '5.1.1' },
      }),
    ])
    expect(JSON.stringify(lines)).not.toContain(address)
    expect((await rowOf(delivery.id)).reason).not.toContain('@')
  })

  it('told again changes nothing, also after the suppression has been lifted', async () => {
    const { delivery } = await told()
    await comesBack('gmail-unknown', delivery.id)
    const before = [await rowOf(delivery.id), await inForce(), await db.select().from(heardReports)]
    expect(await comesBack('gmail-unknown', delivery.id)).toMatchObject({ outcome: 'heard' })
    expect([await rowOf(delivery.id), await inForce(), await db.select().from(heardReports)]).toEqual(before)
    await db.update(suppressions).set({ liftedAt: await clock.now() })
    await comesBack('exchange-unknown-french', delivery.id)
    expect((await inForce()).filter(({ liftedAt }) => liftedAt === null)).toEqual([])
  })

  it('told by many at once counts once', async () => {
    const { delivery } = await told()
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => comesBack('gmail-unknown', delivery.id)))
    expect(outcomes.filter((each) => 'outcome' in each && each.outcome === 'recorded')).toHaveLength(1)
    expect(await inForce()).toHaveLength(1)
  })

  it('never silences staff', async () => {
    const person = await somePerson(db, 'responder', 'Priya')
    await db.transaction(async (tx) => queueTest(tx, person, ['email'], await clock(tx)))
    await world.drain()
    const [delivery] = await sentTo(person.email)
    await comesBack('postfix-unknown-user', delivery!.id)
    expect(await rowOf(delivery!.id)).toMatchObject({ state: 'bounced' })
    expect(await inForce()).toEqual([])
  })
})

describe('a report that is not about a message of ours', () => {
  it('changes nothing: an invented delivery, one that never left, one that is an SMS', async () => {
    const text = await told('+4915112345678')
    const { address } = await told()
    await world.declare()
    await world.fanOut()
    const waiting = (await sentTo(address)).find(({ state }) => state === 'queued')!
    const ledger = () => db.select().from(deliveries).orderBy(deliveries.id)
    const before = [await ledger(), await db.select().from(heardReports)]
    for (const id of ['zzzzzzzzzzzz', waiting.id, text.delivery.id])
      expect(await comesBack('postfix-unknown-user', id)).toEqual({ outcome: 'unknown', deliveryId: null })
    expect([await ledger(), await db.select().from(heardReports)]).toEqual(before)
    expect(await inForce()).toEqual([])
    expect(await suppressionOf(db, SECRETS, 'email', 'ada@example.com')).toBeNull()
  })

  it('of a provider is about whom it names: another address of the message, or nobody we know, changes nothing', async () => {
    const { delivery } = await told()
    expect(await says(HARD, { deliveryIds: [delivery.id], address: 'somebody.else@example.com' })).toMatchObject({
      outcome: 'unknown',
    })
    expect(await says(HARD, { address: 'not an address' })).toMatchObject({ outcome: 'unknown' })
    expect(await inForce()).toEqual([])
    expect(await rowOf(delivery.id)).toMatchObject({ state: 'accepted' })
  })
})

describe('a provider that names no message', () => {
  it('is believed about the address of a reader', async () => {
    const { address, delivery } = await told()
    expect(await says(HARD, { address })).toEqual({ outcome: 'recorded', deliveryId: null })
    expect(await suppressionOf(db, SECRETS, 'email', address)).toMatchObject({ reason: 'bounce', source: 'ses' })
    expect(await rowOf(delivery.id)).toMatchObject({ state: 'accepted' })
  })

  it('finds the message by its own id of it', async () => {
    const { delivery, address } = await told()
    await db.update(deliveries).set({ providerId: '0102-ses' }).where(eq(deliveries.id, delivery.id))
    await says(HARD, { providerId: '0102-ses', address })
    expect(await rowOf(delivery.id)).toMatchObject({ state: 'bounced' })
  })
})

describe('news in any order', () => {
  it.each([
    [['delivered', 'bounced'], 'bounced'],
    [['bounced', 'delivered'], 'bounced'],
    [['delivered', 'delivered'], 'delivered'],
    [['complaint', 'delivered'], 'delivered'],
    [['delivered', 'complaint', 'bounced'], 'bounced'],
  ])('%j end as %s', async (order, end) => {
    const { delivery, address } = await told()
    const news: Record<string, News> = {
      delivered: { kind: 'delivered' },
      bounced: HARD,
      complaint: { kind: 'complaint' },
    }
    for (const each of order) await says(news[each]!, { deliveryIds: [delivery.id], address })
    expect((await rowOf(delivery.id)).state).toBe(end)
  })
})

describe('what is our own fault', () => {
  it.each(['gmail-unauthenticated', 'exchange-policy', 'exim-blocklisted-spanish'])(
    '%s shows on the delivery and costs the address nothing, however often',
    async (sample) => {
      const { reader, address } = await told()
      for (let day = 0; day < 8; day++) {
        await world.declare()
        await world.drain()
        await comesBack(sample, (await sentTo(address)).at(-1)!.id)
        await clock.advance(DAY)
      }
      expect((await sentTo(address)).filter(({ state }) => state === 'bounced')).toHaveLength(8)
      expect(await inForce()).toEqual([])
      expect(await db.select().from(softBounces)).toEqual([])
      expect(await stateOf(reader.id)).toMatchObject({ state: 'active' })
    },
  )
})

describe('a mailbox that is full', () => {
  const bounceSoftly = async (address: string) => {
    await world.declare()
    await world.drain()
    const delivery = (await sentTo(address)).at(-1)!
    await comesBack('postfix-mailbox-full-german', delivery.id)
    return delivery
  }

  it('is counted once a message, and given up when it stays full for days', async () => {
    const { address } = await told()
    for (let bounce = 1; bounce <= 4; bounce++) {
      const delivery = await bounceSoftly(address)
      await says(SOFT, { deliveryIds: [delivery.id], address })
      expect(await db.select().from(softBounces)).toHaveLength(bounce)
      await clock.advance(DAY)
    }
    expect(await inForce()).toEqual([])
    await bounceSoftly(address)
    expect(await inForce()).toEqual([expect.objectContaining({ addressKey: address, reason: 'bounce', code: '5.2.2' })])
  })

  it('is forgiven when something arrives', async () => {
    const { address } = await told()
    for (let bounce = 1; bounce <= 4; bounce++) {
      await bounceSoftly(address)
      await clock.advance(DAY)
    }
    await world.declare()
    await world.drain()
    await says({ kind: 'delivered' }, { deliveryIds: [(await sentTo(address)).at(-1)!.id], address })
    await bounceSoftly(address)
    expect(await inForce()).toEqual([])
    expect(await db.select().from(softBounces)).toHaveLength(1)
  })
})

describe('a complaint', () => {
  it.each(['arf-abuse', 'arf-abuse-headers-alone'])('%s suppresses and ends the subscription', async (sample) => {
    const { reader, delivery, address } = await told()
    await comesBack(sample, delivery.id)
    expect(await stateOf(reader.id)).toMatchObject({ state: 'ended', endedBy: 'complaint' })
    expect(await suppressionOf(db, SECRETS, 'email', address)).toMatchObject({ reason: 'complaint', source: 'arf' })
    expect(await rowOf(delivery.id)).toMatchObject({ state: 'accepted' })
    const lines = await db.select().from(auditLog).where(eq(auditLog.subjectId, reader.id))
    expect(lines.map(({ action }) => action)).toContain('subscription.ended')
  })

  it('after a bounce still ends the subscription', async () => {
    const { reader, delivery } = await told()
    await comesBack('gmail-unknown', delivery.id)
    await comesBack('arf-abuse', delivery.id)
    expect(await stateOf(reader.id)).toMatchObject({ state: 'ended' })
    expect(await inForce()).toEqual([expect.objectContaining({ reason: 'bounce' })])
  })
})
