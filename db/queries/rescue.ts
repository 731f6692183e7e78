import { and, asc, eq, inArray, isNotNull, lte, sql } from 'drizzle-orm'
import { WAITING_STATES } from '../../api/domain/attempt.ts'
import type { Database, Queryable } from '../client.ts'
import { deliveries } from '../schema.ts'
import { type Delivery, now } from './deliveries.ts'

/** Rows taken in one statement; more are taken in the next round. */
const BATCH = 500

/**
 * Ends transactions in which a process of ours has said nothing for 20 seconds while the server waits for it: one that was
 * halted, or whose machine hangs, keeps its locks else for as long as its connection stands, and everybody waits (standards
 * R4, R14). Its leases are looked after by the others; whoever wakes up again finds a lost connection. Answers how many.
 */
export async function endStandingTransactions(db: Database): Promise<number> {
  const rows = await db.execute(sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and usename = current_user and pid <> pg_backend_pid()
      and application_name like 'sitrep service %' and xact_start is not null
      and wait_event = 'ClientRead' and state_change < clock_timestamp() - interval '20 seconds'`)
  return rows.length
}

/** Puts claims that ran out back into the queue; nothing had left the building. Answers how many. */
export async function requeueLostClaims(db: Database): Promise<number> {
  const rows = await db
    .update(deliveries)
    .set({ state: 'queued', leaseUntil: null })
    .where(inArray(deliveries.id, lost(db, 'claimed')))
    .returning({ id: deliveries.id })
  return rows.length
}

const lost = (db: Queryable, state: 'claimed' | 'sending') =>
  db
    .select({ id: deliveries.id })
    .from(deliveries)
    .where(and(eq(deliveries.state, state), lte(deliveries.leaseUntil, now)))
    .limit(BATCH)
    .for('update', { skipLocked: true })

/**
 * Takes over attempts whose holder vanished between commit and answer: their fate is unknown. Raises the claim's number,
 * so that a holder who wakes up again can write nothing any more (standards R4).
 */
export const takeLostAttempts = (db: Database): Promise<Delivery[]> =>
  db
    .update(deliveries)
    .set({ claimNo: sql`${deliveries.claimNo} + 1`, leaseUntil: sql`${now} + interval '45 seconds'` })
    .where(inArray(deliveries.id, lost(db, 'sending')))
    .returning()

/** Ends what is no longer news; answers what ended. */
export function expireStale(db: Database): Promise<Pick<Delivery, 'announcementId' | 'channel'>[]> {
  const stale = db
    .select({ id: deliveries.id })
    .from(deliveries)
    .where(and(inArray(deliveries.state, WAITING_STATES), lte(deliveries.expiresAt, now)))
    .limit(BATCH)
    .for('update', { skipLocked: true })
  return db
    .update(deliveries)
    .set({ state: 'expired', nextAttemptAt: null })
    .where(inArray(deliveries.id, stale))
    .returning({ announcementId: deliveries.announcementId, channel: deliveries.channel })
}

/** Takes rows of unknown fate whose carrier is to be asked now; for a minute nobody else asks. */
export const takeToAsk = (db: Database): Promise<Delivery[]> =>
  db
    .update(deliveries)
    .set({ claimNo: sql`${deliveries.claimNo} + 1`, nextAttemptAt: sql`${now} + interval '1 minute'` as never })
    .where(
      inArray(
        deliveries.id,
        db
          .select({ id: deliveries.id })
          .from(deliveries)
          .where(
            and(
              eq(deliveries.state, 'unknown'),
              isNotNull(deliveries.nextAttemptAt),
              lte(deliveries.nextAttemptAt, now),
            ),
          )
          .limit(20)
          .for('update', { skipLocked: true }),
      ),
    )
    .returning()

/**
 * Takes messages that a carrier took a while ago and said nothing of since, at most ten at a time (standards S15). Nobody
 * else asks about them meanwhile; asked in vain they are asked about ever more rarely, and after a day no more.
 */
export const takeToHearOf = (db: Database): Promise<Delivery[]> =>
  db
    .update(deliveries)
    .set({
      askAt: sql`case when ${now} - ${deliveries.acceptedAt} < interval '1 day'
                      then ${now} + greatest(interval '1 minute', (${now} - ${deliveries.acceptedAt}) / 2) end` as never,
    })
    .where(
      inArray(
        deliveries.id,
        db
          .select({ id: deliveries.id })
          .from(deliveries)
          .where(and(eq(deliveries.state, 'accepted'), isNotNull(deliveries.providerId), lte(deliveries.askAt, now)))
          .orderBy(asc(deliveries.askAt))
          .limit(10)
          .for('update', { skipLocked: true }),
      ),
    )
    .returning()

/** Writes the answer about a row of unknown fate; false when somebody else has it, or a callback was faster. */
export async function settleAsked(
  db: Queryable,
  { id, claimNo }: Delivery,
  set: Partial<typeof deliveries.$inferInsert>,
): Promise<boolean> {
  const rows = await db
    .update(deliveries)
    .set(set)
    .where(and(eq(deliveries.id, id), eq(deliveries.claimNo, claimNo), eq(deliveries.state, 'unknown')))
    .returning({ id: deliveries.id })
  return rows.length > 0
}
