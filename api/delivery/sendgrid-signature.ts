import { createPublicKey, verify } from 'node:crypto'

/**
 * Whether SendGrid signed this post: ECDSA over the timestamp and the raw body (standards E40). `publicKey` is the
 * verification key as SendGrid shows it: base64 of a DER public key.
 */
export function isSignedBySendgrid(publicKey: string, timestamp: string, body: string, signature: string): boolean {
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })
  return verify('sha256', Buffer.from(timestamp + body), key, Buffer.from(signature, 'base64'))
}
