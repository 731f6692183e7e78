import { and, eq } from 'drizzle-orm'
import type { Transaction } from '../../db/client.ts'
import { answeredChallenges, lockAnswered } from '../../db/queries/challenges.ts'
import { listOf } from '../../db/queries/staff-readers.ts'
import { subscribers, webhookEndpoints } from '../../db/schema.ts'
import type { Acting } from './acting.ts'
import { admitSubscriber, type SignUp } from './admit-subscriber.ts'
import { eachOnItsOwn } from './each-on-its-own.ts'

/**
 * Subscribes every endpoint that has answered its challenge (contract section 4, Confirm): the ledger says so, and from
 * now on it hears from us. Answers how many.
 */
export const admitEndpoints = async (acting: Acting): Promise<number> =>
  eachOnItsOwn(await answeredChallenges(acting.db), (id) =>
    acting.db.transaction(async (tx) => {
      const signUp = await lockAnswered(tx, id)
      if (!signUp) return 0
      await admit(tx, acting, signUp)
      return 1
    }),
  )

/** An endpoint that was never left keeps its secret and its contact: signing up again must not change them from outside. */
async function admit(tx: Transaction, acting: Acting, signUp: SignUp): Promise<void> {
  const left = await hasLeft(tx, signUp)
  const subscriberId = await admitSubscriber(tx, acting, signUp)
  const updatedAt = await acting.clock(tx)
  const fresh = { secret: signUp.webhookSecret!, contact: signUp.webhookContact, oldSecret: null, oldSecretUntil: null }
  await tx
    .insert(webhookEndpoints)
    .values({ subscriberId, ...fresh, updatedAt })
    .onConflictDoUpdate({
      target: webhookEndpoints.subscriberId,
      set: { ...(left ? fresh : {}), failingSince: null, updatedAt },
    })
}

async function hasLeft(tx: Transaction, { id, addressKey }: SignUp): Promise<boolean> {
  const list = await listOf(tx, id)
  const [known] = await tx
    .select({ state: subscribers.state })
    .from(subscribers)
    .where(and(eq(subscribers.channel, 'webhook'), eq(subscribers.addressKey, addressKey), eq(subscribers.list, list)))
    .for('update')
  return known === undefined || known.state === 'ended'
}
