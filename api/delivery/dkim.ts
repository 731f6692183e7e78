import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { promisify } from 'node:util'

export interface DkimSettings {
  domain: string
  selector: string
  /** PEM of an RSA key. */
  privateKey: string
}

/**
 * Makes the header field that signs a message, from its head (ending in an empty line), the base64 SHA-256 of its body as
 * `canonicalBody` has it, and when it joined the queue: the same signature at every attempt.
 */
export type Signer = (head: string, bodyHash: string, at: Date) => Promise<string>

/** What is signed; one-click unsubscribing counts only where its two fields are (standards T0.1, E2; RFC 8058 §4). */
const SIGNED = [
  ...['from', 'reply-to', 'subject', 'date', 'to', 'message-id', 'in-reply-to', 'references'],
  ...['mime-version', 'content-type', 'content-transfer-encoding', 'auto-submitted', 'precedence'],
  ...['list-id', 'list-unsubscribe', 'list-unsubscribe-post'],
]

/** The library's thread pool signs, so that the thread that sends goes on. */
const signOnPool = promisify(sign)

/** Signs as RFC 6376 has it: rsa-sha256, relaxed/relaxed. The key is parsed once. Throws where it is none. */
export function dkimSigner({ domain, selector, privateKey }: DkimSettings): Signer {
  const key = createPrivateKey(privateKey)
  return async (head, bodyHash, at) => {
    const fields = fieldsOf(head)
    const names = SIGNED.filter((name) => fields.has(name))
    const unsigned = [
      `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=${domain}; s=${selector};`,
      ` t=${Math.floor(at.getTime() / 1000)}; bh=${bodyHash};`,
      ` h=${names.join(':\r\n ')};`,
      ' b=',
    ].join('\r\n')
    const signature = (await signOnPool('sha256', signedText(fields, unsigned), key)).toString('base64')
    return `${unsigned}${signature.replace(/.{72}(?=.)/g, '$&\r\n ')}\r\n`
  }
}

/** What the signature is over: the fields in their order, and its own without it (RFC 6376 §3.7). */
const signedText = (fields: ReadonlyMap<string, string>, unsigned: string): Buffer =>
  Buffer.from([...SIGNED.flatMap((name) => fields.get(name) ?? []), canonicalField(unsigned)].join('\r\n'))

/** The body in relaxed form (RFC 6376 §3.4.4): no white space at the end of a line, none twice, no empty lines at the end. */
export const canonicalBody = (body: string): string => {
  const lines = body.replace(/[ \t]+/g, ' ').replace(/ (?=\r\n|$)/g, '')
  return lines.replace(/(\r\n)*$/, lines === '' ? '' : '\r\n')
}

/** The fields of a head in relaxed form, by name; of one that stands there twice, the last (RFC 6376 §5.4.2). */
function fieldsOf(head: string): Map<string, string> {
  const unfolded = head.replace(/\r\n(?=[ \t])/g, '').split('\r\n')
  return new Map(unfolded.filter(Boolean).map((field) => [nameOf(field), canonicalField(field)]))
}

const nameOf = (field: string): string => field.slice(0, field.indexOf(':')).trim().toLowerCase()

/** RFC 6376 §3.4.2. */
function canonicalField(field: string): string {
  const value = field.slice(field.indexOf(':') + 1).replace(/\r\n/g, '')
  return `${nameOf(field)}:${value.replace(/[ \t]+/g, ' ').trim()}`
}

const SAMPLE = 'From: a@example.com\r\nTo: b@example.com\r\nSubject: sample\r\n\r\n'

/**
 * What is wrong with the DKIM settings, in a sentence; null when a sample was signed with them and its signature holds.
 * Without this a bad key would show in the recipients' spam folders only (standards T0.2, E32).
 */
export async function dkimProblem(dkim: DkimSettings): Promise<string | null> {
  try {
    const key = createPrivateKey(dkim.privateKey)
    if (key.asymmetricKeyType !== 'rsa')
      return 'The DKIM key must be an RSA key; other kinds would leave mail unsigned.'
    if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < 1024) return 'The DKIM key is shorter than 1024 bits.'
    return (await signsSample(dkim)) ? null : 'The DKIM key did not sign a sample message.'
  } catch {
    return 'The DKIM key could not be read; it must be an RSA key in PEM form.'
  }
}

async function signsSample(dkim: DkimSettings): Promise<boolean> {
  const bodyHash = createHash('sha256').update(canonicalBody('sample\r\n')).digest('base64')
  const field = await dkimSigner(dkim)(SAMPLE, bodyHash, new Date(0))
  const [unsigned, signature] = field.trimEnd().split(/(?<=\r\n b=)/)
  const key = createPublicKey(createPrivateKey(dkim.privateKey) as never)
  return verify(
    'sha256',
    signedText(fieldsOf(SAMPLE), unsigned!),
    key,
    Buffer.from(signature!.replace(/\s/g, ''), 'base64'),
  )
}
