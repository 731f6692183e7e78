import { eq, sql } from 'drizzle-orm'
import type { Queryable, Transaction } from '../client.ts'
import { siteTargets } from '../schema.ts'

/**
 * Lets one publisher at a time work on a target, until the transaction ends; false where another is at it. Bound to the
 * transaction, so it also holds behind a pooler and cannot outlive a killed process (standards R14).
 */
export async function lockTarget(tx: Transaction, name: string): Promise<boolean> {
  const [row] = await tx.execute<{ locked: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended(${`sitrep publish ${name}`}, 0)) as locked`,
  )
  return row!.locked
}

/** Records that a target holds `revision`; writes nothing, and answers false, where that is recorded already. */
export const recordPublished = async (tx: Queryable, name: string, revision: number): Promise<boolean> => {
  const recorded = await tx
    .insert(siteTargets)
    .values({ name, revision, state: 'published' })
    .onConflictDoUpdate({
      target: siteTargets.name,
      set: { revision, state: 'published', detail: null, publishedAt: sql`sitrep_now()` },
      setWhere: sql`(${siteTargets.revision}, ${siteTargets.state}) is distinct from (${revision}, 'published')`,
    })
    .returning({ name: siteTargets.name })
  return recorded.length > 0
}

/** Records why a target could not be brought up to date; what it held before still stands. */
export const recordPublishingFailed = (tx: Queryable, name: string, detail: string) =>
  tx
    .insert(siteTargets)
    .values({ name, revision: 0, state: 'failed', detail })
    .onConflictDoUpdate({ target: siteTargets.name, set: { state: 'failed', detail } })

/** Drops what is known of a target that nobody keeps up to date. */
export const forgetTarget = (db: Queryable, name: string) => db.delete(siteTargets).where(eq(siteTargets.name, name))
