import { desc, eq, isNull, lte, type SQL, sql } from 'drizzle-orm'
import { WAITING_STATES } from '../../api/domain/attempt.ts'
import type { Queryable, Transaction } from '../client.ts'
import { newId } from '../ids.ts'
import { announcements, deliveries, restores, updates } from '../schema.ts'

export type Restore = typeof restores.$inferSelect

/** SQL: this database was not filled from a backup, or a person has released it since. */
export const nothingHeld: SQL = sql`not exists (select from restores where restores.released_at is null)`

/** The restore that waits for its release; null where none does. */
export async function heldRestore(db: Queryable): Promise<Restore | null> {
  const [row] = await db.select().from(restores).where(isNull(restores.releasedAt)).orderBy(desc(restores.restoredAt))
  return row ?? null
}

/** The same, kept from others until the transaction ends. */
export async function lockHeldRestore(tx: Transaction): Promise<Restore | null> {
  const [row] = await tx
    .select()
    .from(restores)
    .where(isNull(restores.releasedAt))
    .orderBy(desc(restores.restoredAt))
    .for('update')
  return row ?? null
}

/** Notes who released it; null: the command line. An older one that never was is done with as well. */
export const markReleased = (tx: Transaction, at: Date, by: string | null) =>
  tx.update(restores).set({ releasedAt: at, releasedBy: by }).where(isNull(restores.releasedAt))

/** How many messages wait in the ledger, and how many announcements have not reached everybody's row yet. */
export async function waitingToBeSent(db: Queryable): Promise<{ messages: number; announcements: number }> {
  const [row] = await db.execute<{ messages: number; announcements: number }>(sql`
    select
      (select count(*)::int from deliveries where state in ('queued', 'failed_for_now')) as messages,
      (select count(*)::int from announcements where fanned_out_at is null) as announcements`)
  return row!
}

/**
 * Ends what was waiting when the backup was taken: it was probably sent since. An update that was held then still comes to
 * the page, which lacks it. Answers how many messages.
 */
export async function dropWaiting(tx: Transaction, restoredAt: Date): Promise<number> {
  await tx
    .update(announcements)
    .set({ fannedOutAt: sql`sitrep_now()` })
    .where(sql`${isNull(announcements.fannedOutAt)} and ${lte(announcements.createdAt, restoredAt)}`)
  await tx.update(updates).set({ notify: false }).where(eq(updates.state, 'held'))
  return endDeliveries(tx, sql`${deliveries.queuedAt} <= ${restoredAt.toISOString()}::timestamptz`)
}

/**
 * What a database is told right after it was filled, in the same transaction: that it is held, that no delivery is news
 * any more beyond its validity (standards R22), that nobody is at work on any, and that its revisions go on beyond all
 * that may have been published since the backup.
 */
export async function markRestored(tx: Transaction, takenAt: Date): Promise<{ expired: number; waiting: number }> {
  await tx.insert(restores).values({ id: newId(), takenAt })
  await tx.execute(sql`update site_revision set revision = revision + ${REVISIONS_AHEAD}::int`)
  await tx
    .update(announcements)
    .set({ fannedOutAt: sql`sitrep_now()` })
    .where(sql`${isNull(announcements.fannedOutAt)} and ${announcements.expiresAt} <= sitrep_now()`)
  const expired = await endDeliveries(tx, sql`${deliveries.expiresAt} <= sitrep_now()`)
  await tx.execute(sql`update deliveries set lease_until = sitrep_now() where state in ('claimed', 'sending')`)
  return { expired, waiting: (await waitingToBeSent(tx)).messages }
}

/** More than anybody publishes between two backups. */
const REVISIONS_AHEAD = 1_000_000

/** In every state that is not final yet. */
async function endDeliveries(tx: Transaction, which: SQL): Promise<number> {
  const [row] = await tx.execute<{ ended: number }>(sql`
    with ended as (
      update deliveries set state = 'expired', lease_until = null, next_attempt_at = null
      where (state in (${sql.join(
        WAITING_STATES.map((state) => sql`${state}`),
        sql`, `,
      )}, 'claimed', 'sending')
             or (state = 'unknown' and next_attempt_at is not null)) and ${which}
      returning 1)
    select count(*)::int as ended from ended`)
  return row!.ended
}
