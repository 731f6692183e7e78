import { asc, desc, inArray } from 'drizzle-orm'
import type { HoldingNoticeSeen } from '../../api/domain/snapshot.ts'
import type { Queryable } from '../client.ts'
import { publicHoldingNotices } from '../schema/views.ts'
import { collect } from './collect.ts'

/** The holding notices of these incidents as outsiders see them, by incident, newest first. */
export async function publicNoticesOf(
  tx: Queryable,
  ids: readonly string[],
): Promise<Map<string, HoldingNoticeSeen[]>> {
  const rows = await tx
    .select()
    .from(publicHoldingNotices)
    .where(inArray(publicHoldingNotices.incidentId, [...ids]))
    .orderBy(desc(publicHoldingNotices.publishedAt), asc(publicHoldingNotices.id))
  return collect(rows, ({ incidentId, ...notice }) => [incidentId, notice])
}
