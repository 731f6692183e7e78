import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { databaseClock } from '../../api/clock.ts'
import { testDatabase } from './database.ts'

const { db, clock } = await testDatabase()
const NOON = new Date('2026-11-12T12:00:00.000Z')

describe('the database of a test file', () => {
  it('is migrated and empty', async () => {
    const [row] = await db.execute<{ n: number }>(sql`select count(*)::int as n from incidents`)
    expect(row!.n).toBe(0)
  })

  it('stands still at the time the test sets, for SQL and for the code alike', async () => {
    await clock.set(NOON)
    const [row] = await db.execute<{ now: string }>(sql`select sitrep_now() as now`)
    expect(new Date(row!.now)).toEqual(NOON)
    expect(await databaseClock(db)).toEqual(NOON)
    expect(await clock(db)).toEqual(NOON)
  })

  it('moves on by the milliseconds that the test says', async () => {
    await clock.set(NOON)
    await clock.advance(15 * 60_000 + 1)
    expect(await clock.now()).toEqual(new Date('2026-11-12T12:15:00.001Z'))
  })

  it('runs on from where it stood', async () => {
    await clock.set(NOON)
    await clock.run()
    await clock.advance(3_600_000)
    const elapsed = (await clock.now()).getTime() - NOON.getTime()
    expect(elapsed).toBeGreaterThanOrEqual(3_600_000)
    expect(elapsed).toBeLessThan(3_630_000)
  })

  it('is not touched by what the surrounding shell says about proxies', () => {
    expect(Object.keys(process.env).filter((name) => /(^|_)proxy$/i.test(name))).toEqual([])
  })
})
