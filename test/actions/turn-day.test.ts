import { expect, it } from 'vitest'
import { addComponent } from '../../api/actions/add-component.ts'
import { turnDay } from '../../api/actions/turn-day.ts'
import { DAY, HOUR, plus } from '../../api/domain/duration.ts'
import { closeDatabase, openDatabase } from '../../db/client.ts'
import { siteChanges } from '../../db/schema.ts'
import { actingAs } from '../support/acting.ts'
import { testDatabase } from '../support/database.ts'
import { maintaining, NOW } from '../support/maintaining.ts'

const { db, clock, connection, acting, lastDay } = await maintaining()
const midnight = new Date('2026-11-13T00:00:00.000Z')

it('has nothing to turn on the day on which the page came', async () => {
  await clock.set(plus(NOW, 9 * HOUR))
  expect(await turnDay(acting)).toBe(false)
  expect(await lastDay()).toEqual([])
})

it('turns at midnight by UTC, once, however many wake for it', async () => {
  const other = openDatabase(connection, 'the other clock')
  await clock.set(plus(midnight, -1))
  expect(await turnDay(acting)).toBe(false)
  await clock.set(plus(midnight, 500))
  const all = [acting, actingAs(other, clock), acting, actingAs(other, clock)]
  const turned = await Promise.all(all.map((each) => turnDay(each)))
  expect(turned.filter(Boolean)).toHaveLength(1)
  expect(await lastDay()).toEqual([midnight.toISOString()])
  await clock.set(plus(midnight, 20 * HOUR))
  expect(await turnDay(acting)).toBe(false)
  await closeDatabase(other)
})

it('records of several days that nobody was awake for only the last', async () => {
  await clock.set(plus(midnight, 5 * DAY + HOUR))
  expect(await turnDay(acting)).toBe(true)
  expect(await turnDay(acting)).toBe(false)
  expect(await lastDay()).toEqual([plus(midnight, 5 * DAY).toISOString(), midnight.toISOString()])
})

it('takes its turn among other changes, each under a revision of its own', async () => {
  await clock.set(plus(midnight, 6 * DAY))
  await Promise.all([turnDay(acting), addComponent(acting, { name: 'Mail' }), turnDay(acting)])
  const revisions = (await db.select().from(siteChanges)).map(({ revision }) => revision).toSorted((a, b) => a - b)
  expect(revisions).toEqual(revisions.map((_, index) => revisions[0]! + index))
  expect(await lastDay()).toHaveLength(3)
})

it('has no page to move before anybody has set one up', async () => {
  const empty = await testDatabase()
  expect(await turnDay(actingAs(empty.db, empty.clock))).toBe(false)
  expect(await empty.db.$count(siteChanges)).toBe(0)
})
