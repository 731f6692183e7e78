import { sql } from 'drizzle-orm'
import type { OnTheWay } from '../../api/domain/service-health.ts'
import type { Queryable } from '../client.ts'

/** Ages in seconds by the database's clock; null where there is nothing to measure. */
export interface Ages {
  /** Since the cadence watch of any process last went round. */
  cadenceScan: number | null
  /** Of the oldest delivery that could go out now and has not. */
  oldestWaiting: number | null
  /** Of the newest public change, while some target is behind it. */
  unpublished: number | null
  failedTargets: number
}

export async function ages(queryable: Queryable): Promise<Ages> {
  const [row] = (await queryable.execute(sql`
    select
      (select extract(epoch from sitrep_now() - max(last_round_at)) from duty_rounds where duty = 'cadence watch') as scan,
      (select extract(epoch from sitrep_now() - min(next_attempt_at)) from deliveries
        where state = 'queued' and next_attempt_at <= (select sitrep_now())) as waiting,
      (select extract(epoch from sitrep_now() - min(at)) from site_changes
        where revision > (select min(revision) from site_targets
                          where published_at > (select sitrep_now()) - interval '1 day')) as unpublished,
      (select count(*)::int from site_targets where state = 'failed') as failed
  `)) as unknown as { scan: string | null; waiting: string | null; unpublished: string | null; failed: number }[]
  const number = (text: string | null) => (text === null ? null : Number(text))
  return {
    cadenceScan: number(row!.scan),
    oldestWaiting: number(row!.waiting),
    unpublished: number(row!.unpublished),
    failedTargets: row!.failed,
  }
}

/** What waits for each channel's carrier, or is being handed to it, by the partial indexes of the queue. */
export async function onTheWay(queryable: Pick<Queryable, 'execute'>): Promise<OnTheWay[]> {
  const rows = (await queryable.execute(sql`
    select channel,
      (count(*) filter (where leased or next_attempt_at <= sitrep_now()))::int as now,
      (count(*) filter (where not leased and next_attempt_at > sitrep_now()))::int as later
    from (
      select channel, next_attempt_at, false as leased from deliveries
      where state in ('queued', 'failed_for_now') and expires_at > sitrep_now()
      union all
      select channel, next_attempt_at, true from deliveries where state in ('claimed', 'sending')
    ) as waiting
    group by channel order by channel
  `)) as unknown as OnTheWay[]
  return [...rows]
}
