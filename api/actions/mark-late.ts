import { and, eq, lt, sql } from 'drizzle-orm'
import { recordChange } from '../../db/queries/site-changes.ts'
import { incidents } from '../../db/schema.ts'
import type { Acting } from './acting.ts'

/** How many incidents one transaction takes. */
const BATCH = 100

/**
 * Makes the page say that an update is late, at the deadline itself: time alone changes nothing on a static page, so a
 * broken promise is a public change like any other, recorded once for each deadline. Answers how many were marked.
 */
export const markLate = (acting: Acting): Promise<number> =>
  acting.db.transaction(async (tx) => {
    const late = await tx
      .select({ id: incidents.id, deadlineSeq: incidents.deadlineSeq, spoken: incidents.firstPublicUpdateAt })
      .from(incidents)
      .where(
        and(
          lt(incidents.nextUpdateDueAt, sql`sitrep_now()`),
          sql`${incidents.lateSeq} is distinct from ${incidents.deadlineSeq}`,
        ),
      )
      .orderBy(incidents.nextUpdateDueAt)
      .limit(BATCH)
      .for('update', { skipLocked: true })
    const now = await acting.clock(tx)
    for (const { id, deadlineSeq } of late)
      await tx.update(incidents).set({ lateSeq: deadlineSeq }).where(eq(incidents.id, id))
    for (const { id, spoken } of late) if (spoken) await recordChange(tx, { topic: 'incident', incidentId: id }, now)
    return late.length
  })
