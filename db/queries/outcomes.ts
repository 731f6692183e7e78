import { and, eq, getTableColumns, isNull, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../client.ts'
import { alerts, announcements, deliveries, incidents } from '../schema.ts'
import type { Delivery } from './deliveries.ts'
import { recordChange } from './site-changes.ts'

/** Milliseconds from now, by the database's clock. */
export const inMilliseconds = (wait: number) =>
  sql`sitrep_now() + make_interval(secs => ${wait / 1000}::double precision)`

/**
 * An alert that a carrier took: from now on the page may say that the team has been alerted, if it is late on this very
 * promise (standards R12; DESIGN, special states). The incident's row is held, as by whoever marks it late: the second of
 * the two sees what the first wrote, and records the change.
 */
export async function noteAlertAccepted(tx: Transaction, delivery: Delivery, at: Date): Promise<void> {
  const alert = delivery.personId && (await unheardAlert(tx, delivery.announcementId))
  if (!alert) return
  const incident = await holdIncident(tx, alert.incidentId)
  const first = await tx
    .update(alerts)
    .set({ acceptedAt: at })
    .where(and(eq(alerts.id, alert.id), isNull(alerts.acceptedAt)))
    .returning({ id: alerts.id })
  if (first.length > 0 && incident?.visibility === 'public' && incident.lateSeq === alert.deadlineSeq)
    await recordChange(tx, { topic: 'incident', incidentId: alert.incidentId, movedEntry: false }, at)
}

/** The alert about a public promise that an announcement tells, unless a carrier has taken it already. */
async function unheardAlert(tx: Transaction, announcementId: string): Promise<typeof alerts.$inferSelect | null> {
  const [row] = await tx
    .select(getTableColumns(alerts))
    .from(alerts)
    .innerJoin(announcements, eq(announcements.alertId, alerts.id))
    .where(and(eq(announcements.id, announcementId), eq(alerts.audience, 'public'), isNull(alerts.acceptedAt)))
  return row ?? null
}

/** Keeps others from changing the incident; rows that name it may be written meanwhile. */
async function holdIncident(tx: Transaction, id: string) {
  const [row] = await tx
    .select({ visibility: incidents.visibility, lateSeq: incidents.lateSeq })
    .from(incidents)
    .where(eq(incidents.id, id))
    .for('no key update')
  return row ?? null
}

/** A row of the ledger by its id. */
export async function deliveryById(db: Database | Transaction, id: string): Promise<Delivery | null> {
  const [row] = await db.select().from(deliveries).where(eq(deliveries.id, id))
  return row ?? null
}
