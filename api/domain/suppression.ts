import { createHmac } from 'node:crypto'
import type { Channel } from './attempt.ts'
import type { Secrets } from './signature.ts'

/**
 * By what a suppressed address is recognised without holding it: HMAC-SHA256 of channel and address key, hex, once
 * under each secret, the signing one first (standards E42). What is stored is the first; what is looked up are all.
 */
export const addressHashes = (secrets: Secrets, channel: Channel, addressKey: string): string[] =>
  secrets.map((secret) =>
    createHmac('sha256', secret).update(`sitrep/suppression\n${channel}\n${addressKey}`).digest('hex'),
  )
