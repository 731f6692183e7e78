import { sql } from 'drizzle-orm'
import type { Queryable } from '../../db/client.ts'

/** What a component is named after its number. */
const COMPONENTS = 30

/**
 * Fills an empty database with a company of 30 components and so many resolved incidents of six updates each, 83 in a
 * month (10,000 in ten years), the way the actions leave them. Straight into the tables: the actions would take minutes.
 */
export async function fillHistory(db: Queryable, incidents: number): Promise<void> {
  await db.execute(sql`insert into organisation (name, short_name, page_id, created_at)
    values ('Northwind Cloud', 'Northwind', 'northwind000', sitrep_now() - interval '3660 days')`)
  await db.execute(sql`insert into component_groups (id, name, position)
    select 'grp' || lpad(n::text, 9, '0'), 'Group ' || n, n from generate_series(1, 6) as n`)
  await db.execute(sql`insert into components (id, name, group_id, position, start_date)
    select 'cmp' || lpad(n::text, 9, '0'), 'Component ' || n, 'grp' || lpad((1 + n % 6)::text, 9, '0'), n,
      (sitrep_now() - interval '3650 days')::date from generate_series(1, ${COMPONENTS}::int) as n`)
  await db.execute(sql`insert into component_spans (id, component_id, status, started_at)
    select new_id(), id, 'operational', sitrep_now() - interval '3650 days' from components`)
  await db.execute(sql`create unlogged table told as
    select n, 'inc' || lpad(n::text, 9, '0') as id,
      date_trunc('second', sitrep_now() - interval '1 day' - (n - 1) * interval '526 minutes') as at,
      'SEV' || (1 + n % 4) as severity
    from generate_series(1, ${incidents}::int) as n`)
  await db.execute(sql`insert into incidents (id, title, severity, status, war_room, started_at, declared_at,
      first_public_update_at, public_since, resolved_at, last_spoke_at, cadence_version, deadline_seq, update_seq, created_at, updated_at)
    select id, 'Requests fail for some customers, number ' || n, severity, 'resolved',
      '{"bridge_url":null,"channel_url":null,"documents":[]}', at, at, at, at, at + interval '75 minutes',
      at + interval '75 minutes', 1, 7, 6, at, at from told`)
  await db.execute(sql`insert into incident_components (incident_id, component_id, status)
    select id, 'cmp' || lpad((1 + (n + k) % ${COMPONENTS})::text, 9, '0'), 'degraded_performance'
    from told cross join generate_series(0, 1) as k`)
  await db.execute(sql`insert into updates (id, incident_id, seq, audience, state, status, severity, headline, body, affected,
      created_at, published_at, answered_seq, answered_due_at, promise_kept)
    select new_id(), id, seq, 'public', 'published',
      (array['investigating', 'investigating', 'identified', 'identified', 'monitoring', 'resolved'])[seq], severity,
      'Word ' || seq || ' about number ' || n || '.',
      'Word ' || seq || ' about number ' || n || '. ' || repeat('Requests fail for some, and we are mending it. ', 4),
      '[]', at + seq * interval '12 minutes', at + seq * interval '12 minutes', seq, at + seq * interval '13 minutes', true
    from told cross join generate_series(1, 6) as seq`)
  await db.execute(sql`insert into site_changes (revision, topic, incident_id, at)
    select row_number() over (order by at), 'incident', id, at + interval '75 minutes' from told`)
  await db.execute(sql`update site_revision set revision = (select max(revision) from site_changes)`)
  await db.execute(sql`drop table told`)
  await db.execute(sql`analyze`)
}
