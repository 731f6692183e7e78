import { eq, sql } from 'drizzle-orm'
import type { Queryable } from '../client.ts'
import { hubPings } from '../schema.ts'
import { waitOf } from './due.ts'
import { wake } from './wake.ts'

/** One feed that the hub is being told of; `owed` is what a later publication would have raised. */
export interface HubPing {
  topic: string
  owed: number
  /** This attempt included, since the hub was last heard of. */
  attempts: number
}

/** Notes that feeds have moved. A new publication is told at once, however long the hub has been silent. */
export async function oweToHub(tx: Queryable, topics: readonly string[]): Promise<void> {
  if (topics.length === 0) return
  // In one order, so that two publishers cannot wait for each other's rows.
  await tx.execute(sql`
    insert into hub_pings (topic, due_at)
    select topic, sitrep_now() from unnest(${sql.param([...topics].sort())}::text[]) as topics (topic) order by topic
    on conflict (topic) do update set owed = hub_pings.owed + 1, due_at = excluded.due_at`)
  await wake(tx, 'hub')
}

/**
 * Takes the ping that has been due for longest, for so many milliseconds: a process that dies meanwhile leaves it to the
 * next. Null where none is due.
 */
export async function claimHubPing(db: Queryable, lease: number): Promise<HubPing | null> {
  const [claimed] = await db.execute<HubPing & Record<string, unknown>>(sql`
    update hub_pings set attempts = attempts + 1, due_at = sitrep_now() + ${lease} * interval '1 millisecond'
    where topic = (select topic from hub_pings where due_at <= sitrep_now() order by due_at, topic limit 1 for update skip locked)
    returning topic, owed, attempts`)
  return claimed ?? null
}

/** The hub knows: nothing more is owed, unless the feed has moved again meanwhile. What waited for the hub waits no more. */
export async function settleHubPing(db: Queryable, { topic, owed }: HubPing): Promise<void> {
  await db.execute(sql`delete from hub_pings where topic = ${topic} and owed = ${owed}`)
  await db.execute(sql`update hub_pings set attempts = 0, due_at = sitrep_now() where attempts > 0`)
}

/** The hub did not take it: once more after so many milliseconds. */
export const putOffHubPing = (db: Queryable, { topic }: HubPing, wait: number) =>
  db
    .update(hubPings)
    .set({ dueAt: sql`sitrep_now() + ${wait} * interval '1 millisecond'` })
    .where(eq(hubPings.topic, topic))

/** Milliseconds until a ping is due; null when none is owed. */
export const untilNextHubPing = (db: Queryable): Promise<number | null> =>
  waitOf(db.execute(sql`select extract(epoch from min(due_at) - sitrep_now()) * 1000 as wait from hub_pings`))

/** How many feeds the hub has refused to hear of, for now. */
export const hubPingsPutOff = async (db: Queryable): Promise<number> =>
  db.$count(hubPings, sql`${hubPings.attempts} > 1`)
