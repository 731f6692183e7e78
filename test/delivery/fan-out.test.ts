import { eq, inArray } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { addComponent } from '../../api/actions/add-component.ts'
import { claim } from '../../api/delivery/carry.ts'
import { newId } from '../../db/ids.ts'
import { announcements, componentGroups, deliveries, subscribers } from '../../db/schema.ts'
import { carryOne, delivering, everybodyLeaves, latestAnnouncement, someSubscriber } from '../support/delivering.ts'

const world = await delivering()
const { db } = world

/** The addresses that were told of an update, whatever became of it. */
const toldOf = async (updateId: string) =>
  (await db.select().from(deliveries).where(eq(deliveries.updateId, updateId))).map((row) => row.address).sort()

describe('who hears of an update', () => {
  it('follows what each chose: components, groups, severity, milestones', async () => {
    const group = await component('Platform group', 'group')
    const login = await component('Login')
    const storage = await component('Storage')
    const inGroup = await component('Queue', 'component', group)
    await someSubscriber(world, 'all@x.test')
    await someSubscriber(world, 'login@x.test', { componentIds: [login] })
    await someSubscriber(world, 'storage@x.test', { componentIds: [storage] })
    await someSubscriber(world, 'group@x.test', { groupIds: [group] })
    await someSubscriber(world, 'grave@x.test', { minSeverity: 'SEV2' })
    await someSubscriber(world, 'milestones@x.test', { events: 'milestones' })
    await someSubscriber(world, '+4915112345678', { componentIds: [login, storage] })
    const incident = await world.declare({ severity: 'SEV3', components: [{ id: login }] })
    await world.fanOut()
    const opened = ['+4915112345678', 'all@x.test', 'login@x.test', 'milestones@x.test']
    expect(await toldOf((await latestAnnouncement(world, incident.id)).updateId!)).toEqual(opened)

    await world.post(incident.id, { body: 'Still on it.' })
    await world.fanOut()
    const same = ['+4915112345678', 'all@x.test', 'login@x.test']
    expect(await toldOf((await latestAnnouncement(world, incident.id)).updateId!)).toEqual(same)

    await world.post(incident.id, {
      body: 'Worse.',
      severity: 'SEV1',
      severity_reason: 'more reports',
      components: [{ id: inGroup }],
    })
    await world.fanOut()
    const raised = [...opened, 'grave@x.test', 'group@x.test'].sort()
    expect(await toldOf((await latestAnnouncement(world, incident.id)).updateId!)).toEqual(raised)

    await world.post(incident.id, { body: 'Lowered.', severity: 'SEV4', severity_reason: 'few are left' })
    await world.post(incident.id, { body: 'Over.', status: 'resolved' })
    await world.fanOut()
    expect(await toldOf((await latestAnnouncement(world, incident.id)).updateId!)).toEqual(raised)
    await everybodyLeaves(world)
  })

  it('is nobody when the post says so, or the incident is internal', async () => {
    await someSubscriber(world, 'quiet@x.test')
    const quiet = await world.declare({ notify: false })
    const internal = await world.declare({ visibility: 'internal' })
    await world.fanOut()
    expect(
      await db
        .select()
        .from(announcements)
        .where(inArray(announcements.incidentId, [quiet.id, internal.id])),
    ).toEqual([])
    await everybodyLeaves(world)
  })

  it('is everybody exactly once, however often and by however many it is fanned out', async () => {
    await db.insert(subscribers).values(
      Array.from({ length: 5_200 }, (_, index) => {
        const address = `many${index}@x.test`
        return {
          id: newId(),
          channel: 'email' as const,
          address,
          addressKey: address,
          state: 'active' as const,
          confirmedAt: new Date(),
        }
      }),
    )
    const incident = await world.declare()
    const { id } = await latestAnnouncement(world, incident.id)
    await Promise.all(Array.from({ length: 4 }, () => world.fanOut()))
    await db.update(announcements).set({ fannedOutAt: null, fanOutCursor: '' }).where(eq(announcements.id, id))
    await world.fanOut()
    const rows = await db.select().from(deliveries).where(eq(deliveries.announcementId, id))
    expect(rows).toHaveLength(5_200)
    expect(new Set(rows.map((row) => row.id)).size).toBe(5_200)
    expect(rows.every((row) => /^[a-z0-9]{12}$/.test(row.id))).toBe(true)
    await db.update(deliveries).set({ state: 'expired' }).where(eq(deliveries.announcementId, id))
    await everybodyLeaves(world)
  })
})

describe('a newer word', () => {
  it('replaces one that still waits, for the same reader on the same channel only', async () => {
    await someSubscriber(world, 'reader@x.test')
    await someSubscriber(world, 'brief@x.test', { events: 'milestones' })
    const incident = await world.declare()
    await world.fanOut()
    await world.post(incident.id, { body: 'Second.' })
    await world.fanOut()
    const rows = await db.select().from(deliveries).where(eq(deliveries.incidentId, incident.id))
    const states = rows.map((row) => `${row.address} ${row.state}`).sort()
    expect(states).toEqual(['brief@x.test queued', 'reader@x.test queued', 'reader@x.test superseded'])
  })

  it('that is fanned out first leaves no way for the older one', async () => {
    const incident = await world.declare({ severity: 'SEV3' })
    await world.post(incident.id, { body: 'Worse.', severity: 'SEV1', severity_reason: 'more reports' })
    await world.fanOut()
    const rows = await db.select().from(deliveries).where(eq(deliveries.incidentId, incident.id))
    const newest = (await latestAnnouncement(world, incident.id)).updateId
    for (const row of rows) expect(row.state).toBe(row.updateId === newest ? 'queued' : 'superseded')
  })

  it('that comes between claim and send stops the older one', async () => {
    await db.update(deliveries).set({ state: 'expired' }).where(eq(deliveries.state, 'queued'))
    const incident = await world.declare()
    await world.fanOut()
    const claimed = await claim(world.carrying, 'email', 'public', 10)
    await world.post(incident.id, { body: 'Second.' })
    await world.fanOut()
    for (const row of claimed) await carryOne(world.carrying, row)
    const rows = await db
      .select()
      .from(deliveries)
      .where(
        inArray(
          deliveries.id,
          claimed.map((row) => row.id),
        ),
      )
    expect(rows.map((row) => [row.address, row.state, row.attempts]).sort()).toEqual([
      ['brief@x.test', 'accepted', 1],
      ['reader@x.test', 'superseded', 0],
    ])
    await world.drain()
    await everybodyLeaves(world)
  })
})

async function component(
  name: string,
  kind: 'component' | 'group' = 'component',
  groupId: string | null = null,
): Promise<string> {
  if (kind === 'component')
    return (await addComponent(world.acting, { name, ...(groupId ? { group_id: groupId } : {}) })).id
  const id = newId()
  await db.insert(componentGroups).values({ id, name, position: 1 })
  return id
}
