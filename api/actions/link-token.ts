import { createHash, randomBytes } from 'node:crypto'

/** A fresh opaque token for a link or a key: 32 random bytes, 43 characters (standards X7, E45). */
export const newToken = (): string => randomBytes(32).toString('base64url')

/** What is stored of a token: its SHA-256, hex; enough for 256 random bits (ASVS 6.5.2). */
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex')
