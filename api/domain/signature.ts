import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/**
 * What a signature is for; one made for one purpose means nothing for another. `unsubscribe` and
 * `challenge` never expire, `reader`, `staff` and `read` end with the right that they stand for, the others expire (standards X7).
 */
export type Purpose =
  | 'unsubscribe'
  | 'manage'
  | 'short_manage'
  | 'confirm'
  | 'code'
  | 'setup'
  | 'proof'
  | 'challenge'
  | 'endpoint'
  | 'briefing'
  | 'reader'
  | 'staff'
  | 'read'

/** The first secret signs, all verify, so that changing it keeps old links alive (contract section 2, SECRET). */
export type Secrets = readonly string[]

/** HMAC-SHA256 of the text under one purpose, base64url: 43 characters. */
const mac = (secret: string, purpose: Purpose, text: string): string =>
  createHmac('sha256', secret).update(`sitrep/${purpose}\n${text}`).digest('base64url')

const keyIds = new Map<string, string>()

/** A name for the secret that tells nothing about it: 6 characters. Every link bears one, so each is made once. */
function keyId(secret: string): string {
  const known = keyIds.get(secret)
  if (known) return known
  const name = createHash('sha256').update(`sitrep/key-id\n${secret}`).digest('base64url').slice(0, 6)
  keyIds.set(secret, name)
  return name
}

const signer = (secrets: Secrets): string => {
  const [first] = secrets
  if (!first) throw new Error('There is no secret to sign with.')
  return first
}

/** Compares without telling by its duration where the two differ. */
export function sameText(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}

/** `<subject>.<key id>.<signature>`: names its subject for one purpose, now and in ten years. The subject has no dots. */
export function signedToken(purpose: Purpose, subject: string, secrets: Secrets): string {
  const secret = signer(secrets)
  return `${subject}.${keyId(secret)}.${mac(secret, purpose, subject)}`
}

/** The subject of a token that `signedToken` made for the same purpose; null when it was not signed by us. */
export function verifySigned(purpose: Purpose, token: string, secrets: Secrets): string | null {
  const [subject, key, signature, ...rest] = token.split('.')
  if (!subject || !key || !signature || rest.length > 0) return null
  return signedBy(secrets, purpose, subject, key, signature) ? subject : null
}

/** `<subject>.<expiry>.<key id>.<signature>`: names its subject until `expiresAt`. */
export function signedUntil(purpose: Purpose, subject: string, expiresAt: Date, secrets: Secrets): string {
  const secret = signer(secrets)
  const signed = `${subject}.${Math.floor(expiresAt.getTime() / 1000).toString(36)}`
  return `${signed}.${keyId(secret)}.${mac(secret, purpose, signed)}`
}

/** Whom a link names, or why it is no good. */
export type LinkSubject = { subject: string } | { refused: 'forged' | 'expired' }

/** Reads a token that `signedUntil` made for the same purpose. */
export function verifySignedUntil(purpose: Purpose, token: string, secrets: Secrets, now: Date): LinkSubject {
  const [subject, expiry, key, signature, ...rest] = token.split('.')
  if (!subject || !expiry || !key || !signature || rest.length > 0) return { refused: 'forged' }
  if (!signedBy(secrets, purpose, `${subject}.${expiry}`, key, signature)) return { refused: 'forged' }
  return Number.parseInt(expiry, 36) * 1000 > now.getTime() ? { subject } : { refused: 'expired' }
}

/** Letters of a signature that a text message has room for: 128 bits, half of the whole (RFC 2104, section 5). */
const SHORT = 22

/** `<subject>.<expiry>.<signature>`, half as long as `signedUntil`: every secret is tried, so it names none. */
export function signedShort(purpose: Purpose, subject: string, expiresAt: Date, secrets: Secrets): string {
  const signed = `${subject}.${Math.floor(expiresAt.getTime() / 1000).toString(36)}`
  return `${signed}.${mac(signer(secrets), purpose, signed).slice(0, SHORT)}`
}

/** Whom a short link names and until when, or why it is no good. */
export type ShortLink = { subject: string; expiresAt: Date } | { refused: 'forged' | 'expired' }

/** Reads a token that `signedShort` made for the same purpose. */
export function verifySignedShort(purpose: Purpose, token: string, secrets: Secrets, now: Date): ShortLink {
  const [subject, expiry, signature, ...rest] = token.split('.')
  if (!subject || !expiry || !signature || rest.length > 0) return { refused: 'forged' }
  const good = secrets.filter((each) => sameText(mac(each, purpose, `${subject}.${expiry}`).slice(0, SHORT), signature))
  if (good.length === 0) return { refused: 'forged' }
  const expiresAt = new Date(Number.parseInt(expiry, 36) * 1000)
  return expiresAt > now ? { subject, expiresAt } : { refused: 'expired' }
}

/** `<subject><signature>`: as `signedToken`, for a text message, where each character counts. The subject has twelve. */
export const shortToken = (purpose: Purpose, subject: string, secrets: Secrets): string =>
  subject + mac(signer(secrets), purpose, subject).slice(0, SHORT)

/** The subject of a token that `shortToken` made for the same purpose; null when it was not signed by us. */
export function verifyShort(purpose: Purpose, token: string, secrets: Secrets): string | null {
  const [subject, signature] = [token.slice(0, -SHORT), token.slice(-SHORT)]
  const signed = secrets.filter((secret) => sameText(mac(secret, purpose, subject).slice(0, SHORT), signature))
  return signed.length > 0 ? subject : null
}

function signedBy(secrets: Secrets, purpose: Purpose, text: string, key: string, signature: string): boolean {
  const secret = secrets.find((each) => keyId(each) === key)
  return secret !== undefined && sameText(mac(secret, purpose, text), signature)
}

/** The confirmation link's token, 43 characters, derived from the sign-up's nonce: the row alone does not reveal it. */
export const confirmationToken = (secrets: Secrets, nonce: string): string => mac(signer(secrets), 'confirm', nonce)

/** What is stored of a token: its SHA-256, hex (enough for 256 random bits, standards X7). */
export const hashOfToken = (token: string): string => createHash('sha256').update(token).digest('hex')

/** The token that was stored as `hash`, also after the secret has changed since. */
export const confirmationTokenOf = (secrets: Secrets, nonce: string, hash: string | null): string =>
  secrets.map((secret) => confirmationToken([secret], nonce)).find((token) => hashOfToken(token) === hash) ??
  confirmationToken(secrets, nonce)

/** The six digits for a phone, derived from the sign-up's nonce. */
export const confirmationCode = (secrets: Secrets, nonce: string): string => codeOf(signer(secrets), nonce)

/** Whether these are the sign-up's six digits; tells nothing by its duration. */
export const isConfirmationCode = (secrets: Secrets, nonce: string, code: string): boolean =>
  secrets.filter((secret) => sameText(codeOf(secret, nonce), code)).length > 0

const codeOf = (secret: string, nonce: string): string => {
  const bits = createHmac('sha256', secret).update(`sitrep/code\n${nonce}`).digest().readUIntBE(0, 6)
  return String(bits % 1_000_000).padStart(6, '0')
}
