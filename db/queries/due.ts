import { sql } from 'drizzle-orm'
import type { Queryable } from '../client.ts'

/** Milliseconds until the next rung or promise comes due, by the database's clock; null when nothing is promised. */
export async function untilNextDue(queryable: Queryable): Promise<number | null> {
  const rows = (await queryable.execute(sql`
    select extract(epoch from min(due) - sitrep_now()) * 1000 as wait from (
      select min(next_rung_at) as due from incidents where next_rung_at is not null
      union all
      select min(next_update_due_at) from incidents
      where next_update_due_at is not null and late_seq is distinct from deadline_seq
    ) as dues
  `)) as unknown as { wait: string | null }[]
  const wait = rows[0]?.wait ?? null
  return wait === null ? null : Number(wait)
}
