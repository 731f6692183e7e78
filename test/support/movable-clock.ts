import { sql } from 'drizzle-orm'
import { type Clock, databaseClock } from '../../api/clock.ts'
import type { Database } from '../../db/client.ts'

/** The clock of one test database: `sitrep_now()`, wherever it is asked, follows what the test says. */
export type MovableClock = Clock & {
  /** What `sitrep_now()` answers. */
  now(): Promise<Date>
  /** Stops the clock at `date`; it stands there until it is moved again. */
  set(date: Date): Promise<void>
  /** Moves a standing or a running clock by `milliseconds`. */
  advance(milliseconds: number): Promise<void>
  /** Lets a standing clock run on from where it stands. */
  run(): Promise<void>
}

/** Replaces `sitrep_now()` by one that reads a table of the test support: an offset, or the instant it stands at. */
export async function letTestsMoveTheClock(db: Database): Promise<void> {
  await db.$client.unsafe(`
    create schema test_support;
    create table test_support.test_clock (moved_by interval not null, stands_at timestamptz);
    insert into test_support.test_clock values ('0', null);
    create or replace function sitrep_now() returns timestamptz language sql volatile as $$
      select date_trunc('milliseconds', coalesce(stands_at, clock_timestamp() + moved_by)) from test_support.test_clock
    $$;
  `)
}

/** The clock of `db`, which must be a copy of the template database. It is a `Clock` itself. */
export function movableClock(db: Database): MovableClock {
  const clock: Clock = (executor) => databaseClock(executor)
  return Object.assign(clock, {
    now: () => databaseClock(db),
    async set(date: Date) {
      await db.execute(sql`update test_support.test_clock set stands_at = ${date.toISOString()}::timestamptz`)
    },
    async advance(milliseconds: number) {
      const by = sql`make_interval(secs => ${milliseconds / 1000}::double precision)`
      await db.execute(
        sql`update test_support.test_clock set moved_by = moved_by + ${by}, stands_at = stands_at + ${by}`,
      )
    },
    async run() {
      await db.execute(sql`
        update test_support.test_clock
        set moved_by = coalesce(stands_at - clock_timestamp(), moved_by), stands_at = null
      `)
    },
  })
}
