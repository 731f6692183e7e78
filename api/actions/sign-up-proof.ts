import { randomBytes } from 'node:crypto'
import { and, eq, ne } from 'drizzle-orm'
import type { Transaction } from '../../db/client.ts'
import { subscribers, webhookEndpoints } from '../../db/schema.ts'
import { plus } from '../domain/duration.ts'
import { seal } from '../domain/sealing.ts'
import { confirmationToken, hashOfToken, type Secrets } from '../domain/signature.ts'
import { PROOF_LIFE } from '../domain/subscription.ts'
import { newWebhookSecret } from '../domain/webhook-signature.ts'

/** Channels that anybody can sign up on. */
export const SIGN_UP_CHANNELS = ['email', 'sms', 'webhook'] as const
export type SignUpChannel = (typeof SIGN_UP_CHANNELS)[number]

/** What a proof depends on. */
interface Proving {
  channel: SignUpChannel
  addressKey: string
  contact?: string | undefined
}

/** What a sign-up keeps of the proof that it waits for: the link of a mail, the digits of a text, an answered challenge. */
export async function proofFor(
  tx: Transaction,
  secrets: Secrets,
  { channel, addressKey, contact }: Proving,
  now: Date,
) {
  const nonce = randomBytes(32).toString('hex')
  const proof = { nonce, tokenHash: null, expiresAt: plus(now, PROOF_LIFE[channel]) }
  switch (channel) {
    case 'email':
      return { ...proof, tokenHash: hashOfToken(confirmationToken(secrets, nonce)) }
    case 'sms':
      return proof
    case 'webhook':
      return { ...proof, ...(await endpointFor(tx, secrets, addressKey, contact)) }
  }
}

/**
 * What a webhook's sign-up keeps besides: the secret that its challenge brings. An endpoint that is known already is told
 * the one it has, so that nobody can change it from outside by signing it up again.
 */
async function endpointFor(tx: Transaction, secrets: Secrets, addressKey: string, contact?: string) {
  const [known] = await tx
    .select({ secret: webhookEndpoints.secret })
    .from(webhookEndpoints)
    .innerJoin(subscribers, eq(subscribers.id, webhookEndpoints.subscriberId))
    .where(
      and(eq(subscribers.addressKey, addressKey), eq(subscribers.channel, 'webhook'), ne(subscribers.state, 'ended')),
    )
  return { webhookSecret: known?.secret ?? seal(newWebhookSecret(), secrets), webhookContact: contact?.trim() ?? null }
}
