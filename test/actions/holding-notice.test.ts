import { eq, sql } from 'drizzle-orm'
import { afterAll, expect, it, vi } from 'vitest'
import { markLate } from '../../api/actions/mark-late.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { postUpdate } from '../../api/actions/post-update.ts'
import { MINUTE } from '../../api/domain/duration.ts'
import { closeDatabase, openDatabase } from '../../db/client.ts'
import { announcements, holdingNotices, incidents, timelineEntries } from '../../db/schema.ts'
import { actingAs, setUpNorthwind } from '../support/acting.ts'
import { testDatabase } from '../support/database.ts'
import { setTerms } from '../support/holding.ts'
import { holding, untilWaiting } from '../support/lock-waits.ts'
import { chance } from '../support/seeded.ts'

vi.setConfig({ testTimeout: 120_000 })
const { db, connection, clock } = await testDatabase()
await setUpNorthwind(db)
const acting = actingAs(db, clock)
await setTerms(acting, { holding_notice: true })
const own = Array.from({ length: 20 }, (_, n) => openDatabase(connection, `racer ${n}`, 1))
afterAll(() => Promise.all(own.map(closeDatabase)))
const [scanners, posters] = [own.slice(0, 12), own.slice(12)]
const { between, oneOf } = chance(20_261_112)
const declare = async () => (await openIncident(acting, { title: 'It fails', severity: 'SEV1', body: 'First.' })).id

it('twelve scanners publish one notice for each silence, and none that an update came before', async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, declare))
  for (let round = 0; round < 12; round += 1) {
    await clock.advance(between(4, 9) * MINUTE)
    await Promise.all([
      ...scanners.map((each) => markLate(actingAs(each, clock))),
      ...posters.map((each) => postUpdate(actingAs(each, clock), oneOf(ids), { body: 'We are on it.' })),
    ])
  }
  await markLate(acting)
  // A stale notice is one that was written after the update which ended the silence that it tells of.
  const [stale] = await db.execute<{ count: number }>(sql`
    select count(*)::int as count from holding_notices as notice
    join updates on updates.incident_id = notice.incident_id and updates.state = 'published' and updates.seq = notice.after_seq + 1
    where updates.published_at < notice.published_at`)
  const [missed] = await db.execute<{ count: number }>(sql`
    select count(*)::int as count from incidents where late_seq = deadline_seq
      and not exists (select from holding_notices where incident_id = incidents.id and after_seq = incidents.update_seq)`)
  const published = await db.$count(holdingNotices)
  expect(published).toBeGreaterThan(20)
  expect([stale!.count, missed!.count]).toEqual([0, 0])
  expect(await db.$count(announcements, eq(announcements.kind, 'holding_notice'))).toBe(published)
  expect(await db.$count(timelineEntries, eq(timelineEntries.text, 'Holding notice published by itself.'))).toBe(
    published,
  )
})

it('a post that is in hand at the deadline leaves nothing to tell', async () => {
  const id = await declare()
  const release = await holding(db, async (tx) => {
    await tx.select().from(incidents).where(eq(incidents.id, id)).for('update')
  })
  const posting = postUpdate(actingAs(own[0]!, clock), id, { body: 'Just in time.' })
  await untilWaiting(db, 1)
  await clock.advance(15 * MINUTE + 1000)
  await markLate(acting)
  await release()
  await posting
  await markLate(acting)
  expect(await db.$count(holdingNotices, eq(holdingNotices.incidentId, id))).toBe(0)
})

it('a process that dies over it leaves nothing behind, and another tells it once', async () => {
  const id = await declare()
  await clock.advance(15 * MINUTE + 1000)
  const dies = db.transaction(async (tx) => {
    await markLate({ ...acting, db: tx })
    throw new Error('killed')
  })
  await expect(dies).rejects.toThrow('killed')
  expect(await db.$count(holdingNotices, eq(holdingNotices.incidentId, id))).toBe(0)
  await markLate(acting)
  await markLate(acting)
  expect(await db.$count(holdingNotices, eq(holdingNotices.incidentId, id))).toBe(1)
})
