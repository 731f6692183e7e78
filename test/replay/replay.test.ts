import { asc, desc, eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { addComponent } from '../../api/actions/add-component.ts'
import { alertSilence } from '../../api/actions/alert-silence.ts'
import { markLate } from '../../api/actions/mark-late.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { postUpdate } from '../../api/actions/post-update.ts'
import { replay } from '../../api/replay/replay.ts'
import {
  alerts,
  announcements,
  componentSpans,
  components,
  incidents,
  maintenances,
  maintenanceUpdates,
  siteChanges,
  updates,
} from '../../db/schema.ts'
import { actingAs, setUpNorthwind } from '../support/acting.ts'
import { testDatabase } from '../support/database.ts'
import { history, told } from '../support/histories.ts'
import { refusedAs } from '../support/refused.ts'

type Line = ReturnType<typeof history>

async function emptyWorld() {
  const { db, clock } = await testDatabase()
  await setUpNorthwind(db)
  const acting = actingAs(db, clock)
  const play = (lines: Line[], onProgress?: (done: number, all: number) => void) =>
    replay(acting, lines.map((line) => JSON.stringify(line)).join('\n'), onProgress)
  const rows = async () => ({
    incidents: await db.$count(incidents),
    components: await db.$count(components),
    changes: await db.$count(siteChanges),
  })
  return { db, acting, play, rows }
}

const clockTime = (date: Date | null) => date?.toISOString().slice(11, 16) ?? null

describe('a replayed incident', () => {
  it('has the times, the severity, the states and the lengths of its history, and words of nobody', async () => {
    const { db, play } = await emptyWorld()
    const line = history({
      impact: 'critical',
      components: ['Login', 'Search'],
      updates: [
        told('10:00', 'investigating', 70),
        told('10:10', 'update', 240),
        told('10:20', 'monitoring', 90),
        told('10:30', 'resolved', 33),
      ],
    })
    await play([line])
    const [incident] = await db.select().from(incidents)
    expect(incident).toMatchObject({
      title: 'Trouble with Login and Search',
      severity: 'SEV1',
      status: 'resolved',
      startedAt: new Date('2026-03-02T10:00:00Z'),
      declaredAt: new Date('2026-03-02T10:00:00Z'),
      resolvedAt: new Date('2026-03-02T10:30:00Z'),
      commanderId: null,
    })
    const said = await db.select().from(updates).orderBy(asc(updates.seq))
    expect(said.map(({ status, body, publishedAt }) => [clockTime(publishedAt), status, body.length])).toEqual([
      ['10:00', 'investigating', 70],
      ['10:10', 'investigating', 240],
      ['10:20', 'monitoring', 90],
      ['10:30', 'resolved', 33],
    ])
  })

  it('that was told only once it was over is one update', async () => {
    const { db, play } = await emptyWorld()
    await play([history({ impact: 'none', updates: [told('10:00', 'resolved')] })])
    expect(await db.select({ status: updates.status, seq: updates.seq }).from(updates)).toEqual([
      { status: 'resolved', seq: 1 },
    ])
    expect((await db.select().from(incidents))[0]).toMatchObject({ severity: 'SEV4', status: 'resolved' })
  })

  it('is reopened by what is said after its resolution', async () => {
    const { db, play } = await emptyWorld()
    const said = [
      told('10:00', 'investigating'),
      told('10:30', 'resolved'),
      told('11:00', 'update'),
      told('11:20', 'resolved'),
    ]
    await play([history({ updates: said })])
    const rows = await db.select({ status: updates.status }).from(updates).orderBy(asc(updates.seq))
    expect(rows.map(({ status }) => status)).toEqual(['investigating', 'resolved', 'investigating', 'resolved'])
    expect((await db.select().from(incidents))[0]!.resolvedAt).toEqual(new Date('2026-03-02T11:20:00Z'))
  })

  it('began when the history says, if that was before the first word', async () => {
    const { db, play } = await emptyWorld()
    await play([{ ...history(), started_at: '2026-03-02T09:40:00Z' }])
    expect(clockTime((await db.select().from(incidents))[0]!.startedAt)).toBe('09:40')
  })
})

describe('several incidents', () => {
  it('are told as they overlapped, so that a component was shown as the worst of them at every moment', async () => {
    const { db, play } = await emptyWorld()
    const minor = history({ id: 'minor', updates: [told('10:00', 'investigating'), told('11:00', 'resolved')] })
    const major = history({
      id: 'major',
      impact: 'major',
      updates: [told('10:20', 'investigating'), told('10:40', 'resolved')],
    })
    await play([major, minor])
    const spans = await db.select().from(componentSpans).orderBy(asc(componentSpans.startedAt))
    expect(
      spans
        .filter(({ endedAt, startedAt }) => endedAt?.getTime() !== startedAt.getTime())
        .map(({ status, startedAt, endedAt }) => [status, clockTime(startedAt), clockTime(endedAt)]),
    ).toEqual([
      ['degraded_performance', '10:00', '10:20'],
      ['partial_outage', '10:20', '10:40'],
      ['degraded_performance', '10:40', '11:00'],
      ['operational', '11:00', null],
    ])
    const changes = await db.select().from(siteChanges).orderBy(asc(siteChanges.revision))
    expect(changes.map(({ at }) => at)).toEqual(changes.map(({ at }) => at).toSorted((a, b) => Number(a) - Number(b)))
  })

  it('are of components that were all there from the first day of the file', async () => {
    const { db, play } = await emptyWorld()
    await play([history(), history({ id: 'later', at: '2026-05-01', components: ['Search'] })])
    const rows = await db.select().from(components).orderBy(asc(components.position))
    expect(rows.map(({ name, startDate }) => [name, startDate])).toEqual([
      ['Login', '2026-03-02'],
      ['Search', '2026-03-02'],
    ])
  })
})

describe('promises', () => {
  it('are counted as they were kept and broken, by severity', async () => {
    const { play } = await emptyWorld()
    const major = history({
      impact: 'major',
      updates: [
        told('10:00', 'investigating'),
        told('10:30', 'update'),
        told('11:01', 'monitoring'),
        told('12:01', 'resolved'),
      ],
    })
    const none = history({ id: 'b', impact: 'none', at: '2026-03-03' })
    expect((await play([major, none])).severities).toEqual([
      { severity: 'SEV2', incidents: 1, updates: 4, made: 3, kept: 2, late: 1 },
      { severity: 'SEV4', incidents: 1, updates: 2, made: 0, kept: 0, late: 0 },
    ])
  })

  it('of what a history leaves open are shown late, and wake nobody until the next update', async () => {
    const { db, acting, play } = await emptyWorld()
    await play([history({ impact: 'critical', resolved_at: null, updates: [told('10:00', 'investigating')] })])
    const before = (await db.select().from(incidents))[0]!
    expect(before).toMatchObject({ status: 'investigating', nextRungAt: null, lateSeq: before.deadlineSeq })
    expect([await alertSilence(acting), await markLate(acting)]).toEqual([0, 0])
    await postUpdate(acting, before.id, { body: 'We are still here.' })
    expect((await db.select().from(incidents))[0]!.nextRungAt).not.toBeNull()
  })
})

describe('a replayed maintenance', () => {
  it('is planned, started and completed at its own times, and shows on its components meanwhile', async () => {
    const { db, play } = await emptyWorld()
    const updatesTold = [
      told('10:00', 'scheduled', 300),
      told('10:30', 'update', 120),
      told('12:00', 'in progress', 85),
      told('13:00', 'completed', 45),
    ]
    const counted = await play([history({ impact: 'maintenance', updates: updatesTold })])
    expect(counted).toMatchObject({ maintenances: 1, maintenanceUpdates: 4, severities: [] })
    const [maintenance] = await db.select().from(maintenances)
    expect(maintenance).toMatchObject({ title: 'Planned work on Login', status: 'completed', nextStepAt: null })
    expect([maintenance!.startedAt, maintenance!.endedAt].map(clockTime)).toEqual(['12:00', '13:00'])
    expect([maintenance!.scheduledFor, maintenance!.scheduledUntil].map(clockTime)).toEqual(['12:00', '13:00'])
    const steps = await db.select().from(maintenanceUpdates).orderBy(asc(maintenanceUpdates.seq))
    expect(steps.map(({ step, body }) => [step, body.length])).toEqual([
      ['planned', 300],
      ['note', 120],
      ['started', 85],
      ['completed', 45],
    ])
    const during = await db.select().from(componentSpans).where(eq(componentSpans.status, 'under_maintenance'))
    expect(during.map(({ startedAt, endedAt }) => [clockTime(startedAt), clockTime(endedAt)])).toEqual([
      ['12:00', '13:00'],
    ])
  })

  it('that was over within its first minute has a window all the same', async () => {
    const { db, play } = await emptyWorld()
    const atOnce = [told('10:00', 'scheduled'), told('10:00', 'in progress'), told('10:00', 'completed')]
    await play([history({ impact: 'maintenance', components: [], updates: atOnce })])
    const [maintenance] = await db.select().from(maintenances)
    expect(maintenance).toMatchObject({ title: 'Planned work on our network', status: 'completed' })
  })
})

describe('a replay', () => {
  it('leaves a page that speaks of today, however long ago its last history was', async () => {
    const { db, acting, play } = await emptyWorld()
    await play([history()])
    const [last] = await db.select().from(siteChanges).orderBy(desc(siteChanges.revision)).limit(1)
    const today = (await acting.clock(db)).toISOString().slice(0, 10)
    expect(last).toMatchObject({ topic: 'day', at: new Date(`${today}T00:00:00Z`) })
  })

  it('tells and alerts nobody', async () => {
    const { db, acting, play } = await emptyWorld()
    const reopened = [
      told('10:00', 'investigating'),
      told('11:30', 'resolved'),
      told('12:00', 'update'),
      told('13:10', 'resolved'),
    ]
    const planned = [told('14:00', 'scheduled'), told('15:00', 'in progress'), told('16:00', 'completed')]
    await play([
      history({ impact: 'critical', updates: reopened }),
      history({ id: 'work', impact: 'maintenance', updates: planned }),
    ])
    await alertSilence(acting)
    expect([await db.$count(announcements), await db.$count(alerts)]).toEqual([0, 0])
  })

  it('is refused where there is a component already, and changes nothing', async () => {
    const { acting, play, rows } = await emptyWorld()
    await addComponent(acting, { name: 'Login' })
    const before = await rows()
    expect(await refusedAs(play([history()]))).toEqual(['conflict', ' not_empty'])
    expect(await rows()).toEqual(before)
  })

  it('is refused where there is an incident already', async () => {
    const { acting, play } = await emptyWorld()
    await openIncident(acting, { title: 'Sign-in fails', severity: 'SEV1' })
    expect(await refusedAs(play([history()]))).toEqual(['conflict', ' not_empty'])
  })

  it('with one bad line changes nothing', async () => {
    const { play, rows } = await emptyWorld()
    expect(await refusedAs(play([history(), history()]))).toEqual(['invalid', 'line 2 invalid'])
    expect(await rows()).toEqual({ incidents: 0, components: 0, changes: 0 })
  })

  it('that ends halfway leaves nothing, and may be begun again', async () => {
    const { play, rows } = await emptyWorld()
    const halfway = (done: number) => {
      if (done === 1) throw new Error('killed')
    }
    await expect(play([history()], halfway)).rejects.toThrow('killed')
    expect(await rows()).toEqual({ incidents: 0, components: 0, changes: 0 })
    await play([history()])
    expect(await rows()).toMatchObject({ incidents: 1, components: 1 })
  })

  it('keeps others from declaring while it plays, and lets them afterwards', async () => {
    const { db, acting, play, rows } = await emptyWorld()
    const { promise: declared, resolve } = Promise.withResolvers<unknown>()
    let during: unknown = null
    await play([history()], (done) => {
      if (done !== 1) return
      const declaring = openIncident(acting, { title: 'Meanwhile', severity: 'SEV4' })
      resolve(declaring.then(() => (during = 'done')))
      expect(during).toBeNull()
    })
    await declared
    expect(await db.$count(incidents)).toBe(2)
    expect(await rows()).toMatchObject({ components: 1 })
  })
})
