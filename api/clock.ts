import { type SQL, sql } from 'drizzle-orm'

/** Anything that can run a statement: the database or a transaction of it. */
export interface Executor {
  execute(query: SQL): PromiseLike<unknown>
}

/** Tells the time. Handed to everything that needs it; rules are handed the time itself. */
export type Clock = (executor: Executor) => Promise<Date>

/** The one time: the database's, so that wrong clocks of single machines change nothing (standards R13). */
export const databaseClock: Clock = async (executor) => {
  const rows = (await executor.execute(sql`select sitrep_now() as now`)) as { now: Date | string }[]
  return new Date(rows[0]!.now)
}

/** A clock that stands where it is told: for histories that are played with their own times. */
export const standingClock =
  (now: Date): Clock =>
  async () =>
    now

/** This machine's own clock, in milliseconds; only for how long things take and for comparing it with the database's. */
export const machineNow = (): number => Date.now()

/** Seconds that the clocks of a machine and of the database may differ (standards R20). */
export const CLOCKS_MAY_DIFFER = 2

/** Seconds by which the database's clock is ahead of a machine's; negative where it is behind. */
export async function secondsAhead(executor: Executor, machineNow: () => number): Promise<number> {
  const before = machineNow()
  const theirs = (await databaseClock(executor)).getTime()
  return (theirs - (before + machineNow()) / 2) / 1000
}
