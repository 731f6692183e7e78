import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { Secrets } from './signature.ts'

const CIPHER = 'aes-256-gcm'
const NONCE = 12
const TAG = 16

const keyOf = (secret: string): Buffer => Buffer.from(hkdfSync('sha256', secret, '', 'sitrep/sealed', 32))

/** A text that only holders of the secret can read: what is shown once must not lie about in the database (standards X8). */
export function seal(text: string, secrets: Secrets): string {
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv(CIPHER, keyOf(secrets[0]!), nonce)
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
}

/** Reads what `seal` made under any of the secrets; null when it was changed or its secret is gone. */
export function unseal(sealed: string, secrets: Secrets): string | null {
  const bytes = Buffer.from(sealed, 'base64url')
  for (const secret of secrets) {
    const opened = openedBy(keyOf(secret), bytes)
    if (opened !== null) return opened
  }
  return null
}

function openedBy(key: Buffer, bytes: Buffer): string | null {
  try {
    const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE))
    decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG))
    return decipher.update(bytes.subarray(NONCE + TAG), undefined, 'utf8') + decipher.final('utf8')
  } catch {
    return null
  }
}
