import { sql } from 'drizzle-orm'
import { CHANNELS, type Channel, LANES } from '../../api/domain/attempt.ts'
import { DAILY_NAME } from '../../api/domain/daily.ts'
import { SEVERITIES, type Severity } from '../../api/domain/severity.ts'
import type { Queryable } from '../client.ts'
import { textArray } from './audience.ts'

/** What is measured in the database at one moment; seconds by its clock. */
export interface Measures {
  openIncidents: Record<Severity, number>
  /** Open promises, and by how much each is broken; 0 while it is not. */
  promises: { incident: string; severity: Severity; overdue: number }[]
  /** Age of the oldest delivery that could have gone out, by channel; 0 where none waits. */
  oldest: Record<Channel, number>
  /** Rungs of the silence ladder that alerted, by name; the reminders of all days together. */
  alerts: { rung: string; count: number }[]
  /** Since the cadence watch of any process last went round; infinite before the first. */
  cadenceScan: number
  /** Connections of this process, by what they do. */
  connections: { state: string; count: number }[]
}

/** Priorities that rows of the ledger have: 0 for what waits for nobody, the rank of a severity, 4 for planned work. */
const LEAST_URGENT = 4
/** Rows looked at of each channel, lane and priority: enough to get past those that wait on purpose. */
const LOOK = 100
/** More open incidents than anybody has. */
const MOST_INCIDENTS = 1_000

/** Reads everything that is measured at a scrape. What it costs does not grow with the ledger. */
export async function measuresOf(db: Queryable): Promise<Measures> {
  const open = await openPromises(db)
  const ageOf = new Map((await oldestWaiting(db)).map(({ channel, age }) => [channel, Number(age)]))
  const counted = SEVERITIES.map((severity) => [severity, open.filter((each) => each.severity === severity).length])
  return {
    openIncidents: Object.fromEntries(counted),
    promises: open.flatMap(({ id, severity, overdue }) =>
      overdue === null ? [] : [{ incident: id, severity, overdue: Math.max(0, Number(overdue)) }],
    ),
    oldest: Object.fromEntries(CHANNELS.map((channel) => [channel, ageOf.get(channel) ?? 0])) as Measures['oldest'],
    alerts: await db.execute<{ rung: string; count: number }>(
      sql`select case when rung ~ ${DAILY_NAME.source} then 'daily' else rung end as rung, count(*)::int as count
        from alerts where state = 'alerted' group by 1 order by 1`,
    ),
    cadenceScan: await cadenceScan(db),
    connections: await db.execute<{ state: string; count: number }>(sql`
      select coalesce(state, 'unknown') as state, count(*)::int as count from pg_stat_activity
      where application_name = current_setting('application_name') and datname = current_database()
      group by 1 order by 1`),
  }
}

const openPromises = (db: Queryable) =>
  db.execute<{ id: string; severity: Severity; overdue: string | null }>(sql`
    select id, severity, extract(epoch from sitrep_now() - next_update_due_at) as overdue
    from incidents where status <> 'resolved' order by next_update_due_at nulls last limit ${MOST_INCIDENTS}`)

/**
 * One look into the index of what waits for each channel, lane and priority, so that a long queue costs no more than a
 * short one. What waits for its own time (quiet hours) is as old as that time has passed.
 */
const oldestWaiting = (db: Queryable) =>
  db.execute<{ channel: Channel; age: string }>(sql`
    select each.channel, max(age) as age
    from unnest(${textArray(CHANNELS)}) as each (channel),
         unnest(${textArray(LANES)}) as of (lane),
         generate_series(0, ${LEAST_URGENT}::int) as with_priority (priority),
         lateral (
           select extract(epoch from sitrep_now()
             - case state when 'queued' then greatest(queued_at, next_attempt_at) else queued_at end) as age
           from deliveries
           where deliveries.channel = each.channel and deliveries.lane = of.lane
             and deliveries.priority = with_priority.priority
             and state in ('queued', 'failed_for_now')
           order by queued_at limit ${LOOK}
         ) as waiting
    where age >= 0 group by each.channel`)

async function cadenceScan(db: Queryable): Promise<number> {
  const [row] = await db.execute<{ age: string | null }>(
    sql`select extract(epoch from sitrep_now() - max(last_round_at)) as age from duty_rounds where duty = 'cadence watch'`,
  )
  return row!.age === null ? Number.POSITIVE_INFINITY : Number(row!.age)
}
