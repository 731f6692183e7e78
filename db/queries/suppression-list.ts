import { and, desc, eq, inArray, isNotNull, isNull, lt, or, type SQL } from 'drizzle-orm'
import type { Channel } from '../../api/domain/attempt.ts'
import type { Secrets } from '../../api/domain/signature.ts'
import { addressHashes, type SuppressionReason } from '../../api/domain/suppression.ts'
import type { Queryable } from '../client.ts'
import { people, suppressions } from '../schema.ts'
import type { Suppression } from './suppressions.ts'

/** Which suppressions to list; without `address` those of everybody. */
export interface SuppressionFilter {
  state: 'in_force' | 'lifted' | 'all'
  channel?: Channel | undefined
  reason?: SuppressionReason | undefined
  /** One address: found by its keyed hash, also after it has been erased. */
  address?: { channel: Channel; key: string; secrets: Secrets } | undefined
}

/** The position of a row in the list: newest first, then by id. */
export interface SuppressionPosition {
  createdAt: Date
  id: string
}

export type ListedSuppression = Suppression & { liftedByName: string | null }

/** Suppressions, newest first. */
export async function suppressionRows(
  db: Pick<Queryable, 'select'>,
  filter: SuppressionFilter,
  { after, limit }: { after?: SuppressionPosition | undefined; limit: number },
): Promise<ListedSuppression[]> {
  const rows = await db
    .select({ suppression: suppressions, liftedByName: people.name })
    .from(suppressions)
    .leftJoin(people, eq(people.id, suppressions.liftedBy))
    .where(and(matching(filter), after && behind(after)))
    .orderBy(desc(suppressions.createdAt), desc(suppressions.id))
    .limit(limit)
  return rows.map(({ suppression, liftedByName }) => ({ ...suppression, liftedByName }))
}

function matching({ state, channel, reason, address }: SuppressionFilter): SQL | undefined {
  return and(
    state === 'in_force' ? isNull(suppressions.liftedAt) : undefined,
    state === 'lifted' ? isNotNull(suppressions.liftedAt) : undefined,
    channel && eq(suppressions.channel, channel),
    reason && eq(suppressions.reason, reason),
    address && inArray(suppressions.addressHash, addressHashes(address.secrets, address.channel, address.key)),
  )
}

const behind = ({ createdAt, id }: SuppressionPosition): SQL | undefined =>
  or(lt(suppressions.createdAt, createdAt), and(eq(suppressions.createdAt, createdAt), lt(suppressions.id, id)))
