import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { addComponent } from '../../api/actions/add-component.ts'
import { extendMaintenance } from '../../api/actions/extend-maintenance.ts'
import { type PlanMaintenance, planMaintenance } from '../../api/actions/plan-maintenance.ts'
import { claim } from '../../api/delivery/carry.ts'
import { DAY, HOUR, MINUTE, plus } from '../../api/domain/duration.ts'
import { expiryOfMaintenance } from '../../api/domain/freshness.ts'
import type { MaintenanceStep } from '../../api/domain/maintenance.ts'
import { newId } from '../../db/ids.ts'
import { queueMaintenanceAnnouncement } from '../../db/queries/announcements.ts'
import { announcements, componentGroups, deliveries, maintenanceUpdates } from '../../db/schema.ts'
import { carryOne, delivering, everybodyLeaves, START, someSubscriber } from '../support/delivering.ts'

const world = await delivering()
const { db, clock, carrying, acting } = world
const group = newId()
await db.insert(componentGroups).values({ id: group, name: 'Platform', position: 1 })
const storage = (await addComponent(acting, { name: 'Storage' })).id
const queue = (await addComponent(acting, { name: 'Queue', group_id: group })).id

const plan = async (more: Partial<PlanMaintenance> = {}) => {
  const now = await clock.now()
  return planMaintenance(acting, {
    title: 'Storage upgrade',
    body: 'Writes may pause twice.',
    scheduled_for: plus(now, 3 * DAY),
    scheduled_until: plus(now, 3 * DAY + 2 * HOUR),
    ...more,
  })
}
/** Another step, as the clock or somebody would tell it. */
const tell = async (maintenanceId: string, seq: number, step: MaintenanceStep) =>
  db.transaction(async (tx) => {
    const [before] = await tx
      .select()
      .from(maintenanceUpdates)
      .where(eq(maintenanceUpdates.maintenanceId, maintenanceId))
    const id = newId()
    const reminder = step === 'reminder' ? '-PT24H' : null
    const row = { ...before!, id, seq, step, reminder, body: `Words of ${step}.` }
    const [update] = await tx.insert(maintenanceUpdates).values(row).returning()
    return queueMaintenanceAnnouncement(tx, update!, await clock(tx))
  })
const rows = async (maintenanceId: string) =>
  db.select().from(deliveries).where(eq(deliveries.maintenanceId, maintenanceId)).orderBy(deliveries.queuedAt)
const toldOf = async (maintenanceId: string) => (await rows(maintenanceId)).map((row) => row.address).sort()

beforeEach(async () => {
  await world.drain()
  await everybodyLeaves(world)
  await clock.advance(MINUTE)
})

describe('who hears of planned work', () => {
  it('is who wants to, about the components it concerns, however grave they like their incidents', async () => {
    await someSubscriber(world, 'all@x.test')
    await someSubscriber(world, 'never@x.test', { maintenance: false })
    await someSubscriber(world, 'storage@x.test', { componentIds: [storage] })
    await someSubscriber(world, 'queue@x.test', { componentIds: [queue] })
    await someSubscriber(world, 'group@x.test', { groupIds: [group] })
    await someSubscriber(world, 'grave@x.test', { minSeverity: 'SEV1' })
    await someSubscriber(world, 'milestones@x.test', { events: 'milestones' })
    await someSubscriber(world, '+4915112345678')
    const always = ['+4915112345678', 'all@x.test', 'grave@x.test', 'milestones@x.test']
    const ofStorage = await plan({ components: [storage] })
    const ofQueue = await plan({ components: [queue] })
    const ofAll = await plan()
    await world.fanOut()
    expect(await toldOf(ofStorage.id)).toEqual([...always, 'storage@x.test'])
    expect(await toldOf(ofQueue.id)).toEqual([...always, 'group@x.test', 'queue@x.test'].sort())
    expect(await toldOf(ofAll.id)).toEqual([...always, 'group@x.test', 'queue@x.test', 'storage@x.test'].sort())
  })

  it('does not hear a mere note when they want milestones only', async () => {
    await someSubscriber(world, 'everything@x.test')
    await someSubscriber(world, 'brief@x.test', { events: 'milestones' })
    const { id } = await plan()
    await world.drain()
    await tell(id, 2, 'note')
    await world.drain()
    expect(await toldOf(id)).toEqual(['brief@x.test', 'everything@x.test', 'everything@x.test'])
  })

  it('is nobody when it is planned quietly', async () => {
    await someSubscriber(world, 'quiet@x.test')
    const { id } = await plan({ notify: false })
    await world.fanOut()
    expect(await rows(id)).toEqual([])
  })

  it('is everybody exactly once, however often and by however many it is fanned out', async () => {
    for (let each = 0; each < 20; each++) await someSubscriber(world, `crowd${each}@x.test`)
    const { id } = await plan()
    await Promise.all(Array.from({ length: 4 }, () => world.fanOut()))
    await db
      .update(announcements)
      .set({ fannedOutAt: null, fanOutCursor: '' })
      .where(eq(announcements.kind, 'maintenance'))
    await world.fanOut()
    expect(new Set(await toldOf(id)).size).toBe(20)
    expect(await rows(id)).toHaveLength(20)
  })
})

describe('a newer step', () => {
  it('replaces an older one that still waits', async () => {
    await someSubscriber(world, 'waits@x.test')
    const { id, scheduledUntil } = await plan()
    await world.fanOut()
    await extendMaintenance(acting, id, { scheduled_until: plus(scheduledUntil, HOUR), body: 'It takes longer.' })
    await world.drain()
    expect((await rows(id)).map((row) => row.state).sort()).toEqual(['accepted', 'superseded'])
  })

  it('stops an older one that is claimed, and one that is fanned out late', async () => {
    await someSubscriber(world, 'claimed@x.test')
    const { id } = await plan()
    await world.fanOut()
    const claimed = await claim(carrying, 'email', 'public', 10)
    const late = await tell(id, 2, 'note')
    await db
      .update(announcements)
      .set({ fannedOutAt: await clock.now() })
      .where(eq(announcements.id, late))
    await tell(id, 3, 'started')
    await world.fanOut()
    for (const row of claimed) await carryOne(carrying, row)
    await db.update(announcements).set({ fannedOutAt: null }).where(eq(announcements.id, late))
    await world.drain()
    expect((await rows(id)).map((row) => row.state).sort()).toEqual(['accepted', 'superseded', 'superseded'])
  })

  it('leaves other work and incidents alone', async () => {
    await someSubscriber(world, 'both@x.test')
    const one = await plan()
    const other = await plan()
    const incident = await world.declare()
    await world.fanOut()
    await tell(one.id, 2, 'note')
    await world.drain()
    expect((await rows(other.id)).map((row) => row.state)).toEqual(['accepted'])
    const ofIncident = await db.select().from(deliveries).where(eq(deliveries.incidentId, incident.id))
    expect(ofIncident.map((row) => [row.state, row.priority])).toEqual([['accepted', 1]])
    expect((await rows(one.id)).map((row) => row.priority)).toEqual([4, 4])
  })
})

describe('news of work', () => {
  it.each([
    ['planned', 3 * HOUR, 3 * HOUR],
    ['reminder', HOUR, HOUR],
    ['moved', 2 * DAY, DAY],
    ['reminder', -MINUTE, DAY],
    ['started', -MINUTE, DAY],
    ['completed', -2 * HOUR, DAY],
    ['note', HOUR, DAY],
  ] as const)('that is %s, %d ms before it begins, is news for %d ms', (step, ahead, lasts) => {
    const expiry = expiryOfMaintenance({ step, scheduledFor: plus(START, ahead) }, START)
    expect(expiry).toEqual(plus(START, lasts))
  })
})
