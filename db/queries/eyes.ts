import { inArray, sql } from 'drizzle-orm'
import type { Eyes, Kept } from '../../api/domain/eyes.ts'
import type { Transaction } from '../client.ts'
import { componentAudiences } from '../schema.ts'
import type { Reader } from './cadence.ts'

/**
 * From here to the end of the transaction, the public views show what these eyes may see. It is a setting of the
 * transaction alone, so that no connection is ever handed on with somebody else's eyes.
 */
export const lookThrough = (tx: Transaction, eyes: Eyes) =>
  tx.execute(sql`select set_config('sitrep.eyes', ${eyes === 'all' ? '*' : eyes.join(',')}, true)`)

/** Which of these components are private, with the audiences that may see them. */
export async function audiencesOf(db: Reader, componentIds: readonly string[]): Promise<Kept> {
  if (componentIds.length === 0) return new Map()
  const rows = await db
    .select()
    .from(componentAudiences)
    .where(inArray(componentAudiences.componentId, [...componentIds]))
    .orderBy(componentAudiences.audienceId)
  const by = Map.groupBy(rows, (row) => row.componentId)
  return new Map([...by].map(([component, of]) => [component, of.map((row) => row.audienceId)]))
}

/** Which audiences each of these subscribers belongs to at this moment, by the links they came by. */
export async function rightsOf(db: Reader, subscriberIds: readonly string[]): Promise<Map<string, string[]>> {
  if (subscriberIds.length === 0) return new Map()
  const rows = await db.execute<{ subscriber_id: string; audience_id: string }>(sql`
    select subscriber_id, audience_id from subscriber_rights
    where ${inArray(sql`subscriber_id`, [...subscriberIds])} order by audience_id`)
  const by = Map.groupBy(rows, (row) => row.subscriber_id)
  return new Map([...by].map(([subscriber, of]) => [subscriber, of.map((row) => row.audience_id)]))
}
