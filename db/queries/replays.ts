import { sql } from 'drizzle-orm'
import type { Severity } from '../../api/domain/severity.ts'
import type { Transaction } from '../client.ts'

/**
 * Keeps everybody else from writing what a replay writes, until the transaction ends; reading goes on. Answers whether
 * there is nothing yet: no incident, maintenance, component or group.
 */
export async function lockWhileEmpty(tx: Transaction): Promise<boolean> {
  await tx.execute(sql`lock table component_groups, components, incidents, maintenances in share row exclusive mode`)
  const [row] = await tx.execute<{ empty: boolean }>(sql`
    select not (exists (select from incidents) or exists (select from maintenances)
      or exists (select from components) or exists (select from component_groups)) as empty`)
  return row!.empty
}

/**
 * The promises of what is still open wake nobody: their ladders and reminders end here, and what is overdue counts as
 * told. The next update of such an incident promises anew, with a ladder of its own.
 */
export const silencePromises = (tx: Transaction) =>
  tx.execute(sql`
    update incidents set next_rung_at = null,
      late_seq = case when next_update_due_at < sitrep_now() then deadline_seq else late_seq end
    where resolved_at is null`)

/** The promises that updates gave, and what became of them; the first-update clock of a declaration is not one. */
export interface SeverityCount extends Record<string, unknown> {
  severity: Severity
  incidents: number
  updates: number
  made: number
  kept: number
  late: number
}

/** What stands in the database, by severity, worst first. */
export const countBySeverity = (tx: Transaction): PromiseLike<SeverityCount[]> =>
  tx.execute<SeverityCount>(sql`
    select incidents.severity, count(distinct incidents.id)::int as incidents, count(updates.id)::int as updates,
      count(updates.next_update_due_at)::int as made,
      count(*) filter (where updates.seq > 1 and updates.promise_kept)::int as kept,
      count(*) filter (where updates.seq > 1 and not updates.promise_kept)::int as late
    from incidents left join updates on updates.incident_id = incidents.id
    group by incidents.severity order by incidents.severity`)

/** How many maintenances there are, and how often they were spoken of. */
export async function countMaintenances(tx: Transaction): Promise<{ maintenances: number; updates: number }> {
  const [row] = await tx.execute<{ maintenances: number; updates: number }>(sql`
    select (select count(*)::int from maintenances) as maintenances,
      (select count(*)::int from maintenance_updates) as updates`)
  return row!
}

/** Tells the planner what has been written, so that the page is made with good plans as soon as all of it is seen. */
export const tellPlanner = (tx: Transaction) =>
  tx.execute(sql`analyze components, component_spans, incidents, incident_components, updates, maintenances,
    maintenance_components, maintenance_updates, site_changes`)
