import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Database, Transaction } from '../client.ts'
import { alerts, announcements, deliveries, incidents, subscribers } from '../schema.ts'
import type { Delivery } from './deliveries.ts'
import { recordChange } from './site-changes.ts'

/** Milliseconds from now, by the database's clock. */
export const inMilliseconds = (wait: number) =>
  sql`sitrep_now() + make_interval(secs => ${wait / 1000}::double precision)`

/**
 * An alert that a carrier took: from now on the page may say that the team has been alerted, if it is late on this very
 * promise (standards R12; DESIGN, special states).
 */
export async function noteAlertAccepted(tx: Transaction, delivery: Delivery, at: Date): Promise<void> {
  if (!delivery.personId || !delivery.incidentId) return
  const [alert] = await tx
    .update(alerts)
    .set({ acceptedAt: at })
    .from(announcements)
    .where(
      and(
        eq(announcements.id, delivery.announcementId),
        eq(alerts.id, announcements.alertId),
        isNull(alerts.acceptedAt),
      ),
    )
    .returning({ incidentId: alerts.incidentId, deadlineSeq: alerts.deadlineSeq })
  if (!alert) return
  const [incident] = await tx
    .select({ visibility: incidents.visibility, lateSeq: incidents.lateSeq })
    .from(incidents)
    .where(eq(incidents.id, alert.incidentId))
  if (incident?.visibility === 'public' && incident.lateSeq === alert.deadlineSeq)
    await recordChange(tx, { topic: 'incident', incidentId: alert.incidentId }, at)
}

/** Ends the subscription of a reader whose carrier says that they have opted out (21610). */
export async function noteOptedOut(db: Database | Transaction, delivery: Delivery, at: Date): Promise<void> {
  if (!delivery.subscriberId) return
  await db
    .update(subscribers)
    .set({ state: 'ended', endedAt: at, endedBy: 'carrier', updatedAt: at })
    .where(and(eq(subscribers.id, delivery.subscriberId), eq(subscribers.state, 'active')))
}

/** A row of the ledger by its id. */
export async function deliveryById(db: Database | Transaction, id: string): Promise<Delivery | null> {
  const [row] = await db.select().from(deliveries).where(eq(deliveries.id, id))
  return row ?? null
}
