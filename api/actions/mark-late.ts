import { and, isNotNull, lt, sql } from 'drizzle-orm'
import type { Transaction } from '../../db/client.ts'
import type { Incident } from '../../db/queries/incidents.ts'
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
    if (marked.length > 0) await tellOutside(tx, acting, marked, await acting.clock(tx))
    return marked.length
  })

async function tellOutside(tx: Transaction, acting: Acting, marked: readonly Incident[], now: Date): Promise<void> {
  const opened = await publishHoldingNotices(tx, acting, marked, now)
  const shown = marked.filter(({ id, publicSince }) => publicSince !== null || opened.ids.includes(id))
  const changes = shown.map(({ id, publicSince }) => ({
    topic: 'incident' as const,
    incidentId: id,
    movedEntry: publicSince === null,
    movedComponents: publicSince === null && opened.movedComponents,
  }))
  if (changes.length > 0) await recordChanges(tx, changes, now)
}
