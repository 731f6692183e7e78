import { and, desc, eq, gte, inArray, lt, min, or, type SQL, sql } from 'drizzle-orm'
import type { Channel, DeliveryState } from '../../api/domain/attempt.ts'
import { type DeliveryCounts, FAILED } from '../../api/domain/delivery-counts.ts'
import { deliveries, siteChanges, siteTargets, updates } from '../schema.ts'
import type { Reader } from './cadence.ts'

/** Whose rows: those of an incident (alerts to staff too), of one of its updates, or of one announcement. */
export type LedgerScope = { incidentId: string; updateId?: string | undefined } | { announcementId: string }

/** Which of them. */
export interface LedgerFilter {
  channel?: Channel | undefined
  states?: readonly DeliveryState[] | undefined
}

/**
 * SQL: the row is within the scope. An update's rows are found by the update alone, so that counting them reads nothing
 * but an index (`deliveries_board`); that it is the incident's is asked once, not of each row.
 */
export function withinScope(scope: LedgerScope): SQL {
  if ('announcementId' in scope) return eq(deliveries.announcementId, scope.announcementId)
  const { incidentId, updateId } = scope
  if (!updateId) return eq(deliveries.incidentId, incidentId)
  return sql`${deliveries.updateId} = ${updateId}
    and exists (select 1 from ${updates} where ${updates.id} = ${updateId} and ${updates.incidentId} = ${incidentId})`
}

/** Rows of the ledger, newest first. */
export const ledgerRows = (
  reader: Reader,
  scope: LedgerScope,
  { channel, states }: LedgerFilter,
  page: { after?: { queuedAt: Date; id: string } | undefined; limit: number },
) =>
  reader
    .select()
    .from(deliveries)
    .where(
      and(
        withinScope(scope),
        channel && eq(deliveries.channel, channel),
        states && inArray(deliveries.state, [...states]),
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
export async function ledgerCounts(reader: Reader, scope: LedgerScope): Promise<DeliveryCounts> {
  const rows = await reader
    .select({ channel: deliveries.channel, state: deliveries.state, count: sql<number>`count(*)::int` })
    .from(deliveries)
    .where(withinScope(scope))
    .groupBy(deliveries.channel, deliveries.state)
  const counts: DeliveryCounts = {}
  for (const { channel, state, count } of rows) counts[channel] = { ...counts[channel], [state]: count }
  return counts
}

/** What did not arrive, counted by the carrier's codes. */
export const ledgerFailures = (reader: Reader, scope: LedgerScope) =>
  reader
    .select({
      channel: deliveries.channel,
      state: deliveries.state,
      code: deliveries.code,
      enhancedCode: deliveries.enhancedCode,
      count: sql<number>`count(*)::int`,
    })
    .from(deliveries)
    .where(and(withinScope(scope), inArray(deliveries.state, FAILED)))
    .groupBy(deliveries.channel, deliveries.state, deliveries.code, deliveries.enhancedCode)

/** Where each target of the published site stands. */
export const siteTargetStates = (reader: Reader) => reader.select().from(siteTargets).orderBy(siteTargets.name)

/** The first revision that shows what changed of an incident or a maintenance since then; null when nothing did. */
export async function revisionSince(
  reader: Reader,
  of: { incidentId: string } | { maintenanceId: string },
  since: Date,
): Promise<number | null> {
  const mine =
    'incidentId' in of ? eq(siteChanges.incidentId, of.incidentId) : eq(siteChanges.maintenanceId, of.maintenanceId)
  const [row] = await reader
    .select({ revision: min(siteChanges.revision) })
    .from(siteChanges)
    .where(and(mine, gte(siteChanges.at, since)))
  return row?.revision ?? null
}
