import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { and, eq, isNull } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  type AnnouncedSubject,
  releaseAnnouncement,
  withdrawAnnouncement,
} from '../../api/actions/confirm-announcement.ts'
import { correctUpdate } from '../../api/actions/correct-update.ts'
import { markLate } from '../../api/actions/mark-late.ts'
import { planMaintenance } from '../../api/actions/plan-maintenance.ts'
import { guardState } from '../../api/domain/blast-guard.ts'
import { DAY, HOUR, MINUTE } from '../../api/domain/duration.ts'
import { announcementOfUpdate } from '../../db/queries/announced.ts'
import { timelineOf, updatesOf } from '../../db/queries/incidents.ts'
import { announcementsOfMaintenances } from '../../db/queries/maintenances.ts'
import { announcements, auditLog, deliveries, holdingNotices, siteChanges } from '../../db/schema.ts'
import { actingAs, actorFor, somePerson } from '../support/acting.ts'
import { carryDue, delivering, everybodyLeaves, START } from '../support/delivering.ts'
import { manyReaders } from '../support/flooding.ts'
import { setTerms } from '../support/holding.ts'

const world = await delivering()
const { db, clock } = world
const casey = await somePerson(db, 'commander', 'Casey', { phone: null })
const rob = await somePerson(db, 'responder', 'Rob', { phone: null })
await somePerson(db, 'admin', 'Ada', { phone: null })
const as = (person: typeof casey) => actingAs(db, clock, actorFor(person))

let morning = START.getTime()
beforeEach(async () => {
  // Each test on a day of its own, so that none has spoken within the other's hour.
  morning += DAY
  await clock.set(new Date(morning))
  await everybodyLeaves(world)
  await db.update(announcements).set({ fannedOutAt: START }).where(isNull(announcements.fannedOutAt))
})

const many = (count?: number) => manyReaders(db, count)
const incidentOf = async (severity: 'SEV1' | 'SEV2' = 'SEV2') =>
  (await world.declare({ severity, commander_id: casey.id })).id
const guarded = async (incidentId: string) => {
  const [newest] = await updatesOf(db, incidentId)
  const announcement = (await announcementOfUpdate(db, newest!.id))!
  return { ...announcement, state: guardState(announcement, await clock(db)) }
}
/** Speaks until six messages have gone out, and once more. */
async function seven(incidentId: string) {
  for (let seq = 2; seq <= 7; seq += 1) {
    await clock.advance(20_000)
    await world.post(incidentId, { body: `Word ${seq}.` })
  }
  return guarded(incidentId)
}
const rowsOf = (announcementId: string) => db.$count(deliveries, eq(deliveries.announcementId, announcementId))
const lines = async (incidentId: string) => (await timelineOf(db, incidentId)).map(({ text }) => text)
const of = (incidentId: string): AnnouncedSubject => ({ incidentId })

describe('the seventh message in ten minutes', () => {
  it('waits, while the page is published and the promise is kept', async () => {
    await many()
    const id = await incidentOf()
    const revisions = () => db.$count(siteChanges, eq(siteChanges.incidentId, id))
    const before = await revisions()
    const seventh = await seven(id)
    expect(seventh).toMatchObject({ state: 'waiting', guardedReach: 1_000 })
    expect(await rowsOf(seventh.id)).toBe(0)
    expect((await revisions()) - before).toBe(6)
    const [newest] = await updatesOf(db, id)
    expect(newest).toMatchObject({ seq: 7, state: 'published', promiseKept: true })
    expect(await lines(id)).toContain('The message to 1000 people waits for a second confirmation; the page has it.')
  })

  it('goes out once it is confirmed, by the one who posted it if need be', async () => {
    await many()
    const id = await incidentOf()
    const seventh = await seven(id)
    expect(await releaseAnnouncement(as(casey), of(id), seventh.id)).toMatchObject({ releasedBy: casey.id })
    await world.fanOut()
    expect(await rowsOf(seventh.id)).toBe(1_000)
    expect(await lines(id)).toContain('The message to 1000 people was confirmed and goes out.')
    const acts = await db.select().from(auditLog).where(eq(auditLog.subjectId, seventh.id))
    expect(acts.map(({ action }) => action)).toEqual(['announcement.guarded', 'announcement.released'])
  })

  it('is told to nobody once it is withdrawn', async () => {
    await many()
    const id = await incidentOf()
    const seventh = await seven(id)
    await withdrawAnnouncement(as(casey), of(id), seventh.id)
    await world.fanOut()
    expect(await rowsOf(seventh.id)).toBe(0)
    expect((await guarded(id)).state).toBe('withdrawn')
    await expect(releaseAnnouncement(as(casey), of(id), seventh.id)).rejects.toThrow('Somebody has decided not to send')
  })

  it('passes again when ten minutes have gone, and passes always for fewer than a thousand', async () => {
    await many(999)
    expect((await seven(await incidentOf())).state).toBe('passed')
    await clock.advance(HOUR)
    await many(1)
    const id = await incidentOf()
    expect((await seven(id)).state).toBe('waiting')
    await clock.advance(11 * MINUTE)
    await world.post(id, { body: 'Ten minutes later.' })
    expect((await guarded(id)).state).toBe('passed')
  })

  it('is decided once, however many press at once', async () => {
    await many()
    const id = await incidentOf()
    const seventh = await seven(id)
    const presses = Array.from({ length: 6 }, () => releaseAnnouncement(as(casey), of(id), seventh.id))
    expect(new Set((await Promise.all(presses)).map(({ releasedAt }) => releasedAt?.getTime())).size).toBe(1)
    expect((await lines(id)).filter((line) => line.includes('was confirmed'))).toHaveLength(1)
  })

  it('is no longer sent when it is no longer news', async () => {
    await many()
    const id = await incidentOf('SEV1')
    const seventh = await seven(id)
    await clock.advance(HOUR)
    await expect(releaseAnnouncement(as(casey), of(id), seventh.id)).rejects.toThrow('It is no longer news.')
  })

  it('may be confirmed by whoever commands the incident, and by no other responder or incident', async () => {
    await many()
    const id = await incidentOf()
    const seventh = await seven(id)
    await expect(releaseAnnouncement(as(rob), of(id), seventh.id)).rejects.toThrow('A commander has to confirm this')
    await expect(releaseAnnouncement(as(casey), of(await incidentOf()), seventh.id)).rejects.toThrow('no such')
    const own = (await world.declare({ severity: 'SEV2', commander_id: rob.id })).id
    const his = await seven(own)
    expect(his.state).toBe('waiting')
    expect(await releaseAnnouncement(as(rob), of(own), his.id)).toMatchObject({ releasedBy: rob.id })
  })
})

describe('a holding notice', () => {
  /** Speaks so often within ten minutes that the next message is the `nth`, with a promise that then breaks. */
  async function silentAfter(words: number) {
    await many()
    await setTerms(as(casey), { holding_notice: true })
    const id = await incidentOf('SEV1')
    for (let seq = 2; seq <= words; seq += 1) {
      await clock.advance(20_000)
      await world.post(id, { body: `Word ${seq}.`, next_update_in: MINUTE })
    }
    await clock.advance(MINUTE + 1_000)
    await markLate(as(casey))
    const [announcement] = await db
      .select()
      .from(announcements)
      .where(and(eq(announcements.incidentId, id), eq(announcements.kind, 'holding_notice')))
    return { id, notice: { ...announcement!, state: guardState(announcement!, await clock(db)) } }
  }

  it('waits like every other message where it is one too many, while the page has it; confirmed, it goes out', async () => {
    const { id, notice } = await silentAfter(6)
    expect(notice).toMatchObject({ state: 'waiting', guardedReach: 1_000 })
    await world.fanOut()
    expect(await rowsOf(notice.id)).toBe(0)
    expect(await db.$count(holdingNotices, eq(holdingNotices.incidentId, id))).toBe(1)
    await releaseAnnouncement(as(casey), of(id), notice.id)
    await world.fanOut()
    expect(await rowsOf(notice.id)).toBe(1_000)
  })

  it('counts as a message for those that come after it', async () => {
    const { id, notice } = await silentAfter(5)
    expect(notice.state).toBe('passed')
    await world.post(id, { body: 'The seventh message.' })
    expect((await guarded(id)).state).toBe('waiting')
  })
})

describe('an hour of messages', () => {
  it('makes the eleventh to everybody wait, whatever it is about, but not the first word on a SEV1', async () => {
    await many()
    for (let at = 0; at < 10; at += 1) expect((await guarded(await incidentOf())).state).toBe('passed')
    expect((await guarded(await incidentOf('SEV1'))).state).toBe('passed')
    expect((await guarded(await incidentOf())).state).toBe('waiting')
    await clock.advance(HOUR)
    expect((await guarded(await incidentOf())).state).toBe('passed')
  })

  it('makes planned work wait that a script announces by the dozen; its author may confirm it', async () => {
    await many()
    const plan = (at: number) =>
      planMaintenance(as(rob), {
        title: `Work ${at}`,
        body: 'Invoices can be read.',
        scheduled_for: new Date(morning + 2 * DAY),
        scheduled_until: new Date(morning + 2 * DAY + HOUR),
      })
    const planned = []
    for (let at = 0; at < 12; at += 1) planned.push(await plan(at))
    const last = planned.at(-1)!
    const [waiting] = (await announcementsOfMaintenances(db, [last.id])).values()
    await expect(releaseAnnouncement(as(casey), { maintenanceId: planned[0]!.id }, waiting!)).rejects.toThrow('no such')
    await releaseAnnouncement(as(rob), { maintenanceId: last.id }, waiting!)
    await world.fanOut()
    const told = await Promise.all(planned.map(({ id }) => db.$count(deliveries, eq(deliveries.maintenanceId, id))))
    expect(told).toEqual([...Array(10).fill(1_000), 0, 1_000])
    expect((await guarded(await incidentOf())).state).toBe('waiting')
  })
})

describe('a correction', () => {
  it('that waits keeps the wrong words in; withdrawn, it still mends what has not gone out', async () => {
    await many()
    const id = await incidentOf()
    for (let at = 0; at < 5; at += 1) {
      await clock.advance(20_000)
      await world.post(id, { body: `Word ${at}.` })
    }
    await world.fanOut()
    const [newest] = await updatesOf(db, id)
    await clock.advance(20_000)
    await correctUpdate(as(casey), id, newest!.id, { body: 'The right word.', reason: 'It was wrong.' })
    const [correction] = await db
      .select()
      .from(announcements)
      .where(and(eq(announcements.updateId, newest!.id), eq(announcements.kind, 'correction')))
    expect(guardState(correction!, await clock(db))).toBe('waiting')
    expect(correction!.guardedReach).toBe(1_000)
    await clock.advance(MINUTE)
    await withdrawAnnouncement(as(casey), of(id), correction!.id)
    const [row] = await db.select().from(deliveries).where(eq(deliveries.updateId, newest!.id)).limit(1)
    expect(row!.queuedAt.getTime()).toBeGreaterThan(correction!.createdAt.getTime())
  })
})

describe('the commander', () => {
  const mailsOf = async () => {
    const names = (await readdir(world.folder)).filter((name) => name.endsWith('.eml'))
    const mails = await Promise.all(names.map((name) => readFile(join(world.folder, name), 'utf8')))
    return mails.filter((mail) => mail.includes(casey.email))
  }
  const alerts = (state: 'queued' | 'accepted' | 'superseded') =>
    db.$count(deliveries, and(eq(deliveries.personId, casey.id), eq(deliveries.state, state)))
  const carryAlerts = async () => {
    while (await carryDue(world.carrying));
  }

  it('is alerted when it still waits after a minute, with the way to decide', async () => {
    await many()
    const id = await incidentOf()
    await seven(id)
    await carryAlerts()
    expect(await mailsOf()).toEqual([])
    await clock.advance(MINUTE)
    await carryAlerts()
    const [mail] = await mailsOf()
    expect(mail).toContain('Subject: Confirm: Sign-in fails')
    const unfolded = mail!.replaceAll('=\r\n', '')
    expect(unfolded).toContain('Update 7 waits for a second confirmation')
    expect(unfolded).toContain(`/console/incidents/${id}`)
  })

  it('is not alerted once it has been decided', async () => {
    await many()
    const id = await incidentOf()
    const before = await alerts('superseded')
    const { id: waiting } = await seven(id)
    await withdrawAnnouncement(as(casey), of(id), waiting)
    await clock.advance(MINUTE)
    await carryAlerts()
    expect((await alerts('superseded')) - before).toBe(1)
  })
})
