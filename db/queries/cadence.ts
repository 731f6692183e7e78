import { desc, eq, inArray } from 'drizzle-orm'
import { type CadencePolicy, defaultPolicy } from '../../api/domain/cadence.ts'
import type { Queryable } from '../client.ts'
import { cadencePolicies, people } from '../schema.ts'

/** Anything that can select. */
export type Reader = Pick<Queryable, 'select' | 'selectDistinct' | 'selectDistinctOn' | 'execute'>

/** The policy in force. */
export async function currentPolicy(reader: Reader): Promise<CadencePolicy> {
  const [row] = await reader.select().from(cadencePolicies).orderBy(desc(cadencePolicies.version)).limit(1)
  return row?.policy ?? defaultPolicy()
}

/** The policy of a version that an open promise was given under. */
export async function policyOfVersion(reader: Reader, version: number): Promise<CadencePolicy> {
  const [row] = await reader.select().from(cadencePolicies).where(eq(cadencePolicies.version, version))
  return row?.policy ?? defaultPolicy()
}

/** The same for several versions at once. */
export async function policiesOfVersions(
  reader: Reader,
  versions: readonly number[],
): Promise<(version: number) => CadencePolicy> {
  const wanted = [...new Set(versions)]
  const rows = await reader.select().from(cadencePolicies).where(inArray(cadencePolicies.version, wanted))
  const byVersion = new Map(rows.map(({ version, policy }) => [version, policy]))
  return (version) => byVersion.get(version) ?? defaultPolicy()
}

/** Who put which cadence in force and when, the newest first. */
export const cadenceVersions = (reader: Reader) =>
  reader
    .select({ version: cadencePolicies.version, at: cadencePolicies.createdAt, by: people.name })
    .from(cadencePolicies)
    .leftJoin(people, eq(people.id, cadencePolicies.createdBy))
    .orderBy(desc(cadencePolicies.version))
    .limit(50)
