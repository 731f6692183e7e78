import { and, asc, eq, inArray, isNotNull, isNull, lte, ne, or, sql } from 'drizzle-orm'
import type { Queryable, Transaction } from '../client.ts'
import { briefingClocks, decisions, incidents } from '../schema.ts'
import type { Reader } from './cadence.ts'
import { now } from './deliveries.ts'
import { waitOf } from './due.ts'

export type BriefingClock = typeof briefingClocks.$inferSelect

export async function briefingClockOf(reader: Reader, incidentId: string): Promise<BriefingClock | null> {
  const [row] = await reader.select().from(briefingClocks).where(eq(briefingClocks.incidentId, incidentId))
  return row ?? null
}

/** Starts the clock of an incident unless it runs, and takes its lock. */
export async function lockBriefingClock(tx: Transaction, fresh: BriefingClock): Promise<BriefingClock> {
  await tx.insert(briefingClocks).values(fresh).onConflictDoNothing()
  const [row] = await tx
    .select()
    .from(briefingClocks)
    .where(eq(briefingClocks.incidentId, fresh.incidentId))
    .for('update')
  return row!
}

export const moveBriefingClock = (tx: Transaction, incidentId: string, columns: Partial<BriefingClock>) =>
  tx.update(briefingClocks).set(columns).where(eq(briefingClocks.incidentId, incidentId))

/**
 * Incidents that are an occasion for a briefing: open, and no clock runs for them yet; or not as they stood when their clock
 * was last set. What was over before anybody looked (a past one put on record) gets no clock; neither do drills and near
 * misses. Looks through all incidents, and therefore at nothing else of them.
 */
export async function briefingOccasions(tx: Transaction, limit: number): Promise<string[]> {
  const fresh = and(isNull(briefingClocks.incidentId), ne(incidents.status, 'resolved'), eq(incidents.kind, 'incident'))
  const rows = await tx
    .select({ id: incidents.id })
    .from(incidents)
    .leftJoin(briefingClocks, eq(briefingClocks.incidentId, incidents.id))
    .where(or(fresh, ne(briefingClocks.severity, incidents.severity), ne(briefingClocks.status, incidents.status)))
    .limit(limit)
  return rows.map(({ id }) => id)
}

/** Those of these incidents that no clock runs for. */
export const incidentsWithoutBriefingClock = async (tx: Transaction, ids: string[]) =>
  (
    await tx
      .select({ incident: incidents })
      .from(incidents)
      .leftJoin(briefingClocks, eq(briefingClocks.incidentId, incidents.id))
      .where(and(inArray(incidents.id, ids), isNull(briefingClocks.incidentId)))
  ).map((row) => row.incident)

/** The clocks of these incidents, locked, that do not stand as their incident does. */
export const overtakenBriefingClocks = (tx: Transaction, ids: string[]) =>
  tx
    .select({ clock: briefingClocks, incident: incidents })
    .from(briefingClocks)
    .innerJoin(incidents, eq(incidents.id, briefingClocks.incidentId))
    .where(
      and(
        inArray(briefingClocks.incidentId, ids),
        or(ne(briefingClocks.severity, incidents.severity), ne(briefingClocks.status, incidents.status)),
      ),
    )
    .for('update', { of: briefingClocks, skipLocked: true })

/**
 * Whether this transaction is the one that looks for occasions. It spares the database several looks at once, and nothing
 * depends on it: whoever dies or stands still with it loses it with its transaction (standards R14).
 */
export async function looksForOccasions(tx: Transaction): Promise<boolean> {
  const [row] = await tx.execute<{ looks: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtext('briefing occasions')) as looks`,
  )
  return row!.looks
}

/** Clocks, locked, whose next rung is due, with their incidents. */
export const dueBriefingClocks = (tx: Transaction, limit: number) =>
  tx
    .select({ clock: briefingClocks, incident: incidents })
    .from(briefingClocks)
    .innerJoin(incidents, eq(incidents.id, briefingClocks.incidentId))
    .where(and(isNotNull(briefingClocks.nextRungAt), lte(briefingClocks.nextRungAt, now)))
    .orderBy(asc(briefingClocks.nextRungAt))
    .limit(limit)
    .for('update', { of: briefingClocks, skipLocked: true })

/** Decisions, locked, that somebody is to be reminded of. */
export const decisionsToRemindOf = (tx: Transaction, limit: number) =>
  tx
    .select()
    .from(decisions)
    .where(and(isNotNull(decisions.nextReminderAt), lte(decisions.nextReminderAt, now)))
    .orderBy(asc(decisions.nextReminderAt))
    .limit(limit)
    .for('update', { skipLocked: true })

/** Milliseconds until a rung or a reminder comes due; null when none will. */
export const untilNextBriefingDue = (queryable: Queryable): Promise<number | null> =>
  waitOf(
    queryable.execute(sql`
      select extract(epoch from min(due) - sitrep_now()) * 1000 as wait from (
        select min(next_rung_at) as due from briefing_clocks where next_rung_at is not null
        union all
        select min(next_reminder_at) from decisions where next_reminder_at is not null
      ) as dues
    `),
  )

/**
 * What burns now, for executives: open incidents that the public reads of, and those inside that they were briefed on; the
 * worst and oldest first.
 */
export const burningIncidents = (reader: Reader) =>
  reader
    .select({ incident: incidents, briefingDueAt: briefingClocks.dueAt })
    .from(incidents)
    .leftJoin(briefingClocks, eq(briefingClocks.incidentId, incidents.id))
    .where(
      and(
        isNull(incidents.resolvedAt),
        eq(incidents.kind, 'incident'),
        sql`((${incidents.visibility} = 'public' and ${incidents.publicSince} is not null)
             or exists (select 1 from briefings where briefings.incident_id = ${incidents.id}))`,
      ),
    )
    .orderBy(asc(incidents.severity), asc(incidents.declaredAt))
    .limit(20)
