import { sql } from 'drizzle-orm'
import { audit } from '../../db/queries/audit.ts'
import { currentPolicy } from '../../db/queries/cadence.ts'
import { cadencePolicies } from '../../db/schema.ts'
import type { CadencePolicy } from '../domain/cadence.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'
import { requireActivePeople } from './people-in-roles.ts'

/**
 * Puts a new cadence in force under the next version; open promises keep the terms they were given under. The version
 * in the input is the one its author read: when it is no longer the newest, the change is refused as stale.
 */
export const changeCadence = (acting: Acting, wanted: CadencePolicy): Promise<CadencePolicy> =>
  acting.db.transaction(async (tx) => {
    await tx.execute(sql`lock table cadence_policies in share row exclusive mode`)
    const old = await currentPolicy(tx)
    if (wanted.version !== old.version)
      throw new Refusal(
        'stale',
        `The cadence is at version ${old.version}; read it again and apply your change to that.`,
      )
    await requireActivePeople(tx, Object.fromEntries(wanted.fallback.map((id, index) => [`fallback.${index}`, id])))
    const policy = { ...wanted, version: old.version + 1 }
    await tx.insert(cadencePolicies).values({
      version: policy.version,
      policy,
      createdBy: acting.actor.personId,
      createdAt: await acting.clock(tx),
    })
    await audit(tx, acting.actor, {
      action: 'cadence.changed',
      subject: { kind: 'cadence', id: String(policy.version) },
      before: { ...old },
      after: { ...policy },
    })
    return policy
  })
