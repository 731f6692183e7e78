import { inArray, sql } from 'drizzle-orm'
import type { Channel, DeliveryState } from '../../../api/domain/attempt.ts'
import type { Database } from '../../../db/client.ts'
import { deliveries, updates } from '../../../db/schema.ts'

/** A row of the ledger with the place of what it tells among all words on its incident. */
export interface LedgerRow {
  id: string
  subscriber_id: string
  channel: Channel
  incident_id: string
  state: DeliveryState
  unknowns: number
  code: string | null
  seq: number
  /** Whether it tells the last word on its incident. */
  newest: boolean
}

/** Every row that tells a reader about an update of these incidents. */
export const ledger = async (db: Database, incidentIds: readonly string[]): Promise<LedgerRow[]> =>
  (await db.execute(sql`
    select deliveries.id, subscriber_id, channel, deliveries.incident_id, deliveries.state, unknowns, code, seq,
           seq = max(seq) over (partition by deliveries.incident_id) as newest
    from deliveries join updates on updates.id = deliveries.update_id
    where subscriber_id is not null and ${inArray(deliveries.incidentId, [...incidentIds])}`)) as unknown as LedgerRow[]

/** A claim that somebody holds. */
export interface Held {
  id: string
  claim: string
  channel: Channel
  state: 'claimed' | 'sending'
}

/** Rows that somebody has in hand, or had when they died. */
export const held = async (db: Database): Promise<Held[]> =>
  (await db.execute(sql`
    select id, id || ' ' || claim_no as claim, channel, state
    from deliveries where state in ('claimed', 'sending')`)) as unknown as Held[]

/** How many readers miss the row of an update's, and how many rows say the same to the same reader twice. */
export async function missingAndDouble(
  db: Database,
  incidentIds: readonly string[],
): Promise<{ missing: number; double: number }> {
  const [row] = await db.execute<{ missing: number; double: number }>(sql`
    select (select count(*)::int from updates cross join subscribers
            where subscribers.state = 'active' and ${inArray(updates.incidentId, [...incidentIds])}
              and not exists (select 1 from deliveries
                where deliveries.update_id = updates.id and deliveries.subscriber_id = subscribers.id)) as missing,
           (select count(*)::int from (select 1 from deliveries where subscriber_id is not null
              group by update_id, subscriber_id, channel having count(*) > 1) as twice) as double`)
  return row!
}

/** Announcements not told to everybody, and rows of which more is to be expected, by what they wait for. */
export async function unfinished(db: Database): Promise<Record<string, number>> {
  const rows = await db.execute<{ what: string; n: number }>(sql`
    select 'announcement' as what, count(*)::int as n from announcements where fanned_out_at is null
    union all
    select channel || ' ' || state, count(*)::int from deliveries
    where state in ('queued', 'claimed', 'sending', 'failed_for_now')
      or (state = 'unknown' and next_attempt_at is not null)
    group by 1`)
  return Object.fromEntries(rows.filter(({ n }) => n > 0).map(({ what, n }) => [what, n]))
}

/** For whoever reads why a run did not come to its end: what is unfinished, and who keeps others from working. */
export async function waitedFor(db: Database): Promise<unknown> {
  const blocking = await db.execute(sql`
    select application_name, state, wait_event, left(query, 120) as query, now() - state_change as since,
           pg_blocking_pids(pid) as blocked_by, pid
    from pg_stat_activity where datname = current_database() and (state <> 'idle' or wait_event_type = 'Lock')
      and pid <> pg_backend_pid()`)
  return { ...(await unfinished(db)), blocking: [...blocking] }
}
