import { sql } from 'drizzle-orm'
import type { Queryable } from '../client.ts'
import { LEAVES_AT } from './held-updates.ts'

/** Milliseconds until the next rung or promise comes due, by the database's clock; null when nothing is promised. */
export const untilNextDue = (queryable: Queryable): Promise<number | null> =>
  waitOf(
    queryable.execute(sql`
      select extract(epoch from min(due) - sitrep_now()) * 1000 as wait from (
        select min(next_rung_at) as due from incidents where next_rung_at is not null
        union all
        select min(next_update_due_at) from incidents
        where next_update_due_at is not null and late_seq is distinct from deadline_seq
      ) as dues
    `),
  )

/** Milliseconds until the clock releases a held update; null when none is held. */
export const untilNextRelease = (queryable: Queryable): Promise<number | null> =>
  waitOf(
    queryable.execute(sql`
      select extract(epoch from min(${LEAVES_AT}) - sitrep_now()) * 1000 as wait
      from updates join incidents on incidents.id = updates.incident_id where updates.state = 'held'
    `),
  )

/** Milliseconds until the clock has something to do for a maintenance; null when it has not. */
export const untilNextMaintenanceStep = (queryable: Queryable): Promise<number | null> =>
  waitOf(
    queryable.execute(sql`
      select extract(epoch from min(next_step_at) - sitrep_now()) * 1000 as wait
      from maintenances where next_step_at is not null
    `),
  )

/** Milliseconds until the next UTC day begins. */
export const untilMidnight = async (queryable: Queryable): Promise<number> =>
  (await waitOf(
    queryable.execute(sql`
      select extract(epoch from date_trunc('day', sitrep_now(), 'UTC') + interval '24 hours' - sitrep_now()) * 1000 as wait
    `),
  ))!

/** Milliseconds from the one column `wait`; null when it is null. */
export async function waitOf(answer: PromiseLike<unknown>): Promise<number | null> {
  const rows = (await answer) as { wait: string | null }[]
  const wait = rows[0]?.wait ?? null
  return wait === null ? null : Number(wait)
}
