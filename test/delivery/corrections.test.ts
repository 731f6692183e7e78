import { and, eq, isNotNull } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { type CorrectUpdate, correctUpdate } from '../../api/actions/correct-update.ts'
import { claim } from '../../api/delivery/carry.ts'
import { compose, newShared, type Shared } from '../../api/delivery/compose.ts'
import { fanOutStep } from '../../api/delivery/fan-out.ts'
import { MINUTE } from '../../api/domain/duration.ts'
import { newId } from '../../db/ids.ts'
import type { Delivery } from '../../db/queries/deliveries.ts'
import { updatesOf } from '../../db/queries/incidents.ts'
import { queueWelcome } from '../../db/queries/welcome.ts'
import { announcements, deliveries, subscribers } from '../../db/schema.ts'
import {
  carryOne,
  delivering,
  everybodyLeaves,
  latestAnnouncement,
  START,
  someSubscriber,
} from '../support/delivering.ts'

const world = await delivering()
const { db, clock, carrying } = world
const WRONG = 'All is back.'
const RIGHT = 'The US still fails.'

beforeEach(async () => {
  await world.drain()
  await everybodyLeaves(world)
  await clock.advance(MINUTE)
})

async function declared() {
  const incident = await world.declare({ body: WRONG })
  const [update] = await updatesOf(db, incident.id)
  return { incident, updateId: update!.id }
}

async function corrected(incidentId: string, updateId: string, input: Partial<CorrectUpdate> = {}) {
  await clock.advance(MINUTE)
  await correctUpdate(world.acting, incidentId, updateId, { body: RIGHT, reason: 'We looked again.', ...input })
}

/** Each row about an incident: whom it is for, what it is, what became of it. */
async function rows(incidentId: string): Promise<string[]> {
  const found = await db
    .select()
    .from(deliveries)
    .innerJoin(announcements, eq(announcements.id, deliveries.announcementId))
    .where(eq(deliveries.incidentId, incidentId))
  return found.map(({ deliveries: row, announcements: told }) => `${row.address} ${told.kind} ${row.state}`).sort()
}

const put = (address: string, incidentId: string, state: Delivery['state'], more: { leaseUntil?: Date } = {}) =>
  db
    .update(deliveries)
    .set({ state, nextAttemptAt: null, ...more })
    .where(and(eq(deliveries.address, address), eq(deliveries.incidentId, incidentId)))

/** The message of a row if it is carried now. */
async function messageOf(row: Delivery, shared: Shared) {
  const [composed] = await compose(carrying, shared, [row], await clock(db))
  return composed!.status === 'fulfilled' && 'message' in composed!.value ? composed!.value.message : null
}

/** What a row says to its reader if it is carried now. */
async function saidBy(row: Delivery, shared: Shared = newShared()): Promise<string> {
  const message = await messageOf(row, shared)
  return message?.channel === 'email' ? message.letter.text : ''
}

describe('a correction', () => {
  it('goes to whoever was sent the words, or may have been, and to nobody else', async () => {
    const states = ['accepted', 'delivered', 'unknown', 'sending', 'claimed'] as const
    const others = ['failed', 'bounced', 'suppressed', 'superseded', 'expired'] as const
    for (const state of [...states, ...others]) await someSubscriber(world, `${state}@x.test`)
    const gone = await someSubscriber(world, 'gone@x.test')
    const { incident, updateId } = await declared()
    await world.fanOut()
    for (const state of [...states, ...others]) {
      const lease = state === 'claimed' || state === 'sending' ? { leaseUntil: new Date('2027-01-01') } : {}
      await put(`${state}@x.test`, incident.id, state, lease)
    }
    await put('gone@x.test', incident.id, 'accepted')
    await db.update(subscribers).set({ state: 'ended', endedAt: START }).where(eq(subscribers.id, gone.id))
    await someSubscriber(world, 'later@x.test')
    await corrected(incident.id, updateId)
    await world.fanOut()
    const told = (await rows(incident.id)).filter((row) => row.includes(' correction '))
    expect(told).toEqual(states.map((state) => `${state}@x.test correction queued`).sort())
    await db
      .update(deliveries)
      .set({ state: 'expired', leaseUntil: null })
      .where(eq(deliveries.incidentId, incident.id))
  })

  it('reaches a reader who was welcomed with the words', async () => {
    const { incident, updateId } = await declared()
    const reader = await someSubscriber(world, 'fresh@x.test')
    await db.update(announcements).set({ fannedOutAt: await clock(db) })
    await db.transaction(async (tx) => queueWelcome(tx, reader, await clock(tx)))
    await world.drain()
    await corrected(incident.id, updateId)
    await world.drain()
    expect(await rows(incident.id)).toEqual(['fresh@x.test correction accepted', 'fresh@x.test welcome accepted'])
  })

  it('is told nobody whose words still wait: they say it right themselves', async () => {
    await someSubscriber(world, 'waits@x.test')
    await someSubscriber(world, 'retries@x.test')
    const { incident, updateId } = await declared()
    await world.fanOut()
    await put('retries@x.test', incident.id, 'failed_for_now')
    await corrected(incident.id, updateId)
    expect(await claim(carrying, 'email', 'public', 10)).toEqual([])
    await world.fanOut()
    const [row] = await claim(carrying, 'email', 'public', 10)
    const text = await saidBy(row!)
    expect(text).toContain(RIGHT)
    expect(text).toMatch(/^SEV1 .* · next update by /)
    await carryOne(carrying, row!)
    await put('retries@x.test', incident.id, 'expired')
    expect(await rows(incident.id)).toEqual(['retries@x.test update expired', 'waits@x.test update accepted'])
  })

  it('takes the place of words that wait and may have gone out before', async () => {
    await someSubscriber(world, 'doubt@x.test')
    const { incident, updateId } = await declared()
    await world.fanOut()
    await put('doubt@x.test', incident.id, 'failed_for_now')
    await db.update(deliveries).set({ unknowns: 1 }).where(eq(deliveries.incidentId, incident.id))
    await corrected(incident.id, updateId)
    await world.drain()
    expect(await rows(incident.id)).toEqual(['doubt@x.test correction accepted', 'doubt@x.test update superseded'])
  })

  it('that arrives after later news tells nothing of how things stood or what was promised', async () => {
    await someSubscriber(world, 'away@x.test')
    await someSubscriber(world, '+4915112345678')
    const { incident, updateId } = await declared()
    await world.drain()
    await corrected(incident.id, updateId)
    await world.fanOut()
    await db
      .update(deliveries)
      .set({ nextAttemptAt: new Date('2027-01-01') })
      .where(eq(deliveries.state, 'queued'))
    await world.post(incident.id, { body: 'All is well.', status: 'resolved' })
    await world.drain()
    await db.update(deliveries).set({ nextAttemptAt: START }).where(eq(deliveries.state, 'queued'))
    for (const channel of ['email', 'sms'] as const) {
      const [row] = await claim(carrying, channel, 'public', 10)
      const said = JSON.stringify(await messageOf(row!, newShared()))
      expect(said).toContain(RIGHT)
      expect(said).not.toMatch(/SEV1|Critical|Investigating|outage|next update|#b3211d/i)
      await carryOne(carrying, row!)
    }
    expect((await rows(incident.id)).filter((row) => row.includes('correction accepted'))).toHaveLength(2)
  })

  it('and an update are handed over to one reader one after the other', async () => {
    await someSubscriber(world, 'one@x.test')
    await someSubscriber(world, 'two@x.test')
    const { incident, updateId } = await declared()
    await world.drain()
    await corrected(incident.id, updateId)
    await world.fanOut()
    await clock.advance(MINUTE)
    await world.post(incident.id, { body: 'The US is back too.' })
    await world.fanOut()
    const first = await claim(carrying, 'email', 'public', 10)
    expect(first.map((row) => `${row.address} ${row.correctionId !== null}`).sort()).toEqual([
      'one@x.test true',
      'two@x.test true',
    ])
    expect(await claim(carrying, 'email', 'public', 10)).toEqual([])
    for (const row of first) await carryOne(carrying, row)
    expect(await claim(carrying, 'email', 'public', 10)).toHaveLength(2)
    await db.update(deliveries).set({ state: 'expired', leaseUntil: null }).where(eq(deliveries.state, 'claimed'))
  })

  it('stops words that are claimed and have not left', async () => {
    await someSubscriber(world, 'held@x.test')
    const { incident, updateId } = await declared()
    await world.fanOut()
    const claimed = await claim(carrying, 'email', 'public', 10)
    await corrected(incident.id, updateId)
    await world.fanOut()
    for (const row of claimed) await carryOne(carrying, row)
    await world.drain()
    expect(await rows(incident.id)).toEqual(['held@x.test correction accepted', 'held@x.test update superseded'])
  })

  it('is not overtaken by a later update: both are told', async () => {
    await someSubscriber(world, 'both@x.test')
    const { incident, updateId } = await declared()
    await world.drain()
    await corrected(incident.id, updateId)
    await world.fanOut()
    await clock.advance(MINUTE)
    await world.post(incident.id, { body: 'The US is back too.' })
    await world.drain()
    expect(await rows(incident.id)).toEqual([
      'both@x.test correction accepted',
      'both@x.test update accepted',
      'both@x.test update accepted',
    ])
  })

  it('tells nobody who never saw the words because a later update overtook them', async () => {
    await someSubscriber(world, 'lucky@x.test')
    const { incident, updateId } = await declared()
    await world.fanOut()
    await clock.advance(MINUTE)
    await world.post(incident.id, { body: 'Second.' })
    await world.drain()
    await corrected(incident.id, updateId)
    await world.drain()
    expect(await rows(incident.id)).toEqual(['lucky@x.test update accepted', 'lucky@x.test update superseded'])
  })

  it('gives way to a second one while it waits, and is followed by it once it went', async () => {
    await someSubscriber(world, 'twice@x.test')
    const { incident, updateId } = await declared()
    await world.drain()
    await corrected(incident.id, updateId)
    await world.fanOut()
    await corrected(incident.id, updateId, { body: 'Parts of the US still fail.' })
    await world.drain()
    const first = ['twice@x.test correction accepted', 'twice@x.test correction superseded']
    expect(await rows(incident.id)).toEqual([...first, 'twice@x.test update accepted'])
    await corrected(incident.id, updateId, { body: 'The whole US works.' })
    await world.drain()
    expect(await rows(incident.id)).toEqual([
      'twice@x.test correction accepted',
      ...first,
      'twice@x.test update accepted',
    ])
  })

  it('of which nobody is told mends the words that wait', async () => {
    await someSubscriber(world, 'typo@x.test')
    const { incident, updateId } = await declared()
    await world.fanOut()
    await corrected(incident.id, updateId, { notify: false })
    const [row] = await claim(carrying, 'email', 'public', 10)
    expect(await saidBy(row!)).toContain(RIGHT)
    await carryOne(carrying, row!)
    expect(await rows(incident.id)).toEqual(['typo@x.test update accepted'])
  })

  it('is told once, however often and by however many it is fanned out', async () => {
    for (let each = 0; each < 20; each++) await someSubscriber(world, `many${each}@x.test`)
    const { incident, updateId } = await declared()
    await world.drain()
    await corrected(incident.id, updateId)
    await Promise.all(Array.from({ length: 4 }, () => world.fanOut()))
    await db
      .update(announcements)
      .set({ fannedOutAt: null, fanOutCursor: '' })
      .where(isNotNull(announcements.correctionId))
    await world.fanOut()
    const told = (await rows(incident.id)).filter((row) => row.includes(' correction '))
    expect(new Set(told).size).toBe(20)
    expect(told).toHaveLength(20)
  })
})

describe('a correction made while its update is still being fanned out', () => {
  const many = (count: number) =>
    db.insert(subscribers).values(
      Array.from({ length: count }, () => {
        const address = `${newId()}@x.test`
        const confirmedAt = new Date()
        return {
          id: newId(),
          channel: 'email' as const,
          address,
          addressKey: address,
          state: 'active' as const,
          confirmedAt,
        }
      }),
    )

  it('waits for it, and who has not been sent the wrong words reads the right ones alone', async () => {
    await many(5_005)
    const { incident, updateId } = await declared()
    await fanOutStep(db, ['email'])
    await corrected(incident.id, updateId)
    await clock.advance(MINUTE)
    const { id } = await latestAnnouncement(world, incident.id)
    await Promise.all(Array.from({ length: 3 }, () => world.fanOut()))
    const all = await db.select().from(deliveries).where(eq(deliveries.incidentId, incident.id))
    const told = all.filter((row) => row.state === 'queued')
    expect(new Set(told.map((row) => row.subscriberId)).size).toBe(5_005)
    expect(told).toHaveLength(5_005)
    expect(told.every((row) => row.announcementId === id)).toBe(true)
    const shared: Shared = newShared()
    for (const row of told.filter((_, index) => index % 100 === 0 || index > 4_990)) {
      const text = await saidBy(row, shared)
      expect(text).toContain(RIGHT)
      expect(text).not.toContain(WRONG)
    }
    await db.update(deliveries).set({ state: 'expired' }).where(eq(deliveries.incidentId, incident.id))
  }, 60_000)

  it('at the very same moment leaves nobody with the wrong words alone', async () => {
    await clock.run()
    await many(20)
    const raced = await Promise.all(Array.from({ length: 4 }, race))
    await clock.set(await clock.now())
    await world.fanOut()
    for (const incidentId of raced) await expectRightWords(incidentId)
  })

  /** Declares and corrects while fan-outs run. */
  async function race(): Promise<string> {
    const { incident, updateId } = await declared()
    const correcting = correctUpdate(world.acting, incident.id, updateId, { body: RIGHT, reason: 'We looked again.' })
    await Promise.all([world.fanOut(), correcting, world.fanOut()])
    return incident.id
  }

  /** Everybody has one message waiting, and it is right. */
  async function expectRightWords(incidentId: string): Promise<void> {
    const all = await db.select().from(deliveries).where(eq(deliveries.incidentId, incidentId))
    const last = Map.groupBy(
      all.filter((row) => row.state === 'queued'),
      (row) => row.subscriberId!,
    )
    expect(last.size).toBe(20)
    for (const waiting of last.values()) {
      expect(waiting).toHaveLength(1)
      expect(await saidBy(waiting[0]!)).toContain(RIGHT)
    }
    await db.update(deliveries).set({ state: 'expired' }).where(eq(deliveries.incidentId, incidentId))
  }
})

describe('a mail queued after a correction', () => {
  it('says the words as they read then, and repeats former words as they read then', async () => {
    const { incident, updateId } = await declared()
    await world.fanOut()
    await corrected(incident.id, updateId)
    await clock.advance(MINUTE)
    await someSubscriber(world, 'late@x.test')
    await world.post(incident.id, { body: 'The US is back too.' })
    await world.fanOut()
    const [row] = await db.select().from(deliveries).where(eq(deliveries.incidentId, incident.id))
    const text = await saidBy(row!)
    expect(text).toContain(`· ${RIGHT}`)
    expect(text).not.toContain(WRONG)
  })

  it('says the same at every attempt, though a correction came in between', async () => {
    await someSubscriber(world, 'again@x.test')
    const { incident, updateId } = await declared()
    await world.fanOut()
    const [row] = await db.select().from(deliveries).where(eq(deliveries.incidentId, incident.id))
    const before = await saidBy(row!)
    await corrected(incident.id, updateId)
    expect(await saidBy(row!)).toBe(before)
  })
})
