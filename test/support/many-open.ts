import { sql } from 'drizzle-orm'
import type { Database } from '../../db/client.ts'
import { setUpNorthwind, somePerson } from './acting.ts'

/** A company, a commander and open SEV1s that promised to speak within the hour; straight into the tables, as actions leave them. */
export async function openMany(db: Database, count: number): Promise<void> {
  await setUpNorthwind(db)
  const commander = await somePerson(db, 'commander', 'Priya', { phone: null })
  await db.execute(sql`insert into incidents (id, title, severity, war_room, commander_id, started_at, declared_at,
      first_public_update_at, public_since, last_spoke_at, next_update_due_at, next_rung_at, cadence_version, deadline_seq, update_seq)
    select new_id(), 'Requests fail, number ' || n, 'SEV1', '{"bridge_url":null,"channel_url":null,"documents":[]}',
      ${commander.id}, sitrep_now(), sitrep_now(), sitrep_now(), sitrep_now(), sitrep_now(), sitrep_now() + interval '1 hour',
      sitrep_now() + interval '45 minutes', 1, 2, 1
    from generate_series(1, ${count}::int) as n`)
  await db.execute(sql`analyze`)
}

/** Gives some a deadline each, `apart` milliseconds from the next; the reminder is behind them, so the rung at it is the next. */
export const setDeadlines = (db: Database, count: number, { after, apart }: { after: number; apart: number }) =>
  db.execute(sql`with chosen as (
      select id, row_number() over () as n from incidents where deadline_seq = 2 and next_rung_at > sitrep_now() limit ${count}
    ), decided as (
      insert into alerts (id, incident_id, audience, deadline_seq, rung, due_at, fired_at, state)
      select new_id(), id, 'public', 2, 'reminder', sitrep_now(), sitrep_now(), 'alerted' from chosen
    )
    update incidents i set last_spoke_at = at - interval '1 hour', next_update_due_at = at, next_rung_at = at
    from chosen, lateral (select date_trunc('milliseconds', sitrep_now())
      + make_interval(secs => (${after}::int + chosen.n * ${apart}::int) / 1000.0) as at) as due
    where i.id = chosen.id`)
