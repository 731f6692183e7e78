import { asc, eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { addComponent } from '../../api/actions/add-component.ts'
import { cancelMaintenance } from '../../api/actions/cancel-maintenance.ts'
import { archiveComponent } from '../../api/actions/change-component.ts'
import { changeMaintenance } from '../../api/actions/change-maintenance.ts'
import { extendMaintenance } from '../../api/actions/extend-maintenance.ts'
import { planOccurrences } from '../../api/actions/plan-occurrences.ts'
import { DAY, HOUR, plus } from '../../api/domain/duration.ts'
import { closeDatabase, openDatabase } from '../../db/client.ts'
import { componentIdsOf } from '../../db/queries/maintenances.ts'
import { maintenances } from '../../db/schema.ts'
import { actingAs } from '../support/acting.ts'
import { BEGIN, END, maintaining, NOW } from '../support/maintaining.ts'
import { refusedAs } from '../support/refused.ts'

const { db, clock, connection, acting, storage, plan, steps, read, changes } = await maintaining()
beforeEach(() => clock.set(NOW))

const seriesOf = (id: string) =>
  db.select().from(maintenances).where(eq(maintenances.seriesId, id)).orderBy(asc(maintenances.occurrenceAt))
const starts = async (id: string) => (await seriesOf(id)).map(({ scheduledFor }) => scheduledFor)
/** Days from the first start on which occurrences begin. */
const days = async (id: string) => (await starts(id)).map((at) => (at.getTime() - BEGIN.getTime()) / DAY)
/** Ends a series, so that it is in nobody's way. */
const end = async (id: string) => {
  const next = (await seriesOf(id)).find(({ status }) => status === 'scheduled')
  if (next) await cancelMaintenance(acting, next.id, { body: 'Over.', whole_series: true })
}

describe('what recurs', () => {
  it('is planned ahead for 35 days, shown and not announced', async () => {
    const { id } = await plan({ rrule: 'FREQ=WEEKLY' })
    expect(await planOccurrences(acting)).toBe(4)
    expect(await days(id)).toEqual([0, 7, 14, 21, 28])
    const [first, second] = await seriesOf(id)
    expect(await steps(first!.id)).toEqual(['planned !'])
    expect(await steps(second!.id)).toEqual(['planned'])
    expect(await changes(second!.id)).toHaveLength(1)
    expect(second).toMatchObject({ seriesId: id, title: 'Storage upgrade', status: 'scheduled', rrule: 'FREQ=WEEKLY' })
    expect(second!.scheduledUntil).toEqual(plus(END, 7 * DAY))
    expect(second!.nextStepAt).toEqual(plus(BEGIN, 6 * DAY))
    expect(await componentIdsOf(db, second!.id)).toEqual([storage])
    expect(await planOccurrences(acting)).toBe(0)
    await end(id)
  })

  it('is planned ten times ahead at most, and once at least', async () => {
    const daily = await plan({ rrule: 'FREQ=DAILY' })
    const yearly = await plan({ rrule: 'FREQ=YEARLY' })
    await planOccurrences(acting)
    expect(await days(daily.id)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(await days(yearly.id)).toEqual([0])
    await clock.set(plus(END, HOUR))
    await planOccurrences(acting)
    expect(await days(daily.id)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(await days(yearly.id)).toEqual([0, 365])
    await end(daily.id)
    await end(yearly.id)
  })

  it('ends with its rule', async () => {
    const { id } = await plan({ rrule: 'FREQ=WEEKLY;COUNT=3' })
    await planOccurrences(acting)
    await clock.set(plus(NOW, 30 * DAY))
    await planOccurrences(acting)
    expect(await days(id)).toEqual([0, 7, 14])
    await clock.set(NOW)
    await end(id)
  })

  it('keeps its time on the wall of its zone', async () => {
    const first = new Date('2027-03-23T01:30:00.000Z')
    await clock.set(plus(first, -DAY))
    const window = { scheduled_for: first.toISOString(), scheduled_until: plus(first, HOUR).toISOString() }
    const { id } = await plan({ ...window, rrule: 'FREQ=WEEKLY', time_zone: 'Europe/Berlin' })
    await planOccurrences(acting)
    expect((await starts(id)).slice(0, 3).map((at) => at.toISOString())).toEqual([
      '2027-03-23T01:30:00.000Z',
      '2027-03-30T00:30:00.000Z',
      '2027-04-06T00:30:00.000Z',
    ])
    await end(id)
  })

  it('passes over what was slept over, and takes in what is under way', async () => {
    const { id } = await plan({ rrule: 'FREQ=WEEKLY' })
    await clock.set(plus(BEGIN, 70 * DAY + HOUR))
    await planOccurrences(acting)
    expect((await days(id)).slice(0, 3)).toEqual([0, 70, 77])
    await end(id)
  })

  it('follows its rule whatever became of single occurrences', async () => {
    const { id } = await plan({ rrule: 'FREQ=MONTHLY;BYMONTHDAY=15' })
    await changeMaintenance(acting, id, { scheduled_for: plus(BEGIN, DAY), scheduled_until: plus(END, DAY) })
    await extendMaintenance(acting, id, { scheduled_until: plus(END, 2 * DAY), body: 'Longer.' })
    await planOccurrences(acting)
    const [, second] = await seriesOf(id)
    expect(second!.scheduledFor.toISOString()).toBe('2026-12-15T14:00:00.000Z')
    expect(second!.scheduledUntil.toISOString()).toBe('2026-12-15T16:00:00.000Z')
    await end(id)
  })

  it('goes on when one occurrence is called off', async () => {
    const { id } = await plan({ rrule: 'FREQ=WEEKLY' })
    await planOccurrences(acting)
    await cancelMaintenance(acting, (await seriesOf(id))[1]!.id, { body: 'Not this week.' })
    await clock.set(plus(NOW, 7 * DAY))
    await planOccurrences(acting)
    expect((await seriesOf(id)).map(({ status }) => status[0])).toEqual(['s', 'c', 's', 's', 's', 's'])
    await clock.set(NOW)
    await end(id)
  })

  it('concerns no longer what has left the page', async () => {
    const mail = await addComponent(acting, { name: 'Mail' })
    const { id } = await plan({ rrule: 'FREQ=WEEKLY', components: [mail.id, storage] })
    await archiveComponent(acting, mail.id)
    await planOccurrences(acting)
    expect(await componentIdsOf(db, (await seriesOf(id))[1]!.id)).toEqual([storage])
    await end(id)
  })
})

describe('a series that cannot be planned', () => {
  it('stops no other one, and is told of when they are done', async () => {
    const both = [await plan({ rrule: 'FREQ=WEEKLY' }), await plan({ rrule: 'FREQ=WEEKLY' })]
    const [broken, sound] = both.toSorted((one, other) => (one.id < other.id ? -1 : 1))
    await db.update(maintenances).set({ rrule: 'nonsense' }).where(eq(maintenances.id, broken!.id))
    const failed = await planOccurrences(acting).catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(AggregateError)
    expect((failed as AggregateError).message).toContain(` failed: ${broken!.id}`)
    expect(await days(sound!.id)).toEqual([0, 7, 14, 21, 28])
    await db.update(maintenances).set({ rrule: 'FREQ=WEEKLY' }).where(eq(maintenances.id, broken!.id))
    for (const { id } of both) await end(id)
  })
})

describe('a series that is called off', () => {
  it('says so once, takes all that follow with it, and plans no more', async () => {
    const { id } = await plan({ rrule: 'FREQ=WEEKLY;COUNT=20' })
    await planOccurrences(acting)
    const [first, second, third] = await seriesOf(id)
    await cancelMaintenance(acting, second!.id, { body: 'We are done for good.', whole_series: true })
    expect((await seriesOf(id)).map(({ status }) => status[0])).toEqual(['s', 'c', 'c', 'c', 'c'])
    expect(await steps(second!.id)).toEqual(['planned', 'cancelled !'])
    expect(await steps(third!.id)).toEqual(['planned', 'cancelled'])
    expect(await changes(third!.id)).toHaveLength(2)
    expect((await read(third!.id)).sequence).toBe(1)
    await clock.set(plus(END, 60 * DAY))
    expect(await planOccurrences(acting)).toBe(0)
    await clock.set(NOW)
    await cancelMaintenance(acting, first!.id, { body: 'This too.' })
    expect(await refusedAs(cancelMaintenance(acting, second!.id, { body: 'x', whole_series: true }))).toEqual([
      'conflict',
      ' illegal_transition',
    ])
  })

  it('is not planned on by somebody who planned at the same time', async () => {
    const other = openDatabase(connection, 'the other clock')
    for (let round = 0; round < 5; round++) {
      const { id } = await plan({ rrule: 'FREQ=DAILY' })
      await Promise.all([
        planOccurrences(actingAs(other, clock)),
        planOccurrences(acting),
        cancelMaintenance(acting, id, { body: 'Off.', whole_series: true }),
      ])
      await planOccurrences(acting)
      expect((await seriesOf(id)).filter(({ status }) => status !== 'cancelled')).toEqual([])
    }
    await closeDatabase(other)
  })
})

describe('two planners', () => {
  it('plan each occurrence once', async () => {
    const other = openDatabase(connection, 'the other clock')
    const { id } = await plan({ rrule: 'FREQ=WEEKLY' })
    const both = [acting, actingAs(other, clock)]
    await Promise.all([...both, ...both].map((each) => planOccurrences(each)))
    await planOccurrences(acting)
    expect(await days(id)).toEqual([0, 7, 14, 21, 28])
    await closeDatabase(other)
  })
})
