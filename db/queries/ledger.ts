import { and, desc, eq, lt, or, sql } from 'drizzle-orm'
import type { Channel, DeliveryState } from '../../api/domain/attempt.ts'
import { deliveries, siteTargets } from '../schema.ts'
import type { Reader } from './cadence.ts'

export interface LedgerFilter {
  incidentId: string
  updateId?: string | undefined
  channel?: Channel | undefined
  state?: DeliveryState | undefined
}

const matching = ({ incidentId, updateId, channel, state }: LedgerFilter) =>
  and(
    eq(deliveries.incidentId, incidentId),
    updateId ? eq(deliveries.updateId, updateId) : undefined,
    channel ? eq(deliveries.channel, channel) : undefined,
    state ? eq(deliveries.state, state) : undefined,
  )

/** Rows of the ledger, newest first. */
export const ledgerRows = (
  reader: Reader,
  filter: LedgerFilter,
  page: { after?: { queuedAt: Date; id: string } | undefined; limit: number },
) =>
  reader
    .select()
    .from(deliveries)
    .where(
      and(
        matching(filter),
        page.after &&
          or(
            lt(deliveries.queuedAt, page.after.queuedAt),
            and(eq(deliveries.queuedAt, page.after.queuedAt), lt(deliveries.id, page.after.id)),
          ),
      ),
    )
    .orderBy(desc(deliveries.queuedAt), desc(deliveries.id))
    .limit(page.limit)

/** How many rows stand in which state, by channel: `{ email: { accepted: 12 } }`. */
export async function ledgerCounts(reader: Reader, filter: LedgerFilter) {
  const rows = await reader
    .select({ channel: deliveries.channel, state: deliveries.state, count: sql<number>`count(*)::int` })
    .from(deliveries)
    .where(matching(filter))
    .groupBy(deliveries.channel, deliveries.state)
  const counts: Partial<Record<Channel, Partial<Record<DeliveryState, number>>>> = {}
  for (const { channel, state, count } of rows) counts[channel] = { ...counts[channel], [state]: count }
  return counts
}

/** Where each target of the published site stands. */
export const siteTargetStates = (reader: Reader) => reader.select().from(siteTargets)
