import { and, isNull, sql } from 'drizzle-orm'
import type { Channel } from '../../api/domain/attempt.ts'
import type { Secrets } from '../../api/domain/signature.ts'
import { addressHashes } from '../../api/domain/suppression.ts'
import type { Queryable } from '../client.ts'
import { suppressions } from '../schema.ts'

/** Which of these addresses nothing is sent to, each as `<channel> <key>`. */
export async function suppressedAmong(
  db: Queryable,
  secrets: Secrets,
  addresses: readonly { channel: Channel; key: string }[],
): Promise<Set<string>> {
  const named = new Map(
    addresses.flatMap(({ channel, key }) =>
      addressHashes(secrets, channel, key).map((hash) => [hash, `${channel} ${key}`] as const),
    ),
  )
  const rows = await db
    .select({ hash: suppressions.addressHash })
    .from(suppressions)
    .where(
      and(
        sql`${suppressions.addressHash} in (select jsonb_array_elements_text(${JSON.stringify([...named.keys()])}::jsonb))`,
        isNull(suppressions.liftedAt),
      ),
    )
  return new Set(rows.map(({ hash }) => named.get(hash)!))
}
