import { and, desc, eq, getTableColumns, ne } from 'drizzle-orm'
import type { Channel } from '../../api/domain/attempt.ts'
import { expiryOfAlert, expiryOfUpdate, expiryOfWelcome } from '../../api/domain/freshness.ts'
import { type Severity, severityRank } from '../../api/domain/severity.ts'
import type { Transaction } from '../client.ts'
import { newId } from '../ids.ts'
import { announcements, deliveries, incidents, subscribers, updates } from '../schema.ts'
import { concernOf, wants } from './audience.ts'
import type { Update } from './incidents.ts'
import { wake } from './wake.ts'

/** Confirmations and alerts wait for nobody's update. */
const FIRST = 0

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

/** Announces a rung of the silence ladder to staff; whom it reaches is found when it is told (standards R16). */
export async function queueAlert(
  tx: Transaction,
  alert: { id: string; incidentId: string; severity: Severity },
  now: Date,
): Promise<string> {
  const id = newId()
  await tx.insert(announcements).values({
    id,
    kind: 'alert',
    audience: 'internal',
    incidentId: alert.incidentId,
    alertId: alert.id,
    severity: alert.severity,
    priority: FIRST,
    expiresAt: expiryOfAlert(now),
    createdAt: now,
  })
  await wake(tx, 'fan_out')
  return id
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
 * Tells somebody who has just confirmed the latest word on each open incident that concerns them; answers how many.
 * An update that is told them anyway replaces the one that waits.
 */
export async function queueWelcome(
  tx: Transaction,
  subscriber: { id: string; channel: Channel; address: string },
  now: Date,
): Promise<number> {
  const words = await openWordsFor(tx, subscriber.id)
  for (const update of words) await queueWelcomeWord(tx, subscriber, update, now)
  if (words.length > 0) await wake(tx, 'deliver')
  return words.length
}

/** The latest public word on each open incident, of those this subscriber wants to hear about. */
async function openWordsFor(tx: Transaction, subscriberId: string): Promise<Update[]> {
  const latest = await tx
    .selectDistinctOn([updates.incidentId], getTableColumns(updates))
    .from(updates)
    .innerJoin(incidents, eq(incidents.id, updates.incidentId))
    .where(
      and(
        eq(updates.state, 'published'),
        eq(updates.audience, 'public'),
        eq(incidents.visibility, 'public'),
        ne(incidents.status, 'resolved'),
      ),
    )
    .orderBy(updates.incidentId, desc(updates.seq))
  const wanted: Update[] = []
  for (const update of latest) if (await isWanted(tx, subscriberId, update)) wanted.push(update)
  return wanted
}

async function isWanted(tx: Transaction, subscriberId: string, update: Update): Promise<boolean> {
  const concern = { ...(await concernOf(tx, update)), milestone: true }
  const rows = await tx
    .select({ id: subscribers.id })
    .from(subscribers)
    .where(and(eq(subscribers.id, subscriberId), wants(concern)))
  return rows.length > 0
}

async function queueWelcomeWord(
  tx: Transaction,
  subscriber: { id: string; channel: Channel; address: string },
  update: Update,
  now: Date,
): Promise<void> {
  const told = {
    audience: 'public',
    incidentId: update.incidentId,
    updateId: update.id,
    priority: severityRank(update.severity),
    expiresAt: expiryOfWelcome(update, now),
  } as const
  const announcementId = newId()
  await tx.insert(announcements).values({
    ...told,
    id: announcementId,
    kind: 'welcome',
    severity: update.severity,
    createdAt: now,
    fannedOutAt: now,
  })
  await tx.insert(deliveries).values({
    ...told,
    id: newId(),
    announcementId,
    subscriberId: subscriber.id,
    lane: 'public',
    channel: subscriber.channel,
    address: subscriber.address,
    queuedAt: now,
    nextAttemptAt: now,
  })
}

/**
 * Sends a person a test alert on each of these channels that they have an address for; each carries a link that proves
 * the address to be theirs. Answers the channels used.
 */
export async function queueTest(
  tx: Transaction,
  person: { id: string; email: string; phone: string | null },
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

/** Where staff are reached today: mail always, SMS when they have a phone. */
export const addressesOf = (person: {
  email: string
  phone: string | null
}): { channel: Channel; address: string }[] => [
  { channel: 'email', address: person.email },
  ...(person.phone ? [{ channel: 'sms' as const, address: person.phone }] : []),
]
