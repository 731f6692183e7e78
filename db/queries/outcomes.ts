import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../client.ts'
import { alerts, announcements, deliveries, incidents } from '../schema.ts'
import type { Delivery } from './deliveries.ts'
import { recordChanges } from './site-changes.ts'

/** Milliseconds from now, by the database's clock. */
export const inMilliseconds = (wait: number) =>
  sql`sitrep_now() + make_interval(secs => ${wait / 1000}::double precision)`

/**
 * Alerts that a carrier took: from now on the page may say that the team has been alerted, where it is late on these very
 * promises (standards R12; DESIGN, special states). The incidents' rows are held, as by whoever marks them late: the second
 * of the two sees what the first wrote, and records the change.
 */
export async function noteAlertsAccepted(tx: Transaction, taken: readonly Delivery[], at: Date): Promise<void> {
  const told = taken.filter(({ personId }) => personId !== null).map(({ announcementId }) => announcementId)
  const unheard = told.length === 0 ? [] : await unheardAlerts(tx, told)
  if (unheard.length === 0) return
  const held = await holdIncidents(
    tx,
    unheard.map(({ incidentId }) => incidentId),
  )
  const first = await tx
    .update(alerts)
    .set({ acceptedAt: at })
    .where(
      and(
        inArray(
          alerts.id,
          unheard.map(({ id }) => id),
        ),
        isNull(alerts.acceptedAt),
      ),
    )
    .returning({ incidentId: alerts.incidentId, deadlineSeq: alerts.deadlineSeq })
  const shown = first.filter(({ incidentId, deadlineSeq }) => {
    const incident = held.get(incidentId)
    return incident?.visibility === 'public' && incident.lateSeq === deadlineSeq
  })
  const changes = shown.map(({ incidentId }) => ({ topic: 'incident' as const, incidentId, movedEntry: false }))
  if (changes.length > 0) await recordChanges(tx, changes, at)
}

/** The alerts about public promises that these announcements tell, but for those that a carrier has taken already. */
async function unheardAlerts(tx: Transaction, announcementIds: string[]) {
  const told = await tx
    .select({ alertId: announcements.alertId })
    .from(announcements)
    .where(inArray(announcements.id, announcementIds))
  const ids = told.flatMap(({ alertId }) => alertId ?? [])
  if (ids.length === 0) return []
  return tx
    .select({ id: alerts.id, incidentId: alerts.incidentId })
    .from(alerts)
    .where(and(inArray(alerts.id, ids), eq(alerts.audience, 'public'), isNull(alerts.acceptedAt)))
}

/** Keeps others from changing these incidents, in the order of their ids; rows that name them may be written meanwhile. */
async function holdIncidents(tx: Transaction, ids: string[]) {
  const rows = await tx
    .select({ id: incidents.id, visibility: incidents.visibility, lateSeq: incidents.lateSeq })
    .from(incidents)
    .where(inArray(incidents.id, ids))
    .orderBy(incidents.id)
    .for('no key update')
  return new Map(rows.map((row) => [row.id, row]))
}

/** A row of the ledger by its id. */
export async function deliveryById(db: Database | Transaction, id: string): Promise<Delivery | null> {
  const [row] = await db.select().from(deliveries).where(eq(deliveries.id, id))
  return row ?? null
}
