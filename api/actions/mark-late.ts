import { and, isNotNull, lt, sql } from 'drizzle-orm'
import { recordChanges } from '../../db/queries/site-changes.ts'
import { incidents } from '../../db/schema.ts'
import type { Acting } from './acting.ts'
import { publishHoldingNotices } from './publish-holding-notice.ts'

/** How many incidents one transaction takes. */
const BATCH = 100

/**
 * Makes the page say that an update is late, at the deadline itself: time alone changes nothing on a static page, so a
 * broken promise is a public change like any other, recorded once for each deadline. Where the cadence asks for it, a
 * holding notice is published with it. Answers how many were marked.
 */
export const markLate = (acting: Acting): Promise<number> =>
  acting.db.transaction(async (tx) => {
    const late = tx
      .select({ id: incidents.id })
      .from(incidents)
      .where(
        and(
          isNotNull(incidents.nextUpdateDueAt),
          // Asked once a statement, so that the index finds what is due.
          lt(incidents.nextUpdateDueAt, sql`(select sitrep_now())`),
          sql`${incidents.lateSeq} is distinct from ${incidents.deadlineSeq}`,
        ),
      )
      .orderBy(incidents.nextUpdateDueAt)
      .limit(BATCH)
      .for('update', { skipLocked: true })
    const marked = await tx
      .update(incidents)
      .set({ lateSeq: sql`${incidents.deadlineSeq}` })
      // An array, so that these are looked up and not searched for among all.
      .where(sql`${incidents.id} = any(array(${late}))`)
      .returning()
    const shown = marked.filter(({ firstPublicUpdateAt }) => firstPublicUpdateAt !== null)
    if (shown.length > 0) {
      const now = await acting.clock(tx)
      await publishHoldingNotices(tx, acting, shown, now)
      const changes = shown.map(({ id }) => ({ topic: 'incident' as const, incidentId: id, movedEntry: false }))
      await recordChanges(tx, changes, now)
    }
    return marked.length
  })
