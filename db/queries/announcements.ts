import { CHANNELS, type Channel } from '../../api/domain/attempt.ts'
import {
  expiryOfAlert,
  expiryOfCorrection,
  expiryOfHoldingNotice,
  expiryOfMaintenance,
  expiryOfUpdate,
} from '../../api/domain/freshness.ts'
import { type Severity, severityRank } from '../../api/domain/severity.ts'
import type { Transaction } from '../client.ts'
import { newId } from '../ids.ts'
import { announcements, deliveries, type maintenanceUpdates } from '../schema.ts'
import type { Correction } from './corrections.ts'
import type { Incident, Update } from './incidents.ts'
import { wake } from './wake.ts'

/** Confirmations and alerts wait for nobody's update. */
const FIRST = 0

/** Planned work waits for every word on an incident. */
const LAST = 4

/** Announces a published public update to those who subscribed; each gets their row soon after (standards R2). */
export async function queueUpdateAnnouncement(tx: Transaction, update: Update, now: Date): Promise<string> {
  const id = newId()
  await tx.insert(announcements).values({
    id,
    kind: 'update',
    audience: 'public',
    incidentId: update.incidentId,
    updateId: update.id,
    severity: update.severity,
    priority: severityRank(update.severity),
    expiresAt: expiryOfUpdate(update, now),
    createdAt: now,
  })
  await wake(tx, 'fan_out')
  return id
}

/** Announces a holding notice to those who want every word on its incident; it is news for an hour, or until we speak. */
export async function queueHoldingNotice(
  tx: Transaction,
  notice: { id: string; incidentId: string },
  { severity, now }: { severity: Severity; now: Date },
): Promise<string> {
  const id = newId()
  await tx.insert(announcements).values({
    id,
    kind: 'holding_notice',
    audience: 'public',
    incidentId: notice.incidentId,
    holdingNoticeId: notice.id,
    severity,
    priority: severityRank(severity),
    expiresAt: expiryOfHoldingNotice(now),
    createdAt: now,
  })
  await wake(tx, 'fan_out')
  return id
}

/** Announces a correction to those who were sent the words it corrects. */
export async function queueCorrectionAnnouncement(
  tx: Transaction,
  incident: Pick<Incident, 'severity'>,
  correction: Correction,
): Promise<string> {
  const id = newId()
  await tx.insert(announcements).values({
    id,
    kind: 'correction',
    audience: 'public',
    incidentId: correction.incidentId,
    updateId: correction.updateId,
    correctionId: correction.id,
    severity: incident.severity,
    priority: severityRank(incident.severity),
    expiresAt: expiryOfCorrection(correction.createdAt),
    createdAt: correction.createdAt,
  })
  await wake(tx, 'fan_out')
  return id
}

/** Announces a step of a maintenance to those who want to hear of planned work; answers the announcement's id. */
export async function queueMaintenanceAnnouncement(
  tx: Transaction,
  update: typeof maintenanceUpdates.$inferSelect,
  now: Date,
): Promise<string> {
  const id = newId()
  await tx.insert(announcements).values({
    id,
    kind: 'maintenance',
    audience: 'public',
    maintenanceUpdateId: update.id,
    priority: LAST,
    expiresAt: expiryOfMaintenance(update, now),
    createdAt: now,
  })
  await wake(tx, 'fan_out')
  return id
}

/** Announces rungs of the silence ladder to staff; whom each reaches is found when it is told (standards R16). */
export async function queueAlerts(
  tx: Transaction,
  alerts: readonly { id: string; incidentId: string; severity: Severity }[],
  now: Date,
): Promise<void> {
  if (alerts.length === 0) return
  const told = { kind: 'alert', audience: 'internal', priority: FIRST, expiresAt: expiryOfAlert(now) } as const
  await tx.insert(announcements).values(
    alerts.map(({ id, incidentId, severity }) => ({
      ...told,
      id: newId(),
      incidentId,
      alertId: id,
      severity,
      createdAt: now,
    })),
  )
  await wake(tx, 'fan_out')
}

/** Sends a sign-up its link or its six digits; not later than they are good for. */
export async function queueConfirmation(
  tx: Transaction,
  confirmation: { id: string; channel: Channel; address: string; expiresAt: Date },
  now: Date,
): Promise<string> {
  const told = { audience: 'public', priority: FIRST, expiresAt: confirmation.expiresAt } as const
  const announcementId = newId()
  await tx.insert(announcements).values({
    ...told,
    id: announcementId,
    kind: 'confirmation',
    confirmationId: confirmation.id,
    createdAt: now,
    fannedOutAt: now,
  })
  await tx.insert(deliveries).values({
    ...told,
    id: newId(),
    announcementId,
    confirmationId: confirmation.id,
    lane: 'public',
    channel: confirmation.channel,
    address: confirmation.address,
    queuedAt: now,
    nextAttemptAt: now,
  })
  await wake(tx, 'deliver')
  return announcementId
}

/**
 * Sends a person a test alert on each of these channels that they have an address for; each carries a link that proves
 * the address to be theirs. Answers the channels used.
 */
export async function queueTest(
  tx: Transaction,
  person: { id: string; email: string; phone: string | null; webhookUrl: string | null },
  channels: readonly Channel[],
  now: Date,
): Promise<Channel[]> {
  const told = { audience: 'internal', priority: FIRST, expiresAt: expiryOfAlert(now) } as const
  const announcementId = newId()
  const to = addressesOf(person).filter(({ channel }) => channels.includes(channel))
  if (to.length === 0) return []
  await tx.insert(announcements).values({ ...told, id: announcementId, kind: 'test', createdAt: now, fannedOutAt: now })
  const rows = to.map((each) => ({ ...told, ...each, id: newId(), announcementId, personId: person.id }))
  await tx
    .insert(deliveries)
    .values(rows.map((row) => ({ ...row, lane: 'staff' as const, queuedAt: now, nextAttemptAt: now })))
  await wake(tx, 'deliver')
  return to.map(({ channel }) => channel)
}

/** Where a member of staff is told on these channels: by mail instead of SMS where their phone has opted out. */
export const waysTo = (
  person: Parameters<typeof addressesOf>[0] & { textsEnded: boolean },
  channels: readonly Channel[] = CHANNELS,
): ReturnType<typeof addressesOf> =>
  addressesOf(person.textsEnded ? { ...person, phone: null } : person).filter(
    ({ channel }) =>
      channels.includes(channel) || (person.textsEnded && channel === 'email' && channels.includes('sms')),
  )

/** Where staff are reached today: mail always, SMS when they have a phone, a webhook when they have named one. */
export const addressesOf = (person: {
  email: string
  phone: string | null
  webhookUrl: string | null
}): { channel: Channel; address: string }[] => [
  { channel: 'email', address: person.email },
  ...(person.phone ? [{ channel: 'sms' as const, address: person.phone }] : []),
  ...(person.webhookUrl ? [{ channel: 'webhook' as const, address: person.webhookUrl }] : []),
]
