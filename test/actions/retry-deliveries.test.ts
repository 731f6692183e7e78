import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { and, eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { correctUpdate } from '../../api/actions/correct-update.ts'
import { planMaintenance } from '../../api/actions/plan-maintenance.ts'
import { retryDeliveries, retryStepDeliveries } from '../../api/actions/retry-deliveries.ts'
import { HOUR, MINUTE } from '../../api/domain/duration.ts'
import { newId } from '../../db/ids.ts'
import { announcementOfUpdate } from '../../db/queries/announced.ts'
import { timelineOf } from '../../db/queries/incidents.ts'
import { wouldResend } from '../../db/queries/resend.ts'
import { auditLog, deliveries, maintenanceUpdates, subscribers, suppressions, updates } from '../../db/schema.ts'
import { delivering, everybodyLeaves, START, someSubscriber } from '../support/delivering.ts'

const world = await delivering()
const { acting, db } = world
let incidentId: string
let updateId: string

beforeEach(async () => {
  await everybodyLeaves(world)
  await world.clock.set(START)
})

/** Declares to one reader for each of these rows, and lets each end as told. */
async function told(...ends: (Partial<typeof deliveries.$inferInsert> & { to?: string })[]) {
  const readers = []
  for (const { to } of ends) readers.push(await someSubscriber(world, to ?? `${newId()}@x.test`))
  ;({ id: incidentId } = await world.declare())
  await world.fanOut()
  const [update] = await db.select().from(updates).where(eq(updates.incidentId, incidentId))
  updateId = update!.id
  for (const [index, { to: _, ...end }] of ends.entries())
    await db
      .update(deliveries)
      .set({ nextAttemptAt: null, ...end })
      .where(rowOf(readers[index]!.id))
  return readers
}
const rowOf = (subscriberId: string) =>
  and(eq(deliveries.subscriberId, subscriberId), eq(deliveries.updateId, updateId))
const rowFor = async (subscriberId: string) => (await db.select().from(deliveries).where(rowOf(subscriberId)))[0]!
const retry = () => retryDeliveries(acting, incidentId, updateId)
const failed = { state: 'failed', attempts: 1, code: '550', enhancedCode: '5.7.1', reason: 'no' } as const
const none = { suppressed: 0, superseded: 0, expired: 0, unknown: 0 }

describe('sending again', () => {
  it('sends what failed or came back once more, under the same Message-ID, and counts on', async () => {
    const [refused, returned] = await told(failed, {
      state: 'bounced',
      attempts: 1,
      acceptedAt: START,
      bouncedAt: START,
    })
    const before = await rowFor(refused!.id)
    await world.clock.advance(MINUTE)
    expect(await retry()).toEqual({ retried: 2, skipped: none })
    await world.drain()
    expect(await rowFor(refused!.id)).toMatchObject({ id: before.id, state: 'accepted', attempts: 2, code: null })
    expect(await rowFor(returned!.id)).toMatchObject({ state: 'accepted', attempts: 2, bouncedAt: null })
  })

  it.each([
    ['waits', { state: 'queued', nextAttemptAt: START }, none],
    ['is to be tried again anyway', { state: 'failed_for_now', nextAttemptAt: START }, none],
    ['was taken', { state: 'accepted', acceptedAt: START }, none],
    ['arrived', { state: 'delivered', acceptedAt: START, deliveredAt: START }, none],
    ['may have arrived', { state: 'unknown', unknowns: 2 }, { ...none, unknown: 1 }],
    ['was blocked', { state: 'suppressed' }, { ...none, suppressed: 1 }],
    ['was overtaken', { state: 'superseded' }, { ...none, superseded: 1 }],
    ['came too late', { state: 'expired' }, { ...none, expired: 1 }],
    ['failed, and is no news any more', { ...failed, expiresAt: START }, { ...none, expired: 1 }],
    ['failed, and may have arrived before', { ...failed, to: '+4915112345670', unknowns: 1 }, { ...none, unknown: 1 }],
  ] as const)('leaves alone what %s', async (_, end, skipped) => {
    const [reader] = await told(end)
    const before = await rowFor(reader!.id)
    expect(await retry()).toEqual({ retried: 0, skipped })
    expect(await rowFor(reader!.id)).toEqual(before)
    expect(await wouldResend(db, { incidentId, updateId })).toEqual({ retried: 0, skipped })
  })

  it('sends nothing to who has left or takes nothing any more', async () => {
    const [left, blocked] = await told(failed, failed)
    await db.update(subscribers).set({ state: 'ended', endedAt: START }).where(eq(subscribers.id, left!.id))
    const { channel, addressKey } = blocked!
    const known = { addressHash: newId(), reason: 'bounce', source: 'dsn' } as const
    await db.insert(suppressions).values({ id: newId(), channel, addressKey, ...known })
    expect(await retry()).toEqual({ retried: 0, skipped: { ...none, suppressed: 2 } })
    await db.update(suppressions).set({ liftedAt: START }).where(eq(suppressions.addressKey, addressKey))
    expect(await retry()).toEqual({ retried: 1, skipped: { ...none, suppressed: 1 } })
  })

  it('sends no older words to who was told newer ones', async () => {
    const [reader] = await told(failed)
    await world.post(incidentId, { body: 'The cause is known.' })
    await world.fanOut()
    expect(await retry()).toEqual({ retried: 0, skipped: { ...none, superseded: 1 } })
    expect((await rowFor(reader!.id)).state).toBe('failed')
  })

  it('sends the words as they have been corrected meanwhile', async () => {
    const [reader] = await told(failed)
    await world.clock.advance(MINUTE)
    await correctUpdate(acting, incidentId, updateId, { body: 'Nobody can sign in.', reason: 'It is worse.' })
    await world.fanOut()
    await world.clock.advance(MINUTE)
    expect(await retry()).toMatchObject({ retried: 1 })
    await world.drain()
    const { id } = await rowFor(reader!.id)
    const sent = (await readdir(world.folder)).find((name) => name.endsWith(`-${id}.eml`))
    expect(await readFile(join(world.folder, sent!), 'utf8')).toContain('Nobody can sign in.')
  })

  it('sends each once, however many press at once', async () => {
    await told(failed, failed, failed, failed, failed)
    const answers = await Promise.all(Array.from({ length: 8 }, retry))
    expect(answers.map(({ retried }) => retried).toSorted()).toEqual([0, 0, 0, 0, 0, 0, 0, 5])
    expect(await db.$count(deliveries, and(eq(deliveries.updateId, updateId), eq(deliveries.state, 'queued')))).toBe(5)
  })

  it('stands on the timeline and in the audit, unless there was nothing to send', async () => {
    await told(failed, { state: 'accepted' })
    await retry()
    await retry()
    const lines = (await timelineOf(db, incidentId)).filter(({ text }) => text.includes('sent again'))
    expect(lines.map(({ text }) => text)).toEqual(['Update 1 sent again: 1 had failed.'])
    const entries = await db.select().from(auditLog).where(eq(auditLog.subjectId, updateId))
    expect(entries.filter(({ action }) => action === 'deliveries.retried')).toMatchObject([{ after: { retried: 1 } }])
  })

  it('is refused for an update of another incident, and changes nothing', async () => {
    await told(failed)
    const other = await world.declare()
    await expect(retryDeliveries(acting, other.id, updateId)).rejects.toThrow('There is no such update.')
    expect(await db.$count(deliveries, and(eq(deliveries.updateId, updateId), eq(deliveries.state, 'failed')))).toBe(1)
  })
})

describe('sending planned work again', () => {
  const plan = () =>
    planMaintenance(acting, {
      title: 'Newer database',
      body: 'Invoices can be read, not changed.',
      scheduled_for: new Date(START.getTime() + 5 * HOUR),
      scheduled_until: new Date(START.getTime() + 6 * HOUR),
    })

  it('sends the step once more to those it did not reach', async () => {
    await someSubscriber(world, `${newId()}@x.test`)
    const { id } = await plan()
    await world.fanOut()
    await db
      .update(deliveries)
      .set({ ...failed, nextAttemptAt: null })
      .where(eq(deliveries.maintenanceId, id))
    const [step] = await db.select().from(maintenanceUpdates).where(eq(maintenanceUpdates.maintenanceId, id))
    expect(await retryStepDeliveries(acting, id, step!.id)).toEqual({ retried: 1, skipped: none })
    await world.drain()
    const [row] = await db.select().from(deliveries).where(eq(deliveries.maintenanceId, id))
    expect(row).toMatchObject({ state: 'accepted', attempts: 2 })
    await expect(retryStepDeliveries(acting, id, newId())).rejects.toThrow('There is no such update.')
  })
})

it('is counted before it is pressed as it is done', async () => {
  await told(failed, failed, { state: 'superseded' })
  expect(await announcementOfUpdate(db, updateId)).toMatchObject({ kind: 'update' })
  expect(await wouldResend(db, { incidentId, updateId })).toEqual({ retried: 2, skipped: { ...none, superseded: 1 } })
  expect(await retry()).toEqual({ retried: 2, skipped: { ...none, superseded: 1 } })
})
