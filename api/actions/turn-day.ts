import { desc, eq } from 'drizzle-orm'
import type { Transaction } from '../../db/client.ts'
import type { Reader } from '../../db/queries/cadence.ts'
import { recordChange } from '../../db/queries/site-changes.ts'
import { organisation, siteChanges, siteRevision } from '../../db/schema.ts'
import type { Acting } from './acting.ts'

/**
 * Makes the bars move on when a UTC day begins: one public change a midnight, whoever of us comes first. Of the days
 * that nobody was awake for only the last is recorded. Answers whether it was.
 */
export const turnDay = (acting: Acting): Promise<boolean> =>
  acting.db.transaction(async (tx) => {
    const midnight = startOfDay(await acting.clock(tx))
    if (await isTurned(tx, midnight)) return false
    await lockRevision(tx)
    if (await isTurned(tx, midnight)) return false
    await recordChange(tx, { topic: 'day' }, midnight)
    return true
  })

const startOfDay = (now: Date): Date => new Date(`${now.toISOString().slice(0, 10)}T00:00:00.000Z`)

/** Whether this midnight is recorded, or there was no page yet for it to move. */
async function isTurned(reader: Reader, midnight: Date): Promise<boolean> {
  const [company] = await reader.select({ createdAt: organisation.createdAt }).from(organisation)
  if (!company || company.createdAt >= midnight) return true
  const [last] = await reader
    .select({ at: siteChanges.at })
    .from(siteChanges)
    .where(eq(siteChanges.topic, 'day'))
    .orderBy(desc(siteChanges.revision))
    .limit(1)
  return last !== undefined && last.at >= midnight
}

/** Whoever records a change holds this row; the second of two who saw the same midnight waits, and looks again. */
const lockRevision = (tx: Transaction) => tx.select().from(siteRevision).for('update')
