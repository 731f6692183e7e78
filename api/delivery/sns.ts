import { verify, X509Certificate } from 'node:crypto'
import { z } from 'zod'
import { MINUTE } from '../domain/duration.ts'
import { isTooLate } from '../domain/report-time.ts'

/** What SNS posts; fields that we do not know are left alone. */
const envelope = z.object({
  Type: z.enum(['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation']),
  MessageId: z.string(),
  TopicArn: z.string(),
  Message: z.string(),
  Subject: z.string().optional(),
  Timestamp: z.string(),
  Token: z.string().optional(),
  SubscribeURL: z.string().optional(),
  SignatureVersion: z.enum(['1', '2']),
  Signature: z.string(),
  SigningCertURL: z.string(),
})
type Envelope = z.infer<typeof envelope>

/** What a post turned out to be: a message of the topic, its subscription begun or ended, or refused and why. */
export type SnsPost = { message: string } | { subscribed: boolean } | { refused: string }

/** The subscription of one topic, as its endpoint sees it. */
export interface Sns {
  /** Checks a post whole, and confirms the subscription when it asks for that. Throws when AWS cannot be reached. */
  read(body: string, now: Date): Promise<SnsPost>
}

/** Certificates that are kept; SNS changes its own about once a year. */
const MOST_CERTIFICATES = 10
const LONGEST_CERTIFICATE = 20_000
const PATIENCE = 5_000

/**
 * Listens to one topic (standards E39). What is posted must name it and be signed by a certificate that Amazon's own SNS
 * host of the topic's region hands out, over https; no other host is ever asked for anything.
 */
export function openSns(topicArn: string, ask: typeof fetch): Sns {
  const certificates = new Map<string, X509Certificate>()
  return {
    async read(body, now) {
      const post = envelopeIn(body)
      if (!post) return { refused: 'This is no message of SNS.' }
      if (post.TopicArn !== topicArn) return { refused: 'This is not from the topic that SES_TOPIC_ARN names.' }
      if (isTooLate(new Date(post.Timestamp), now)) return { refused: 'This is too old, or from the future.' }
      if (!isOfSns(post.SigningCertURL, topicArn, /^\/SimpleNotificationService-[\w-]{1,100}\.pem$/))
        return { refused: 'Its certificate does not come from SNS.' }
      const certificate = await certificateAt(post.SigningCertURL)
      if (!certificate || !isValidAt(certificate, now)) return { refused: 'Its certificate is none, or not valid now.' }
      if (!isSignedWith(certificate, post)) return { refused: 'This was not signed by SNS.' }
      if (post.Type === 'Notification') return { message: post.Message }
      if (post.Type === 'UnsubscribeConfirmation') return { subscribed: false }
      return confirm(post)
    },
  }

  async function certificateAt(url: string): Promise<X509Certificate | null> {
    const known = certificates.get(url)
    if (known) return known
    const text = await get(url)
    const certificate = text === null || text.length > LONGEST_CERTIFICATE ? null : parsed(text)
    if (certificates.size >= MOST_CERTIFICATES) certificates.clear()
    if (certificate) certificates.set(url, certificate)
    return certificate
  }

  async function confirm({ SubscribeURL = '' }: Envelope): Promise<SnsPost> {
    if (!isOfSns(SubscribeURL, topicArn, /^\/$/)) return { refused: 'It asks to be confirmed elsewhere than at SNS.' }
    return (await get(SubscribeURL)) === null
      ? { refused: 'SNS did not confirm the subscription.' }
      : { subscribed: true }
  }

  /** What AWS answers; null when it says that there is none. */
  async function get(url: string): Promise<string | null> {
    const answer = await ask(url, { redirect: 'error', signal: AbortSignal.timeout(PATIENCE) })
    if (answer.status >= 500) throw new Error(`SNS answered ${answer.status}.`)
    return answer.ok ? answer.text() : null
  }
}

function envelopeIn(body: string): Envelope | null {
  try {
    return envelope.parse(JSON.parse(body))
  } catch {
    return null
  }
}

/** Whether an address is one of SNS itself, in the region of the topic. */
function isOfSns(address: string, topicArn: string, path: RegExp): boolean {
  const url = URL.canParse(address) ? new URL(address) : null
  const [, partition, , region] = topicArn.split(':')
  const host = `sns.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}`
  return url !== null && url.origin === `https://${host}` && !url.username && !url.password && path.test(url.pathname)
}

function parsed(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem)
  } catch {
    return null
  }
}

const isValidAt = ({ validFromDate, validToDate }: X509Certificate, now: Date): boolean =>
  validFromDate.getTime() <= now.getTime() + MINUTE && now < validToDate

/** What is signed: these fields in this order, each with its name, as AWS documents it. */
const SIGNED = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
} as const satisfies Record<Envelope['Type'], readonly (keyof Envelope)[]>

function isSignedWith({ publicKey }: X509Certificate, post: Envelope): boolean {
  const text = SIGNED[post.Type]
    .filter((name) => post[name] !== undefined)
    .map((name) => `${name}\n${post[name]}\n`)
    .join('')
  const digest = post.SignatureVersion === '1' ? 'sha1' : 'sha256'
  return verify(digest, Buffer.from(text), publicKey, Buffer.from(post.Signature, 'base64'))
}
