import { sql } from 'drizzle-orm'
import type { Database, Queryable } from '../client.ts'
import { newId } from '../ids.ts'

/** What a change may wake: publishers, the fan-out, the carriers, the cadence watch, who tells the hub of feeds. */
export const WAKES = ['publish', 'fan_out', 'deliver', 'cadence', 'hub'] as const
export type Wake = (typeof WAKES)[number]

const CHANNEL = 'sitrep'

/** Wakes the loops that wait for `what`, when (and only when) the surrounding transaction commits. */
export async function wake(queryable: Queryable, what: Wake): Promise<void> {
  await queryable.execute(sql`select pg_notify(${CHANNEL}, ${what})`)
}

/**
 * Calls `onWake` for every wake; returns the way to stop. A lost connection is taken up again by the driver; then, as at
 * the beginning, everything is woken, since nobody knows what was said meanwhile.
 */
export async function listen(db: Database, onWake: (what: Wake) => void): Promise<() => Promise<void>> {
  const wakeAll = () => {
    for (const what of WAKES) onWake(what)
  }
  const subscription = await db.$client.listen(CHANNEL, (what) => onWake(what as Wake), wakeAll)
  return () => subscription.unlisten()
}

/** Milliseconds that a word of our own may take to come back. */
const ECHO_WITHIN = 3_000

/**
 * Whether what is said here is heard here. Behind a pooler that lends a session for one transaction it is not: nobody
 * keeps the session that listens, and everything waits for its next look.
 */
export async function hearsItself(db: Database): Promise<boolean> {
  const channel = `${CHANNEL}_echo_${newId()}`
  const { promise: heard, resolve: hear } = Promise.withResolvers<boolean>()
  const { unlisten } = await db.$client.listen(channel, () => hear(true))
  const timer = setTimeout(hear, ECHO_WITHIN, false)
  try {
    await db.execute(sql`select pg_notify(${channel}, '')`)
    return await heard
  } finally {
    clearTimeout(timer)
    await unlisten()
  }
}
