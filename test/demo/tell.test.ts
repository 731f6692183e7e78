import { asc, eq, isNotNull, sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { alertBriefingSilence } from '../../api/actions/alert-briefing-silence.ts'
import { markLate } from '../../api/actions/mark-late.ts'
import { northwind } from '../../api/demo/story.ts'
import { tell } from '../../api/demo/tell.ts'
import { DAY } from '../../api/domain/duration.ts'
import {
  alerts,
  announcements,
  briefingClocks,
  briefingReceipts,
  briefings,
  componentSpans,
  components,
  corrections,
  decisions,
  deliveries,
  incidents,
  maintenances,
  siteChanges,
  updates,
} from '../../db/schema.ts'
import { actingAs } from '../support/acting.ts'
import { testDatabase } from '../support/database.ts'

const story = northwind()

async function toldAt(time: string) {
  const { db, clock } = await testDatabase()
  await clock.set(new Date(time))
  const acting = actingAs(db, clock, { kind: 'system', name: 'Sitrep', role: null })
  await tell(acting, story, 'northwind-demo')
  return { db, acting, now: new Date(time) }
}

describe('the story of the demo', () => {
  it('covers ninety days, in all severities, in the words that we would use', () => {
    const days = story.incidents.map(({ when }) => ('days_ago' in when ? when.days_ago : 0))
    expect(Math.max(...days)).toBeGreaterThan(80)
    expect(new Set(story.incidents.map(({ severity }) => severity)).size).toBe(4)
    const words = JSON.stringify(story)
    expect(words).not.toMatch(/\b(issue|experiencing|working hard|sincerely|unfortunately|apologi[sz]e)\b|!/i)
  })

  it.each(['2026-11-12T00:03:00Z', '2026-11-12T23:58:00Z'])(
    'holds nothing that lies ahead, told at %s',
    async (time) => {
      const { db, now } = await toldAt(time)
      const changes = await db.select().from(siteChanges).orderBy(asc(siteChanges.revision))
      expect(changes.filter(({ at }) => at > now)).toEqual([])
      expect(changes.map(({ at }) => Number(at))).toEqual(changes.map(({ at }) => Number(at)).toSorted((a, b) => a - b))
    },
  )
})

const { db, acting, now } = await toldAt('2026-11-12T14:20:00Z')

describe('the demo', () => {
  it('has one incident under way, whose last word alone goes out', async () => {
    const open = await db.select().from(incidents).where(sql`resolved_at is null`)
    expect(open.map(({ severity }) => severity)).toEqual(['SEV2'])
    const told = await db.select().from(announcements).where(eq(announcements.audience, 'public'))
    expect(told.map(({ kind, incidentId }) => [kind, incidentId])).toEqual([['update', open[0]!.id]])
    expect(open[0]!.nextUpdateDueAt! > now).toBe(true)
    expect(await markLate(acting)).toBe(0)
  })

  it('has executives who were briefed, have read it and have decided, and owes them nothing yet', async () => {
    const told = await db.select().from(briefings).orderBy(asc(briefings.seq))
    expect(told.map(({ status, wordCount }) => [status, wordCount < 150])).toEqual([
      ['investigating', true],
      ['identified', true],
    ])
    expect(await db.$count(briefingReceipts)).toBe(3)
    expect(await db.select().from(decisions)).toMatchObject([{ answer: 'approved', nextReminderAt: null }])
    await alertBriefingSilence(acting)
    expect(await db.$count(alerts)).toBe(0)
    const [clock] = await db.select().from(briefingClocks)
    expect(clock!.dueAt! > now).toBe(true)
    expect(clock!.nextRungAt! > now).toBe(true)
    const rows = await db
      .select({ lane: deliveries.lane, channel: deliveries.channel })
      .from(deliveries)
      .innerJoin(announcements, eq(announcements.id, deliveries.announcementId))
      .where(eq(announcements.briefingId, told[1]!.id))
    expect(rows.map(({ lane, channel }) => `${lane} ${channel}`).toSorted()).toEqual([
      'executive email',
      'executive email',
      'executive sms',
      'staff email',
      'staff sms',
    ])
  })

  it('shows promises that were kept and some that were not', async () => {
    const answered = await db.select().from(updates).where(isNotNull(updates.promiseKept))
    const late = answered.filter(({ promiseKept }) => !promiseKept)
    expect(late.length).toBeGreaterThanOrEqual(3)
    expect(late.length / answered.length).toBeLessThan(0.1)
  })

  it('shows a correction beside the words as they were first published', async () => {
    const [correction] = await db.select().from(corrections)
    expect(correction).toMatchObject({ notify: false })
    const [update] = await db.select().from(updates).where(eq(updates.id, correction!.updateId))
    expect(update!.body).toBe(correction!.previousBody)
  })

  it('has work that is done, work in two days, and work that comes every week', async () => {
    const rows = await db.select().from(maintenances).orderBy(asc(maintenances.scheduledFor))
    expect(rows.map(({ status, rrule, notify }) => [status, rrule, notify])).toEqual([
      ['completed', null, false],
      ['scheduled', null, true],
      ['scheduled', 'FREQ=WEEKLY', true],
    ])
    expect(rows.slice(1).every(({ nextStepAt }) => nextStepAt! > now)).toBe(true)
  })

  it('has components that are older than its bars, and one that is younger', async () => {
    const rows = await db.select().from(components)
    const young = rows.filter(({ createdAt }) => now.getTime() - createdAt.getTime() < 90 * DAY)
    expect(young.map(({ name }) => name)).toEqual(['Storage Asia'])
    expect(young[0]!.startDate).toBe(young[0]!.createdAt.toISOString().slice(0, 10))
  })

  it('knows for every moment what each component was shown as', async () => {
    const spans = await db
      .select()
      .from(componentSpans)
      .orderBy(asc(componentSpans.startedAt), asc(componentSpans.endedAt))
    for (const own of Map.groupBy(spans, ({ componentId }) => componentId).values())
      expect(own.map(({ endedAt }) => endedAt)).toEqual([...own.slice(1).map(({ startedAt }) => startedAt), null])
    expect(spans.filter(({ status }) => status === 'under_maintenance')).toHaveLength(1)
  })
})
