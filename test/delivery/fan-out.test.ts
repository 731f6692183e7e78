import { and, desc, eq, inArray } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { addComponent } from '../../api/actions/add-component.ts'
import { defaultPolicy } from '../../api/domain/cadence.ts'
import { carryOne, claim } from '../../api/delivery/carry.ts'
import { fanOutStep } from '../../api/delivery/fan-out.ts'
import { settleOutcome } from '../../api/delivery/settle.ts'
import { newId } from '../../db/ids.ts'
import { queueAlert, queueWelcome } from '../../db/queries/announcements.ts'
import { markSending } from '../../db/queries/deliveries.ts'
import {
  alerts,
  announcements,
  cadencePolicies,
  componentGroups,
  deliveries,
  incidents,
  people,
  siteChanges,
  subscribers,
  updates,
} from '../../db/schema.ts'
import { somePerson } from '../support/acting.ts'
import { delivering, someSubscriber } from '../support/delivering.ts'
import { rescueRound } from '../../api/delivery/rescue.ts'

const world = await delivering()
const { db, clock } = world
const never = new AbortController().signal

/** The addresses that were told of an update, whatever became of it. */
const toldOf = async (updateId: string) =>
  (await db.select().from(deliveries).where(eq(deliveries.updateId, updateId))).map((row) => row.address).sort()

/** The announcement of an incident's newest update. */
async function latest(incidentId: string) {
  const [row] = await db
    .select({ id: announcements.id, updateId: announcements.updateId })
    .from(announcements)
    .innerJoin(updates, eq(updates.id, announcements.updateId))
    .where(and(eq(announcements.incidentId, incidentId), eq(announcements.kind, 'update')))
    .orderBy(desc(updates.seq))
    .limit(1)
  return row!
}

const nobody = () => db.update(subscribers).set({ state: 'ended', endedAt: new Date() })

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
    expect(await toldOf((await latest(incident.id)).updateId!)).toEqual(opened)

    await world.post(incident.id, { body: 'Still on it.' })
    await world.fanOut()
    const same = ['+4915112345678', 'all@x.test', 'login@x.test']
    expect(await toldOf((await latest(incident.id)).updateId!)).toEqual(same)

    await world.post(incident.id, { body: 'Worse.', severity: 'SEV1', severity_reason: 'more reports', components: [{ id: inGroup }] })
    await world.fanOut()
    const raised = [...opened, 'grave@x.test', 'group@x.test'].sort()
    expect(await toldOf((await latest(incident.id)).updateId!)).toEqual(raised)

    await world.post(incident.id, { body: 'Lowered.', severity: 'SEV4', severity_reason: 'few are left' })
    await world.post(incident.id, { body: 'Over.', status: 'resolved' })
    await world.fanOut()
    expect(await toldOf((await latest(incident.id)).updateId!)).toEqual(raised)
    await nobody()
  })

  it('is nobody when the post says so, or the incident is internal', async () => {
    await someSubscriber(world, 'quiet@x.test')
    const quiet = await world.declare({ notify: false })
    const internal = await world.declare({ visibility: 'internal' })
    await world.fanOut()
    expect(await db.select().from(announcements).where(inArray(announcements.incidentId, [quiet.id, internal.id]))).toEqual([])
    await nobody()
  })

  it('is everybody exactly once, however often and by however many it is fanned out', async () => {
    await db.insert(subscribers).values(
      Array.from({ length: 7_000 }, (_, index) => {
        const address = `many${index}@x.test`
        return { id: newId(), channel: 'email' as const, address, addressKey: address, state: 'active' as const, confirmedAt: new Date() }
      }),
    )
    const incident = await world.declare()
    const { id } = await latest(incident.id)
    await Promise.all(Array.from({ length: 4 }, () => world.fanOut()))
    await db.update(announcements).set({ fannedOutAt: null, fanOutCursor: '' }).where(eq(announcements.id, id))
    await world.fanOut()
    const rows = await db.select().from(deliveries).where(eq(deliveries.announcementId, id))
    expect(rows).toHaveLength(7_000)
    expect(new Set(rows.map((row) => row.id)).size).toBe(7_000)
    expect(rows.every((row) => /^[a-z0-9]{12}$/.test(row.id))).toBe(true)
    await db.update(deliveries).set({ state: 'expired' }).where(eq(deliveries.announcementId, id))
    await nobody()
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
    const newest = (await latest(incident.id)).updateId
    for (const row of rows) expect(row.state).toBe(row.updateId === newest ? 'queued' : 'superseded')
  })

  it('that comes between claim and send stops the older one', async () => {
    await db.update(deliveries).set({ state: 'expired' }).where(eq(deliveries.state, 'queued'))
    const incident = await world.declare()
    await world.fanOut()
    const claimed = await claim(world.carrying, 'email', 'public', 10)
    await world.post(incident.id, { body: 'Second.' })
    await world.fanOut()
    for (const row of claimed) await carryOne(world.carrying, new Map(), row, never)
    const rows = await db.select().from(deliveries).where(inArray(deliveries.id, claimed.map((row) => row.id)))
    expect(rows.map((row) => [row.address, row.state, row.attempts]).sort()).toEqual([
      ['brief@x.test', 'accepted', 1],
      ['reader@x.test', 'superseded', 0],
    ])
    await world.drain()
    await nobody()
  })
})

describe('a claim', () => {
  it('is given to one of many who ask at once', async () => {
    await someSubscriber(world, 'one@x.test')
    await world.declare()
    await world.fanOut()
    const claims = await Promise.all(Array.from({ length: 8 }, () => claim(world.carrying, 'email', 'public', 5)))
    expect(claims.flat()).toHaveLength(1)
    await carryOne(world.carrying, new Map(), claims.flat()[0]!, never)
  })

  it('that ran out and passed to somebody else can write nothing any more', async () => {
    const incident = await world.declare()
    await world.fanOut()
    const [first] = await claim(world.carrying, 'email', 'public', 5)
    const sending = (await markSending(db, first!))!
    await clock.advance(46_000)
    await rescueRound(world.carrying)
    await clock.advance(20_000)
    const [second] = await claim(world.carrying, 'email', 'public', 5)
    expect(second).toMatchObject({ id: first!.id, unknowns: 1 })
    await carryOne(world.carrying, new Map(), second!, never)
    world.logged.length = 0
    await settleOutcome(world.carrying, sending, { kind: 'permanent', code: '550', reason: 'stale' })
    expect(await markSending(db, first!)).toBeNull()
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
    await nobody()
    await carryOne(world.carrying, new Map(), claimed!, never)
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
    await nobody()
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
    expect(rows.filter((row) => row.state === 'queued').map((row) => row.updateId)).toEqual([(await latest(incident.id)).updateId])
    await nobody()
  })
})

describe('an alert', () => {
  const alertAt = async (rung: string, incidentId: string) => {
    const now = await clock(db)
    const [incident] = await db.select().from(incidents).where(eq(incidents.id, incidentId))
    const alert = { id: newId(), incidentId, audience: 'public' as const, rung, dueAt: now, firedAt: now, state: 'alerted' as const }
    await db.insert(alerts).values({ ...alert, deadlineSeq: incident!.deadlineSeq })
    await db.transaction((tx) => queueAlert(tx, { ...alert, severity: incident!.severity }, now))
    await world.fanOut()
    const rows = await db.select().from(deliveries).where(eq(deliveries.incidentId, incidentId))
    const told = rows.filter((row) => row.personId)
    return { alert, told, names: await namesOf(told.map((row) => row.personId!)) }
  }
  const namesOf = async (ids: string[]) =>
    ids.length === 0 ? [] : (await db.select().from(people).where(inArray(people.id, ids))).map((person) => person.name).sort()

  it('reaches who commands and speaks at the moment it is told, by mail and SMS, in the lane of staff', async () => {
    const commander = await somePerson(db, 'commander', 'Casey')
    const lead = await somePerson(db, 'responder', 'Lee', { phone: null })
    await somePerson(db, 'admin', 'Ada')
    const incident = await world.declare({ commander_id: commander.id, roles: { comms_lead: lead.id } })
    const { told, names } = await alertAt('due', incident.id)
    expect(names).toEqual(['Casey', 'Lee'])
    expect(told.map((row) => `${row.channel} ${row.lane} ${row.audience}`).sort()).toEqual([
      'email staff internal',
      'email staff internal',
      'sms staff internal',
    ])
  })

  it('that reaches nobody goes to the fallback: all admins when the cadence names none', async () => {
    const incident = await world.declare()
    expect((await alertAt('due', incident.id)).names).toEqual(['Ada'])
    const chosen = await somePerson(db, 'responder', 'Fay')
    await db.insert(cadencePolicies).values({ version: 2, policy: { ...defaultPolicy(), version: 2, fallback: [chosen.id] } })
    const other = await world.declare()
    expect((await alertAt('due', other.id)).names).toEqual(['Fay'])
  })

  it('to everyone reaches responders, commanders and admins, not viewers, executives or who has left', async () => {
    await somePerson(db, 'viewer', 'Vera')
    await somePerson(db, 'executive', 'Eve')
    await somePerson(db, 'responder', 'Gone', { active: false })
    const incident = await world.declare()
    expect((await alertAt('sponsor', incident.id)).names).toEqual(['Ada', 'Casey', 'Fay', 'Lee'])
  })

  it('that a carrier took lets the late page say so, once', async () => {
    await db.update(deliveries).set({ state: 'expired' }).where(eq(deliveries.state, 'queued'))
    const incident = await world.declare()
    const { deadlineSeq } = incident
    await db.update(incidents).set({ lateSeq: deadlineSeq }).where(eq(incidents.id, incident.id))
    const changes = async () =>
      (await db.select().from(siteChanges).where(eq(siteChanges.incidentId, incident.id))).length
    const before = await changes()
    const { alert, told } = await alertAt('due', incident.id)
    await world.drain()
    expect(told.length).toBeGreaterThan(1)
    expect((await db.select().from(alerts).where(eq(alerts.id, alert.id)))[0]).toMatchObject({ acceptedAt: await clock.now() })
    expect(await changes()).toBe(before + 1)
  })

  it('about a promise that has been kept meanwhile is not sent', async () => {
    const incident = await world.declare()
    const { told } = await alertAt('due', incident.id)
    await world.post(incident.id, { body: 'Here we are.' })
    await world.drain()
    const rows = await db.select().from(deliveries).where(inArray(deliveries.id, told.map((row) => row.id)))
    expect(new Set(rows.map((row) => row.state))).toEqual(new Set(['superseded']))
  })

  it('does not wait behind a thousand public mails', async () => {
    expect(await fanOutStep(db, ['email'])).toBe(false)
    const order = await db.select().from(announcements).where(eq(announcements.kind, 'alert'))
    expect(order.every((row) => row.priority === 0)).toBe(true)
  })
})

async function component(name: string, kind: 'component' | 'group' = 'component', groupId: string | null = null): Promise<string> {
  if (kind === 'component') return (await addComponent(world.acting, { name, ...(groupId ? { group_id: groupId } : {}) })).id
  const id = newId()
  await db.insert(componentGroups).values({ id, name, position: 1 })
  return id
}
