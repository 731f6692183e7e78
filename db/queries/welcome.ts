import { and, asc, desc, eq, getTableColumns, inArray, ne } from 'drizzle-orm'
import { isEventLog } from '../../api/domain/attempt.ts'
import { DAY, plus } from '../../api/domain/duration.ts'
import { EVENT_LIFE, expiryOfWelcome } from '../../api/domain/freshness.ts'
import { severityRank } from '../../api/domain/severity.ts'
import type { Transaction } from '../client.ts'
import { newId } from '../ids.ts'
import { announcements, deliveries, incidents, subscribers, updates } from '../schema.ts'
import { concernOf, hears } from './audience.ts'
import { now as queuedNow } from './deliveries.ts'
import type { Update } from './incidents.ts'
import { admitReader, takeTurns } from './turns.ts'
import { wake } from './wake.ts'

/** Somebody who has just been let in. */
type NewReader = Pick<typeof subscribers.$inferSelect, 'id' | 'list' | 'channel' | 'address'>

/**
 * Tells somebody who has just confirmed the latest word on each open incident that concerns them; answers how many.
 * An update that is told them anyway replaces the one that waits, and a correction reaches them or is in it already.
 */
export async function queueWelcome(tx: Transaction, subscriber: NewReader, now: Date): Promise<number> {
  await admitReader(tx)
  const open = await openIncidents(tx)
  for (const incidentId of open) await takeTurns(tx, incidentId)
  // Not before the turns are taken: while waiting for them, something newer may have been said.
  const words = await openWordsFor(tx, subscriber.id, open)
  for (const update of words) await queueWelcomeWord(tx, subscriber, update, now)
  if (words.length > 0) await wake(tx, 'deliver')
  return words.length
}

/** The most patient of all: news goes first. */
const LAST = 4

/** Texts somebody who has just confirmed the link to their own choices: a code had no room for it. */
export async function queueSmsWelcome(
  tx: Transaction,
  subscriber: { id: string; address: string },
  now: Date,
): Promise<void> {
  const told = { audience: 'public', priority: LAST, expiresAt: plus(now, DAY) } as const
  const announcementId = newId()
  await tx
    .insert(announcements)
    .values({ ...told, id: announcementId, kind: 'welcome', createdAt: now, fannedOutAt: now })
  await tx.insert(deliveries).values({
    ...told,
    id: newId(),
    announcementId,
    subscriberId: subscriber.id,
    lane: 'public',
    channel: 'sms',
    address: subscriber.address,
    queuedAt: now,
    nextAttemptAt: now,
  })
  await wake(tx, 'deliver')
}

const isOpen = and(eq(incidents.visibility, 'public'), ne(incidents.status, 'resolved'))

async function openIncidents(tx: Transaction): Promise<string[]> {
  const rows = await tx.select({ id: incidents.id }).from(incidents).where(isOpen).orderBy(asc(incidents.id))
  return rows.map(({ id }) => id)
}

/** The latest public word on each of these incidents that is still open, where this subscriber wants to hear about it. */
async function openWordsFor(tx: Transaction, subscriberId: string, incidentIds: readonly string[]): Promise<Update[]> {
  const latest = await tx
    .selectDistinctOn([updates.incidentId], getTableColumns(updates))
    .from(updates)
    .innerJoin(incidents, eq(incidents.id, updates.incidentId))
    .where(
      and(
        inArray(incidents.id, [...incidentIds]),
        eq(updates.state, 'published'),
        eq(updates.audience, 'public'),
        isOpen,
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
    .where(and(eq(subscribers.id, subscriberId), hears(concern)))
  return rows.length > 0
}

async function queueWelcomeWord(tx: Transaction, subscriber: NewReader, update: Update, now: Date): Promise<void> {
  const told = {
    audience: subscriber.list === 'staff' ? 'internal' : 'public',
    incidentId: update.incidentId,
    updateId: update.id,
    priority: severityRank(update.severity),
    expiresAt: isEventLog(subscriber.channel) ? plus(now, EVENT_LIFE) : expiryOfWelcome(update, now),
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
    // Not the caller's time: since then somebody may have corrected these words.
    queuedAt: queuedNow as never,
    nextAttemptAt: now,
  })
}
