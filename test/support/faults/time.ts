import { sql } from 'drizzle-orm'
import type { Database } from '../../../db/client.ts'

/** Of a claim, in seconds (standards R5). */
const LEASE = 45

/**
 * Moves the database's clock to when the next row is due again, a carrier has rested, or a claim of the dead runs out. Never while anybody alive
 * is at work, since their claims would run out as well: a row counts as theirs until they have held it for `holding`
 * seconds, unless it is among the `orphans`. The table is locked, so that nobody claims in between. Answers by how many
 * milliseconds the clock is moved in all.
 */
export const passTime = (db: Database, holding: number, orphans: ReadonlySet<string>): Promise<number> =>
  db.transaction(async (tx) => {
    await tx.execute(sql`lock table deliveries in share row exclusive mode`)
    const known = JSON.stringify([...orphans])
    await tx.execute(sql`
      with facts as (
        select bool_or(lease_until > sitrep_now() + make_interval(secs => ${LEASE - holding}::double precision)
                       and not ${known}::jsonb ? (id || ' ' || claim_no)) as alive,
               least(min(lease_until), min(next_attempt_at) filter (where next_attempt_at > sitrep_now()),
                     (select min(paused_until) from channel_states where paused_until > sitrep_now())) as due
        from deliveries where state in ('queued', 'claimed', 'sending', 'failed_for_now', 'unknown')
      )
      update test_support.test_clock set moved_by = moved_by + greatest(due - sitrep_now(), interval '0')
      from facts where due is not null and alive is not true`)
    const [row] = await tx.execute<{ ms: number }>(
      sql`select (extract(epoch from moved_by) * 1000)::float8 as ms from test_support.test_clock`,
    )
    return row!.ms
  })
