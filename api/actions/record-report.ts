import { and, eq, inArray, isNotNull } from 'drizzle-orm'
import type { Transaction } from '../../db/client.ts'
import type { Delivery } from '../../db/queries/deliveries.ts'
import { noteAlertsAccepted } from '../../db/queries/outcomes.ts'
import {
  drawConsequence,
  type Evidence,
  forgetSoftBounces,
  type Returned,
  returnedOf,
} from '../../db/queries/returns.ts'
import { deliveries, heardReports, subscribers } from '../../db/schema.ts'
import { parseEmail } from '../domain/address.ts'
import type { DeliveryState } from '../domain/attempt.ts'
import { withoutAddresses } from '../domain/mail-outcomes.ts'
import type { News, Report } from '../domain/report.ts'
import type { Blame } from '../domain/suppression.ts'
import type { Recorder } from '../recorder.ts'
import type { Acting } from './acting.ts'

/** `unknown`: it names no message of ours that left the building. `heard`: told before. */
export interface Heard {
  outcome: 'unknown' | 'heard' | 'recorded'
  deliveryId: string | null
}

/**
 * Writes what became of a mail, and counts it: the delivery's state, and what follows for the address (standards E34,
 * E37–E42). Told twice, in any order, it ends in the same place; what names nothing of ours changes nothing.
 */
export async function recordReport(acting: Acting & { record: Recorder }, report: Report): Promise<Heard> {
  const { moved, ...heard } = await hear(acting, report)
  if (moved) acting.record.settled(moved.delivery, moved.state)
  return heard
}

/** What was heard, and what the delivery became by it. */
interface Moving extends Heard {
  moved?: { delivery: Delivery; state: DeliveryState } | null
}

const hear = (acting: Acting, report: Report): Promise<Moving> =>
  acting.db.transaction(async (tx) => {
    const delivery = await lockReported(tx, report)
    const returned = delivery ? returnedOf(delivery) : await knownReader(tx, report.address)
    if (!delivery && !returned) return { outcome: 'unknown', deliveryId: null }
    const deliveryId = delivery?.id ?? null
    if (!(await isNew(tx, report, deliveryId))) return { outcome: 'heard', deliveryId }
    const now = await acting.clock(tx)
    const state = delivery && (await moveDelivery(tx, delivery, report.news, now))
    if (returned) await concludeFor(tx, acting, report, { ...returned, delivery, now })
    return { outcome: 'recorded', deliveryId, moved: delivery && state && { delivery, state } }
  })

/** The delivery, locked: one that has begun to leave, and, where the report says whom it is about, went there. */
async function lockReported(tx: Transaction, { deliveryIds, providerId, address }: Report): Promise<Delivery | null> {
  const wanted = [
    ...(deliveryIds.length > 0 ? [inArray(deliveries.id, deliveryIds)] : []),
    ...(providerId ? [eq(deliveries.providerId, providerId)] : []),
  ]
  for (const which of wanted) {
    const rows = await tx
      .select()
      .from(deliveries)
      .where(and(which, eq(deliveries.channel, 'email'), isNotNull(deliveries.sendingAt)))
      .for('update')
    const found = rows.find((row) => address === null || keyOf(row.address) === keyOf(address))
    if (found) return found
  }
  return null
}

const keyOf = (address: string): string | null => {
  const parsed = parseEmail(address)
  return 'key' in parsed ? parsed.key : null
}

/** A provider's own word on an address counts only when somebody of ours has it: others may share the account. */
async function knownReader(tx: Transaction, address: string | null): Promise<Returned | null> {
  const addressKey = address === null ? null : keyOf(address)
  if (addressKey === null) return null
  const rows = await tx
    .select({ id: subscribers.id })
    .from(subscribers)
    .where(and(eq(subscribers.channel, 'email'), eq(subscribers.addressKey, addressKey)))
  return rows.length > 0 ? { channel: 'email', addressKey } : null
}

async function isNew(tx: Transaction, report: Report, deliveryId: string | null): Promise<boolean> {
  const event = report.eventId ?? `${deliveryId}:${report.news.kind}`
  const rows = await tx
    .insert(heardReports)
    .values({ id: `${report.source}:${event}` })
    .onConflictDoNothing()
    .returning({ id: heardReports.id })
  return rows.length > 0
}

/** States that news may still move; after `bounced` comes nothing, and before it anything may (standards E39). */
const ON_THE_WAY = ['sending', 'unknown', 'accepted', 'failed_for_now'] as const
const MOVED_BY = { bounced: [...ON_THE_WAY, 'delivered'], delivered: ON_THE_WAY } as const

/** The state that the news brought it into; null where it stays as it is. */
async function moveDelivery(tx: Transaction, delivery: Delivery, news: News, now: Date): Promise<DeliveryState | null> {
  if (news.kind !== 'bounced' && news.kind !== 'delivered') return null
  if (!MOVED_BY[news.kind].some((state) => state === delivery.state)) return null
  const settled = { leaseUntil: null, nextAttemptAt: null, acceptedAt: delivery.acceptedAt ?? now }
  await tx
    .update(deliveries)
    .set(
      news.kind === 'delivered'
        ? { ...settled, state: 'delivered', deliveredAt: now, code: null, enhancedCode: null, reason: null }
        : {
            ...settled,
            state: 'bounced',
            bouncedAt: now,
            enhancedCode: news.enhancedCode,
            reason: withoutAddresses(news.words ?? news.meaning),
          },
    )
    .where(eq(deliveries.id, delivery.id))
  if (news.kind === 'delivered') await noteAlertsAccepted(tx, [delivery], now)
  return news.kind
}

async function concludeFor(
  tx: Transaction,
  { secrets }: Acting,
  { source, news }: Report,
  about: Omit<Evidence, 'source' | 'code'>,
): Promise<void> {
  const code = news.kind === 'bounced' ? news.enhancedCode : null
  if (news.kind === 'delivered') await forgetSoftBounces(tx, about)
  else await drawConsequence(tx, secrets, blameBy(news), { ...about, source, code })
}

/** What news of a mail say against its address. */
function blameBy(news: Exclude<News, { kind: 'delivered' }>): Blame {
  if (news.kind === 'complaint' || news.kind === 'opted_out') return { kind: 'suppress', reason: news.kind }
  switch (news.meaning) {
    case 'hard':
      return { kind: 'suppress', reason: 'bounce' }
    case 'soft':
      return { kind: 'count' }
    case 'blameless':
      return { kind: 'none' }
  }
}
