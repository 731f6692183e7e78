import { and, asc, eq, inArray, isNull, lt, not, type SQL } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import type { DeliveryState } from '../../api/domain/attempt.ts'
import type { Kept } from '../../api/domain/retention.ts'
import type { Transaction } from '../client.ts'
import {
  announcements,
  composerDrafts,
  confirmations,
  deliveries,
  drafts,
  heardReports,
  inboundMessages,
  invitations,
  replyCodes,
  sessions,
  softBounces,
  subscribers,
  suppressions,
  verifications,
} from '../schema.ts'
import { forgetReturns } from './suppressions.ts'

/** Deletes up to `count` rows of what is older than `before`; answers how many there were. */
export type Forget = (tx: Transaction, before: Date, count: number) => Promise<number>

/** How each kind of what is kept is deleted; rows that somebody holds are left for the next time. */
export const FORGET: Record<Kept, Forget> = {
  sign_ups: forgetSignUps,
  deliveries: (tx, before, count) =>
    forgetRows(
      tx,
      deliveries,
      deliveries.id,
      and(lt(deliveries.queuedAt, before), not(inArray(deliveries.state, LIVING)))!,
      count,
    ),
  inbound_messages: (tx, before, count) =>
    forgetRows(tx, inboundMessages, inboundMessages.id, lt(inboundMessages.receivedAt, before), count),
  ended_subscriptions: forgetEnded,
  lifted_suppressions: (tx, before, count) =>
    forgetRows(tx, suppressions, suppressions.id, lt(suppressions.liftedAt, before), count),
  ended_drafts: (tx, before, count) =>
    forgetRows(tx, drafts, drafts.id, and(lt(drafts.lastAlertAt, before), isNull(drafts.incidentId))!, count),
  composer_drafts: async (tx, before) =>
    (await tx.delete(composerDrafts).where(lt(composerDrafts.savedAt, before)).returning({ form: composerDrafts.form }))
      .length,
  reply_codes: (tx, before, count) =>
    forgetRows(tx, replyCodes, replyCodes.id, lt(replyCodes.expiresAt, before), count),
  sessions: (tx, before, count) => forgetRows(tx, sessions, sessions.id, lt(sessions.expiresAt, before), count),
  invitations: (tx, before, count) =>
    forgetRows(tx, invitations, invitations.tokenHash, lt(invitations.expiresAt, before), count),
  verifications: (tx, before, count) =>
    forgetRows(tx, verifications, verifications.id, lt(verifications.expiresAt, before), count),
  soft_bounces: (tx, before, count) => forgetRows(tx, softBounces, softBounces.id, lt(softBounces.at, before), count),
  heard_reports: (tx, before, count) =>
    forgetRows(tx, heardReports, heardReports.id, lt(heardReports.heardAt, before), count),
}

/** What still waits or is under way is not the past. */
const LIVING: DeliveryState[] = ['queued', 'claimed', 'sending', 'failed_for_now']

async function forgetRows(tx: Transaction, table: PgTable, id: PgColumn, old: SQL, count: number): Promise<number> {
  const ids = tx.select({ id }).from(table).where(old).limit(count).for('update', { skipLocked: true })
  const gone = await tx.delete(table).where(inArray(id, ids)).returning({ id })
  return gone.length
}

/** With the announcements and messages that asked for the proof. */
async function forgetSignUps(tx: Transaction, before: Date, count: number): Promise<number> {
  const rows = await tx
    .select({ id: confirmations.id })
    .from(confirmations)
    .where(lt(confirmations.createdAt, before))
    .orderBy(asc(confirmations.createdAt))
    .limit(count)
    .for('update', { skipLocked: true })
  const ids = rows.map(({ id }) => id)
  if (ids.length === 0) return 0
  await tx.delete(deliveries).where(inArray(deliveries.confirmationId, ids))
  await tx.delete(announcements).where(inArray(announcements.confirmationId, ids))
  await tx.delete(confirmations).where(inArray(confirmations.id, ids))
  return ids.length
}

/** With notices about their endpoints; of their suppressions the keyed hash stays (standards E42). */
async function forgetEnded(tx: Transaction, before: Date, count: number): Promise<number> {
  const rows = await tx
    .select({ id: subscribers.id, channel: subscribers.channel, addressKey: subscribers.addressKey })
    .from(subscribers)
    .where(and(eq(subscribers.state, 'ended'), lt(subscribers.endedAt, before)))
    .limit(count)
    .for('update', { skipLocked: true })
  const ids = rows.map(({ id }) => id)
  if (ids.length === 0) return 0
  const notices = tx
    .select({ id: announcements.id })
    .from(announcements)
    .where(inArray(announcements.subscriberId, ids))
  await tx.delete(deliveries).where(inArray(deliveries.announcementId, notices))
  await tx.delete(announcements).where(inArray(announcements.subscriberId, ids))
  await tx.delete(subscribers).where(inArray(subscribers.id, ids))
  for (const channel of new Set(rows.map((row) => row.channel)))
    await forgetReturns(
      tx,
      channel,
      rows.filter((row) => row.channel === channel).map(({ addressKey }) => addressKey),
    )
  return ids.length
}
