import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const sample = (name: string) => readFileSync(join(import.meta.dirname, '../samples/sns', name), 'utf8')

export const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:northwind-mail'
export const CERTIFICATE_URL = 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123abcd.pem'
const SNS_KEY = createPrivateKey(sample('signer.key.pem'))

type Post = Record<string, string>
const SIGNED = ['Message', 'MessageId', 'SubscribeURL', 'Subject', 'Timestamp', 'Token', 'TopicArn', 'Type']

/** A post of SNS, signed as AWS signs; `given` changes fields before signing, `key` signs in AWS's place. */
export function snsPost(message: unknown, at: Date, given: Post = {}, key: KeyObject = SNS_KEY): Post {
  const post: Post = {
    Type: 'Notification',
    MessageId: `message-${Math.random()}`,
    TopicArn: TOPIC,
    Message: JSON.stringify(message),
    Timestamp: at.toISOString(),
    SignatureVersion: '2',
    SigningCertURL: CERTIFICATE_URL,
    ...given,
  }
  const text = SIGNED.filter((name) => post[name] !== undefined)
    .map((name) => `${name}\n${post[name]}\n`)
    .join('')
  const digest = post.SignatureVersion === '1' ? 'sha1' : 'sha256'
  return { ...post, Signature: sign(digest, Buffer.from(text), key).toString('base64') }
}

/** AWS as we ask it: hands out its certificate and confirms subscriptions; `asked` keeps what it was asked for. */
export function fakeAws() {
  const asked: string[] = []
  const trouble = { status: 200 }
  const ask = (async (input: string | URL | Request) => {
    const url = String(input)
    asked.push(url)
    if (trouble.status !== 200) return new Response('trouble', { status: trouble.status })
    if (url === CERTIFICATE_URL) return new Response(sample('signer.pem'))
    return new Response('<ConfirmSubscriptionResponse/>')
  }) as typeof fetch
  return { asked, trouble, ask }
}

/** SendGrid: its key as it is shown to customers, and posts signed with the other half. */
export function fakeSendgrid() {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  return {
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
    signed(body: string, at: Date) {
      const timestamp = String(Math.floor(at.getTime() / 1000))
      return {
        'content-type': 'application/json',
        'x-twilio-email-event-webhook-timestamp': timestamp,
        'x-twilio-email-event-webhook-signature': sign('sha256', Buffer.from(timestamp + body), privateKey).toString(
          'base64',
        ),
      }
    },
  }
}
