import { and, eq, inArray, isNull } from 'drizzle-orm'
import type { Channel } from '../../api/domain/attempt.ts'
import type { Secrets } from '../../api/domain/signature.ts'
import { addressHashes } from '../../api/domain/suppression.ts'
import type { Queryable } from '../client.ts'
import { suppressions } from '../schema.ts'

export type Suppression = typeof suppressions.$inferSelect

/** The suppression in force of an address, also of one whose owner has been erased; null when there is none. */
export async function suppressionOf(
  db: Queryable,
  secrets: Secrets,
  channel: Channel,
  addressKey: string,
): Promise<Suppression | null> {
  const hashes = addressHashes(secrets, channel, addressKey)
  const [row] = await db
    .select()
    .from(suppressions)
    .where(
      and(eq(suppressions.channel, channel), inArray(suppressions.addressHash, hashes), isNull(suppressions.liftedAt)),
    )
    .limit(1)
  return row ?? null
}
