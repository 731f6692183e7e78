import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { claim } from '../../api/delivery/carry.ts'
import { rescueRound } from '../../api/delivery/rescue.ts'
import { settleOutcome } from '../../api/delivery/settle.ts'
import { queueWelcome } from '../../db/queries/welcome.ts'
import { deliveries, incidents } from '../../db/schema.ts'
import {
  begin,
  carryOne,
  delivering,
  everybodyLeaves,
  latestAnnouncement,
  someSubscriber,
} from '../support/delivering.ts'

const world = await delivering()
const { db, clock } = world

describe('a claim', () => {
  it('is given to one of many who ask at once', async () => {
    await someSubscriber(world, 'one@x.test')
    await world.declare()
    await world.fanOut()
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim(world.carrying, 'email', 'public', 5)))
    expect(claims.flat()).toHaveLength(1)
    await carryOne(world.carrying, claims.flat()[0]!)
  })

  it('that ran out and passed to somebody else can write nothing any more', async () => {
    const incident = await world.declare()
    await world.fanOut()
    const [first] = await claim(world.carrying, 'email', 'public', 5)
    const [sending] = await begin(world.carrying, first!)
    await clock.advance(46_000)
    await rescueRound(world.carrying)
    await clock.advance(20_000)
    const [second] = await claim(world.carrying, 'email', 'public', 5)
    expect(second).toMatchObject({ id: first!.id, unknowns: 1 })
    await carryOne(world.carrying, second!)
    world.logged.length = 0
    await settleOutcome(world.carrying, sending!.row, { kind: 'permanent', code: '550', reason: 'stale' })
    expect(await begin(world.carrying, first!)).toEqual([])
    const [row] = await db.select().from(deliveries).where(eq(deliveries.incidentId, incident.id))
    expect(row).toMatchObject({ state: 'accepted', code: null })
    expect(world.logged.join()).toContain('stale settle refused')
  })

  it('that ran out before sending goes back into the queue at no cost', async () => {
    const incident = await world.declare()
    await world.fanOut()
    await claim(world.carrying, 'email', 'public', 5)
    await clock.advance(46_000)
    await rescueRound(world.carrying)
    const [row] = await db.select().from(deliveries).where(eq(deliveries.incidentId, incident.id))
    expect(row).toMatchObject({ state: 'queued', attempts: 0, unknowns: 0 })
    await world.drain()
  })

  it('of somebody who left between fan-out and send brings them nothing', async () => {
    const incident = await world.declare()
    await world.fanOut()
    const [claimed] = await claim(world.carrying, 'email', 'public', 5)
    await everybodyLeaves(world)
    await carryOne(world.carrying, claimed!)
    const [row] = await db.select().from(deliveries).where(eq(deliveries.incidentId, incident.id))
    expect(row).toMatchObject({ state: 'suppressed', attempts: 0 })
  })

  it('is never given for what is no longer news', async () => {
    await someSubscriber(world, 'late@x.test')
    const incident = await world.declare()
    await world.fanOut()
    await clock.advance(31 * 60_000)
    expect(await claim(world.carrying, 'email', 'public', 5)).toEqual([])
    await rescueRound(world.carrying)
    const [row] = await db.select().from(deliveries).where(eq(deliveries.incidentId, incident.id))
    expect(row).toMatchObject({ state: 'expired', nextAttemptAt: null })
    await everybodyLeaves(world)
  })
})

describe('somebody who has just confirmed', () => {
  it('hears the latest word on what is open and concerns them, and not twice', async () => {
    await db.update(incidents).set({ status: 'resolved', resolvedAt: new Date(), nextUpdateDueAt: null })
    const incident = await world.declare()
    await world.post(incident.id, { body: 'Second.' })
    await world.declare({ severity: 'SEV4', title: 'Something small' })
    const reader = await someSubscriber(world, 'new@x.test', { minSeverity: 'SEV2' })
    expect(await db.transaction(async (tx) => queueWelcome(tx, reader, await clock(tx)))).toBe(1)
    await world.fanOut()
    const rows = await db.select().from(deliveries).where(eq(deliveries.subscriberId, reader.id))
    expect(rows.filter((row) => row.state === 'queued').map((row) => row.updateId)).toEqual([
      (await latestAnnouncement(world, incident.id)).updateId,
    ])
    await everybodyLeaves(world)
  })
})
