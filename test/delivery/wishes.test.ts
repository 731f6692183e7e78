import { eq } from 'drizzle-orm'
import { afterEach, describe, expect, it } from 'vitest'
import { claim } from '../../api/delivery/carry.ts'
import { addressHashes } from '../../api/domain/suppression.ts'
import { newId } from '../../db/ids.ts'
import { deliveries, subscribers, suppressions } from '../../db/schema.ts'
import { SECRETS } from '../support/acting.ts'
import { carryOne, delivering, START, someSubscriber } from '../support/delivering.ts'

const world = await delivering()
const { db, clock } = world
afterEach(async () => {
  await db.delete(subscribers)
  await clock.set(START)
})

const statesOf = async (incidentId: string) => {
  const rows = await db.select().from(deliveries).where(eq(deliveries.incidentId, incidentId))
  return Object.fromEntries(rows.map((row) => [row.address, row.state]))
}

const suppress = (address: string, liftedAt: Date | null = null) =>
  db.insert(suppressions).values({
    id: newId(),
    channel: 'email',
    addressKey: address,
    addressHash: addressHashes(SECRETS, 'email', address)[0]!,
    reason: 'bounce',
    source: 'dsn',
    liftedAt,
  })

const minutes = (count: number) => count * 60_000

describe('who has asked for a pause', () => {
  it('hears nothing until it is over, not even what was queued before it', async () => {
    const paused = await someSubscriber(world, 'paused@x.test', { pausedUntil: new Date(START.getTime() + minutes(5)) })
    const later = await someSubscriber(world, 'later@x.test')
    const incident = await world.declare()
    await world.fanOut()
    await db.update(subscribers).set({ pausedUntil: paused.pausedUntil }).where(eq(subscribers.id, later.id))
    await world.drain()
    expect(await statesOf(incident.id)).toEqual({ 'later@x.test': 'suppressed' })
    await clock.advance(minutes(6))
    await world.post(incident.id, { body: 'Still on it.' })
    await world.drain()
    expect(await statesOf(incident.id)).toMatchObject({ 'paused@x.test': 'accepted' })
  })
})

describe('who keeps quiet hours', () => {
  it.each([
    ['22:00', '07:00', 'Etc/UTC', '2026-11-12T23:30:00Z', '2026-11-13T07:00:00Z'],
    ['22:00', '07:00', 'Etc/UTC', '2026-11-13T06:59:00Z', '2026-11-13T07:00:00Z'],
    ['22:00', '07:00', 'Etc/UTC', '2026-11-13T07:00:00Z', '2026-11-13T07:00:00Z'],
    ['12:00', '13:30', 'Europe/Berlin', '2026-11-12T11:15:00Z', '2026-11-12T12:30:00Z'],
    ['12:00', '13:30', 'Europe/Berlin', '2026-11-12T13:00:00Z', '2026-11-12T13:00:00Z'],
    ['22:00', '07:00', 'Asia/Kathmandu', '2026-11-12T20:00:00Z', '2026-11-13T01:15:00Z'],
    // The night on which Berlin's clocks go forward has no 02:30.
    ['22:00', '02:30', 'Europe/Berlin', '2027-03-27T23:00:00Z', '2027-03-28T01:30:00Z'],
    ['22:00', '07:00', 'Nowhere/Atall', '2026-11-12T23:30:00Z', '2026-11-12T23:30:00Z'],
  ])('from %s to %s in %s at %s is written to at %s', async (quietFrom, quietTo, timeZone, at, then) => {
    await clock.set(new Date(at))
    await someSubscriber(world, 'night@x.test', { quietFrom, quietTo, timeZone })
    const incident = await world.declare()
    await world.fanOut()
    const [row] = await db.select().from(deliveries).where(eq(deliveries.incidentId, incident.id))
    expect(row!.nextAttemptAt).toEqual(new Date(then))
  })

  it('hears in the morning the one word that is still true', async () => {
    await clock.set(new Date('2026-11-12T23:00:00Z'))
    await someSubscriber(world, 'night@x.test', { quietFrom: '22:00', quietTo: '07:00' })
    const incident = await world.declare({ severity: 'SEV3' })
    await world.drain()
    await world.post(incident.id, { body: 'Over.', status: 'resolved' })
    await world.drain()
    await clock.set(new Date('2026-11-13T07:00:00Z'))
    await world.drain()
    const rows = await db.select().from(deliveries).where(eq(deliveries.incidentId, incident.id))
    expect(rows.map((row) => row.state).sort()).toEqual(['accepted', 'superseded'])
  })
})

describe('who follows one incident', () => {
  it('hears all of it, whatever else was chosen, and nothing else where that was asked for', async () => {
    const followed = await world.declare({ severity: 'SEV4', title: 'Followed' })
    await someSubscriber(world, 'only@x.test', { followedIncidentIds: [followed.id], onlyFollowed: true })
    await someSubscriber(world, 'also@x.test', { followedIncidentIds: [followed.id], minSeverity: 'SEV1' })
    const other = await world.declare({ severity: 'SEV1', title: 'Other' })
    await world.post(followed.id, { body: 'A small step.' })
    await world.fanOut()
    expect(Object.keys(await statesOf(followed.id)).sort()).toEqual(['also@x.test', 'only@x.test'])
    expect(Object.keys(await statesOf(other.id))).toEqual(['also@x.test'])
  })
})

describe('an address that nothing is sent to any more', () => {
  it('gets a row that says so, and no mail; lifted, it hears again', async () => {
    await someSubscriber(world, 'dead@x.test')
    await suppress('dead@x.test')
    const incident = await world.declare()
    await world.drain()
    expect(await statesOf(incident.id)).toEqual({ 'dead@x.test': 'suppressed' })
    await db.update(suppressions).set({ liftedAt: START })
    await world.post(incident.id, { body: 'Still on it.' })
    await world.drain()
    expect(Object.values(await statesOf(incident.id))).toContain('accepted')
  })

  it('is looked for once more before each attempt', async () => {
    await someSubscriber(world, 'dying@x.test')
    const incident = await world.declare()
    await world.fanOut()
    const [claimed] = await claim(world.carrying, 'email', 'public', 5)
    await suppress('dying@x.test')
    await carryOne(world.carrying, claimed!)
    expect(await statesOf(incident.id)).toEqual({ 'dying@x.test': 'suppressed' })
  })
})
