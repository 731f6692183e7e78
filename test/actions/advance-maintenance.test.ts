import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { advanceMaintenance } from '../../api/actions/advance-maintenance.ts'
import { cancelMaintenance } from '../../api/actions/cancel-maintenance.ts'
import { changeMaintenance } from '../../api/actions/change-maintenance.ts'
import { extendMaintenance } from '../../api/actions/extend-maintenance.ts'
import { DAY, HOUR, MINUTE, plus } from '../../api/domain/duration.ts'
import { describeError } from '../../api/log.ts'
import { closeDatabase, openDatabase } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { maintenances, maintenanceUpdates } from '../../db/schema.ts'
import { actingAs } from '../support/acting.ts'
import { BEGIN, END, maintaining, NOW } from '../support/maintaining.ts'

const { db, clock, connection, acting, plan, told, steps, read, shown, changes } = await maintaining()

/** Lets the clock do its work at `at`; answers how many maintenances it moved. */
async function wakeAt(at: Date): Promise<number> {
  await clock.set(at)
  return advanceMaintenance(acting)
}

/** Plans at `NOW`; what an earlier test left is over by then. */
async function planAt(now: Date, more: Parameters<typeof plan>[0] = {}) {
  await clock.set(now)
  return plan(more)
}

describe('the clock', () => {
  it('reminds, starts and ends, each at its time and once', async () => {
    const { id } = await planAt(NOW)
    for (const at of [plus(BEGIN, -DAY), plus(BEGIN, -HOUR), BEGIN, END]) {
      expect(await wakeAt(plus(at, -1))).toBe(0)
      expect(await wakeAt(at)).toBe(1)
      expect(await wakeAt(plus(at, 1))).toBe(0)
    }
    expect(await steps(id)).toEqual(['planned !', 'reminder !', 'reminder !', 'started !', 'completed !'])
    const bodies = (await told(id)).map(({ body }) => body)
    expect(bodies.slice(1)).toEqual([
      'A reminder: this maintenance is planned for Sun 15 Nov 2026, 14:00 to 16:00 UTC.',
      'A reminder: this maintenance is planned for Sun 15 Nov 2026, 14:00 to 16:00 UTC.',
      'The planned work has begun. We expect to be done by 16:00 UTC.',
      'The planned work is complete.',
    ])
    expect(await read(id)).toMatchObject({ status: 'completed', startedAt: BEGIN, endedAt: END, nextStepAt: null })
  })

  it('shows the work while it lasts; a reminder shows nothing', async () => {
    const { id } = await planAt(NOW)
    await wakeAt(plus(BEGIN, -DAY))
    expect(await changes(id)).toHaveLength(1)
    await wakeAt(BEGIN)
    expect(await shown()).toBe('under_maintenance')
    await wakeAt(END)
    expect(await shown()).toBe('operational')
    expect(await changes(id)).toEqual([
      { movedComponents: false, at: NOW },
      { movedComponents: true, at: BEGIN },
      { movedComponents: true, at: END },
    ])
  })

  it('sends of several reminders that were slept over the newest', async () => {
    const { id } = await planAt(NOW, { reminders: ['-PT48H', '-PT24H', '-PT1H'] })
    await wakeAt(plus(BEGIN, -2 * HOUR))
    expect((await told(id)).map(({ reminder }) => reminder)).toEqual([null, '-PT24H'])
    await wakeAt(plus(BEGIN, -30 * MINUTE))
    expect((await told(id)).map(({ reminder }) => reminder)).toEqual([null, '-PT24H', '-PT1H'])
    await wakeAt(END)
  })

  it('sends no reminder once the work has begun', async () => {
    const { id } = await planAt(NOW)
    await wakeAt(plus(BEGIN, MINUTE))
    expect(await steps(id)).toEqual(['planned !', 'started !'])
    await wakeAt(END)
  })

  it('records start and end that were slept over, under their own times, and tells the end only', async () => {
    const { id } = await planAt(NOW)
    await wakeAt(plus(END, HOUR))
    expect(await steps(id)).toEqual(['planned !', 'started', 'completed !'])
    expect(await read(id)).toMatchObject({ status: 'completed', startedAt: BEGIN, endedAt: END })
    expect(await changes(id)).toHaveLength(2)
    expect((await changes(id))[1]).toMatchObject({ movedComponents: false })
  })

  it('starts at once what was planned while it ran', async () => {
    const { id } = await planAt(NOW, { scheduled_for: plus(NOW, -HOUR).toISOString() })
    await wakeAt(NOW)
    expect(await steps(id)).toEqual(['planned', 'started !'])
    await wakeAt(END)
  })

  it('leaves start and end to people where it is told to', async () => {
    const { id } = await planAt(NOW, { auto_start: false })
    await wakeAt(plus(BEGIN, -HOUR))
    await wakeAt(plus(END, DAY))
    expect(await steps(id)).toEqual(['planned !', 'reminder !'])
    expect(await read(id)).toMatchObject({ status: 'scheduled', nextStepAt: null })
  })

  it('reminds again of a new window, of the same one never twice', async () => {
    const { id } = await planAt(NOW)
    await wakeAt(plus(BEGIN, -DAY))
    await changeMaintenance(acting, id, { scheduled_for: plus(BEGIN, DAY), scheduled_until: plus(END, DAY) })
    await wakeAt(BEGIN)
    await changeMaintenance(acting, id, { reminders: ['-PT24H', '-PT23H', '-PT1H'] })
    await wakeAt(plus(BEGIN, HOUR))
    expect((await told(id)).map(({ step, reminder }) => reminder ?? step)).toEqual([
      'planned',
      '-PT24H',
      'moved',
      '-PT24H',
      '-PT23H',
    ])
    await wakeAt(plus(END, DAY))
  })

  it('waits for an end that was put off, and does nothing for what was called off', async () => {
    const { id } = await planAt(NOW)
    const other = await planAt(NOW)
    await wakeAt(BEGIN)
    await extendMaintenance(acting, id, { scheduled_until: plus(END, HOUR), body: 'Longer.' })
    await cancelMaintenance(acting, other.id, { body: 'Off.' })
    expect(await wakeAt(END)).toBe(0)
    expect(await wakeAt(plus(END, HOUR))).toBe(1)
    expect((await steps(id)).at(-1)).toBe('completed !')
    expect((await steps(other.id)).at(-1)).toBe('cancelled !')
  })

  it('tells nobody of what nobody is to be told of', async () => {
    const { id } = await planAt(NOW, { notify: false })
    for (const at of [plus(BEGIN, -DAY), BEGIN, END]) await wakeAt(at)
    expect(await steps(id)).toEqual(['planned', 'reminder', 'started', 'completed'])
  })
})

describe('a maintenance that cannot be moved', () => {
  it('stops no other one, and is told of when they are done', async () => {
    const broken = await planAt(NOW)
    const sound = await planAt(NOW, { title: 'Sound' })
    const [planned] = await told(broken.id)
    await db.insert(maintenanceUpdates).values({ ...planned!, id: newId(), seq: 2, step: 'note' })
    const failed = await wakeAt(plus(BEGIN, -DAY)).catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(AggregateError)
    expect((failed as AggregateError).message).toBe(`1 of 2 failed: ${broken.id}`)
    expect(describeError(failed as Error)).toMatchObject({
      errors: [{ message: expect.stringContaining('Failed query') }],
    })
    expect(await steps(sound.id)).toEqual(['planned !', 'reminder !'])
    expect((await read(broken.id)).version).toBe(broken.version)
    await db.update(maintenances).set({ nextStepAt: null }).where(eq(maintenances.id, broken.id))
    await wakeAt(END)
  })
})

describe('two clocks', () => {
  it('that wake together take each step once', async () => {
    const other = openDatabase(connection, 'the other clock')
    const clocks = [acting, actingAs(other, clock)]
    await clock.set(NOW)
    const ids: string[] = []
    for (let n = 0; n < 6; n++) ids.push((await plan()).id)
    for (const at of [plus(BEGIN, -DAY), BEGIN, END]) {
      await clock.set(at)
      const moved = await Promise.all(clocks.flatMap((each) => [advanceMaintenance(each), advanceMaintenance(each)]))
      expect(moved.reduce((sum, each) => sum + each, 0)).toBe(ids.length)
    }
    for (const id of ids) {
      expect(await steps(id)).toEqual(['planned !', 'reminder !', 'started !', 'completed !'])
      expect(await changes(id)).toHaveLength(3)
    }
    expect(await shown()).toBe('operational')
    await closeDatabase(other)
  })
})
