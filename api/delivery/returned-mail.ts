import PostalMime, { type Attachment, type Email } from 'postal-mime'
import { readDeliveryStatus } from '../domain/delivery-status.ts'
import { readFeedback } from '../domain/feedback-report.ts'
import { deliveryOfMessageId, deliveryOfReturnAddress, type Report } from '../domain/report.ts'
import { type ReplyMail, readReplyMail } from './reply-mail.ts'

/**
 * A mail that came back, read: news of a message of ours, the token of a reader who leaves by mail, what a person wrote, or
 * why it is none of these.
 */
export type ReturnedMail = { report: Report } | { leaving: string } | { reply: ReplyMail } | { ignored: string }

/** How a mail came: those that the envelope named, where we were handed one. */
export interface Envelope {
  recipients: readonly string[]
  /** Null where it is not known. */
  sender: string | null
}

/**
 * Reads a mail that came to our return addresses. Without recipients in the envelope, they are those that the headers
 * name. A bounce counts by its return address alone, which nobody but the servers on its way
 * knows (standards E37); what stands in the body names nobody.
 */
export async function readReturnedMail(
  raw: string | Buffer,
  { recipients, sender }: Envelope,
  bounceDomain: string | null,
): Promise<ReturnedMail> {
  const mail = await PostalMime.parse(raw, LIMITS).catch(() => null)
  if (!mail) return { ignored: 'it cannot be read' }
  const addresses = recipients.length > 0 ? recipients : recipientsIn(mail)
  const returned = bounceDomain === null ? [] : namesOf(addresses, bounceDomain)
  switch (reportType(mail)) {
    case 'delivery-status':
      return bounceIn(mail, returned)
    case 'feedback-report':
      return complaintIn(mail, returned, bounceDomain)
    default:
      return leavingIn(mail) ?? readReplyMail(mail, { raw, recipients: addresses, sender, bounceDomain })
  }
}

/** Nobody nests deeper than a report, a message and its alternatives. */
const LIMITS = { maxNestingDepth: 20, maxHeadersSize: 256 * 1024 }

/** `report-type` of a `multipart/report` (RFC 6522); null for any other mail. */
function reportType(mail: Email): string | null {
  const type = valuesOf(mail, ['content-type'])[0] ?? ''
  if (!/^multipart\/report\s*;/i.test(type)) return null
  return /;\s*report-type\s*=\s*"?([a-z-]+)/i.exec(type)?.[1]?.toLowerCase() ?? null
}

/** What List-Unsubscribe has a mail program write (standards E1; RFC 2369): the token alone, as the subject. */
function leavingIn({ subject }: Email): { leaving: string } | null {
  const token = /^[a-z0-9]{12}(\.[\w-]+){2}$/.exec(subject?.trim() ?? '')?.[0]
  return token ? { leaving: token } : null
}

const RECIPIENT_FIELDS = ['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to', 'to']

const recipientsIn = (mail: Email): string[] =>
  valuesOf(mail, RECIPIENT_FIELDS).flatMap((value) => value.match(/[^\s<>,;:"]+@[^\s<>,;"]+/g) ?? [])

const valuesOf = (mail: Email, names: string[]): string[] =>
  mail.headers.filter(({ key }) => names.includes(key)).map(({ value }) => value)

const namesOf = (addresses: readonly string[], bounceDomain: string): string[] => [
  ...new Set(addresses.map((each) => deliveryOfReturnAddress(each, bounceDomain)).filter((id) => id !== null)),
]

const noReport = { eventId: null, providerId: null, address: null }

function bounceIn(mail: Email, deliveryIds: string[]): ReturnedMail {
  if (deliveryIds.length === 0) return { ignored: 'it names no return address of ours' }
  const part = partOf(mail, ['message/delivery-status', 'message/global-delivery-status'])
  const status = readDeliveryStatus(part ?? '')
  switch (status.kind) {
    case 'bounced': {
      const { meaning, enhancedCode, words } = status
      return {
        report: { source: 'dsn', ...noReport, deliveryIds, news: { kind: 'bounced', meaning, enhancedCode, words } },
      }
    }
    case 'noted':
      return { ignored: `it says ${status.action}` }
    case 'unreadable':
      return { ignored: 'it lacks the fields of a delivery report' }
  }
}

/** A complaint comes to an address that was agreed on; our message is known by the sender or the name it went out with. */
function complaintIn(mail: Email, returned: string[], bounceDomain: string | null): ReturnedMail {
  const feedback = readFeedback(partOf(mail, ['message/feedback-report']) ?? '')
  if (!feedback) return { ignored: 'it lacks the fields of a feedback report' }
  if (!feedback.isComplaint) return { ignored: `it reports ${feedback.type.slice(0, 40)}` }
  const original = partOf(mail, ['message/rfc822', 'text/rfc822-headers', 'message/rfc822-headers']) ?? ''
  const senders = [feedback.originalMailFrom ?? '', fieldIn(original, 'return-path')]
  const named = deliveryOfMessageId(fieldIn(original, 'message-id'))
  const deliveryIds = [
    ...returned,
    ...(bounceDomain === null ? [] : namesOf(senders, bounceDomain)),
    ...(named ? [named] : []),
  ]
  if (deliveryIds.length === 0) return { ignored: 'it names no message of ours' }
  return { report: { source: 'arf', ...noReport, deliveryIds, news: { kind: 'complaint' } } }
}

/** A field of a message that was sent back, whole or its headers alone. */
const fieldIn = (message: string, name: string): string =>
  new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(message.split(/\r?\n\r?\n/, 1)[0]!)?.[1]?.trim() ?? ''

function partOf(mail: Email, types: string[]): string | null {
  const part = mail.attachments.find(({ mimeType }) => types.includes(mimeType))
  return part ? textOf(part.content) : null
}

const textOf = (content: Attachment['content']): string =>
  typeof content === 'string' ? content : Buffer.from(content as Uint8Array).toString('utf8')
