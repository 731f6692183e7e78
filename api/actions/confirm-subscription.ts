import { and, desc, eq, gt, isNull } from 'drizzle-orm'
import { z } from 'zod'
import type { Transaction } from '../../db/client.ts'
import { confirmations } from '../../db/schema.ts'
import { parseAddress } from '../domain/address.ts'
import { Refusal, refuseField } from '../domain/refusal.ts'
import { hashOfToken, isConfirmationCode } from '../domain/signature.ts'
import { MOST_WRONG_TRIES } from '../domain/subscription.ts'
import type { Acting, Store } from './acting.ts'
import { admitSubscriber } from './admit-subscriber.ts'

type SignUp = typeof confirmations.$inferSelect

/** Finds the sign-up a link belongs to, locked; refuses a link that is unknown, used or too old (410). */
export async function signUpOf(acting: Pick<Acting, 'clock'>, store: Store, token: string): Promise<SignUp> {
  const [signUp] = await store
    .select()
    .from(confirmations)
    .where(eq(confirmations.tokenHash, hashOfToken(token)))
    .for('update')
  if (!signUp || signUp.usedAt || signUp.expiresAt <= (await acting.clock(store)))
    throw new Refusal('gone', 'This link has been used or is too old. Sign up again to get a new one.')
  return signUp
}

/** Confirms by the link of a mail; from now on the address hears from us. Answers the subscriber's id. */
export const confirmByLink = (acting: Acting, token: string): Promise<string> =>
  acting.db.transaction(async (tx) => admitSubscriber(tx, acting, await signUpOf(acting, tx, token)))

export const confirmByCodeInput = z.strictObject({
  channel: z.literal('sms'),
  address: z.string().max(320),
  code: z.string().max(20),
})

const wrongCode = () => refuseField('code', 'code_invalid', 'This code is not right. Check the text message.')
const tooOften = () => new Refusal('too_many', 'Too many wrong codes. Sign up again to get a new one.', [], 3600)

/** Confirms by the six digits of a text message. A wrong code counts even though it is refused. */
export async function confirmByCode(acting: Acting, input: z.infer<typeof confirmByCodeInput>): Promise<string> {
  const parsed = parseAddress('sms', input.address)
  if ('refused' in parsed) throw new Refusal('invalid', parsed.refused.message, [parsed.refused])
  const tried = await acting.db.transaction((tx) => tryCode(tx, acting, parsed.key, input.code.trim()))
  if (tried === 'wrong') throw wrongCode()
  if (tried === 'too_often') throw tooOften()
  return tried.subscriberId
}

async function tryCode(
  tx: Transaction,
  acting: Acting,
  addressKey: string,
  code: string,
): Promise<'wrong' | 'too_often' | { subscriberId: string }> {
  const now = await acting.clock(tx)
  const [signUp] = await tx
    .select()
    .from(confirmations)
    .where(
      and(
        eq(confirmations.channel, 'sms'),
        eq(confirmations.addressKey, addressKey),
        isNull(confirmations.usedAt),
        gt(confirmations.expiresAt, now),
      ),
    )
    .orderBy(desc(confirmations.createdAt))
    .limit(1)
    .for('update')
  if (!signUp) return 'wrong'
  if (signUp.wrongTries > MOST_WRONG_TRIES) return 'too_often'
  if (isConfirmationCode(acting.secrets, signUp.nonce, code))
    return { subscriberId: await admitSubscriber(tx, acting, signUp) }
  const wrongTries = signUp.wrongTries + 1
  await tx.update(confirmations).set({ wrongTries }).where(eq(confirmations.id, signUp.id))
  return wrongTries > MOST_WRONG_TRIES ? 'too_often' : 'wrong'
}
