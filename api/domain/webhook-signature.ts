import { createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { type Secrets, sameText } from './signature.ts'

/** Bytes of a signing secret (standards W2: 24 to 64). */
const SECRET_BYTES = 32
const PREFIX = 'whsec_'

/** A fresh signing secret: `whsec_` and 32 random bytes in base64. */
export const newWebhookSecret = (): string => PREFIX + randomBytes(SECRET_BYTES).toString('base64')

/**
 * The signing secrets of a person's webhook, one under each of ours, the signing one first: their endpoint is not asked to
 * agree, so there is nothing to store, and changing SECRET rotates these as well.
 */
export const personWebhookSecrets = (secrets: Secrets, personId: string): string[] =>
  secrets.map((secret) => {
    const bytes = hkdfSync('sha256', secret, '', `sitrep/webhook of person ${personId}`, SECRET_BYTES)
    return PREFIX + Buffer.from(bytes).toString('base64')
  })

/** What is signed and sent: the id without a dot, the same at every attempt; the time of this attempt; the exact body. */
export interface Signed {
  id: string
  at: Date
  body: string
}

/** The headers of Standard Webhooks 1.0.0 (standards W1, W2): one signature for each secret, the newest first. */
export function webhookHeaders({ id, at, body }: Signed, secrets: readonly string[]): Record<string, string> {
  const seconds = Math.floor(at.getTime() / 1000)
  const signatures = secrets.map((secret) => `v1,${signatureOf(secret, `${id}.${seconds}.${body}`)}`)
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': signatures.join(' ') }
}

const signatureOf = (secret: string, text: string): string =>
  createHmac('sha256', Buffer.from(secret.slice(PREFIX.length), 'base64'))
    .update(text)
    .digest('base64')

/** Whether a text can be the secret of a webhook: `whsec_` and 24 to 64 bytes in base64 (W2). */
export function isWebhookSecret(text: string): boolean {
  const encoded = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : ''
  const bytes = Buffer.from(encoded, 'base64')
  return /^[A-Za-z0-9+/]+={0,2}$/.test(encoded) && bytes.length >= 24 && bytes.length <= 64
}

/** Whether one of the signatures that came with a webhook is by this secret; its time is the caller's to judge. */
export function isSignedWebhook(headers: Headers, body: string, secret: string): boolean {
  const name = (part: string) => headers.get(`webhook-${part}`) ?? ''
  const expected = `v1,${signatureOf(secret, `${name('id')}.${name('timestamp')}.${body}`)}`
  return name('signature')
    .split(' ')
    .some((each) => sameText(each, expected))
}
