import { sql } from 'drizzle-orm'
import type { Database, Queryable } from '../client.ts'

/** What a change may wake: publishers, the fan-out, the carriers, the cadence watch. */
export type Wake = 'publish' | 'fan_out' | 'deliver' | 'cadence'

const CHANNEL = 'sitrep'

/** Wakes the loops that wait for `what`, when (and only when) the surrounding transaction commits. */
export async function wake(queryable: Queryable, what: Wake): Promise<void> {
  await queryable.execute(sql`select pg_notify(${CHANNEL}, ${what})`)
}

/** Calls `onWake` for every wake; returns the way to stop. A lost connection is taken up again by the driver. */
export async function listen(db: Database, onWake: (what: Wake) => void): Promise<() => Promise<void>> {
  const subscription = await db.$client.listen(CHANNEL, (what) => onWake(what as Wake))
  return () => subscription.unlisten()
}
