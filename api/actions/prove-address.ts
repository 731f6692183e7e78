import { eq } from 'drizzle-orm'
import { audit } from '../../db/queries/audit.ts'
import { deliveries, people } from '../../db/schema.ts'
import { Refusal } from '../domain/refusal.ts'
import { verifySignedUntil } from '../domain/signature.ts'
import type { Acting, Store } from './acting.ts'

/** What the link in a test alert proves: that it reached this address of this person. */
export interface Proof {
  personId: string
  name: string
  channel: 'email' | 'sms'
  address: string
}

/** Reads the link of a test alert; refused when it is not ours, too old, or went to an address that is no longer theirs. */
export async function proofOf(acting: Acting, store: Store, token: string): Promise<Proof> {
  const link = verifySignedUntil('proof', token, acting.secrets, await acting.clock(store))
  if ('refused' in link)
    throw link.refused === 'expired'
      ? new Refusal('gone', 'This link is too old. Send yourself another test alert.')
      : new Refusal('not_found', 'This link is not complete. Use the one in the message as it stands.')
  const [found] = await store
    .select({ delivery: deliveries, person: people })
    .from(deliveries)
    .innerJoin(people, eq(people.id, deliveries.personId))
    .where(eq(deliveries.id, link.subject))
  if (!found?.person.active) throw new Refusal('gone', 'This link belongs to nobody any more.')
  const { delivery, person } = found
  const present = delivery.channel === 'email' ? person.email : delivery.channel === 'sms' ? person.phone : null
  if (present !== delivery.address)
    throw new Refusal('gone', 'The address was changed since. Send another test alert to the new one.')
  const channel = delivery.channel === 'email' ? 'email' : 'sms'
  return { personId: person.id, name: person.name, channel, address: delivery.address }
}

/** Marks the address as proven; doing it again is fine. */
export const proveAddress = (acting: Acting, token: string): Promise<Proof> =>
  acting.db.transaction(async (tx) => {
    const proof = await proofOf(acting, tx, token)
    const at = await acting.clock(tx)
    const proven = proof.channel === 'email' ? { emailVerified: true, emailVerifiedAt: at } : { phoneVerifiedAt: at }
    await tx
      .update(people)
      .set({ ...proven, updatedAt: at })
      .where(eq(people.id, proof.personId))
    await audit(
      tx,
      { ...acting.actor, kind: 'person', id: proof.personId, name: proof.name },
      {
        action: 'person.address_proven',
        subject: { kind: 'person', id: proof.personId },
        after: { channel: proof.channel },
      },
    )
    return proof
  })
