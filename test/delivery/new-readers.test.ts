import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { newId } from '../../db/ids.ts'
import { takeTurns } from '../../db/queries/turns.ts'
import { queueWelcome } from '../../db/queries/welcome.ts'
import { announcements, deliveries, incidents, subscribers, updates } from '../../db/schema.ts'
import { delivering, START } from '../support/delivering.ts'
import { holding, untilWaiting } from '../support/lock-waits.ts'

const world = await delivering()
const { db } = world

/** Lets somebody in who has to wait for the turn of an incident; meanwhile something is said and fanned out. */
async function letInWhile(turnOf: string, say: () => Promise<unknown>): Promise<string> {
  const release = await holding(db, (tx) => takeTurns(tx, turnOf))
  const id = newId()
  const letIn = db.transaction(async (tx) => {
    const reader = { id, list: 'public' as const, channel: 'email' as const, address: `${id}@x.test` }
    await tx.insert(subscribers).values({ ...reader, addressKey: reader.address, state: 'active', confirmedAt: START })
    return queueWelcome(tx, reader, START)
  })
  await untilWaiting(db, 1)
  await say()
  let fannedOut = false
  const fanOut = world.fanOut().then(() => {
    fannedOut = true
  })
  await untilWaiting(db, 2, () => fannedOut)
  await release()
  await Promise.all([letIn, fanOut])
  return id
}

/** What a reader is about to be told, incident by incident. */
async function waitingFor(subscriberId: string): Promise<string[]> {
  const rows = await db
    .select()
    .from(deliveries)
    .innerJoin(announcements, eq(announcements.id, deliveries.announcementId))
    .innerJoin(updates, eq(updates.id, deliveries.updateId))
    .innerJoin(incidents, eq(incidents.id, deliveries.incidentId))
    .where(eq(deliveries.subscriberId, subscriberId))
  return rows.map(
    (row) => `${row.incidents.title}: ${row.announcements.kind} ${row.updates.body} ${row.deliveries.state}`,
  )
}

describe('somebody who confirms', () => {
  it('while an update is posted and fanned out is told that update, and nothing older', async () => {
    const both = [await world.declare({ body: 'Old.' }), await world.declare({ body: 'Old.' })]
    const [first, second] = both.toSorted((one, other) => (one.id < other.id ? -1 : 1))
    await world.fanOut()
    const title = 'Mail fails'
    await db.update(incidents).set({ title }).where(eq(incidents.id, second!.id))
    const id = await letInWhile(first!.id, () => world.post(second!.id, { body: 'News.' }))
    expect((await waitingFor(id)).sort()).toEqual([
      'Mail fails: welcome News. queued',
      'Sign-in fails: welcome Old. queued',
    ])
  })

  it('while an incident is opened and fanned out is told of it', async () => {
    await db.update(incidents).set({ status: 'resolved', nextUpdateDueAt: null, nextRungAt: null, resolvedAt: START })
    const old = await world.declare({ title: 'Old' })
    await world.fanOut()
    const id = await letInWhile(old.id, () => world.declare({ title: 'New', body: 'It fails.' }))
    expect((await waitingFor(id)).sort()).toEqual([
      'New: update It fails. queued',
      'Old: welcome Some customers cannot sign in. queued',
    ])
  })
})
