import { z } from 'zod'
import { judgeBounce } from '../bounce-codes.ts'
import { deliveryOfMessageId, deliveryOfReturnAddress, type News, type Report } from '../report.ts'

/** What SES hands to SNS as `Message`; fields that we do not know are left alone (standards E39). */
const notification = z.object({
  /** `notificationType` on topics of an identity, `eventType` on those of a configuration set. */
  notificationType: z.string().optional(),
  eventType: z.string().optional(),
  mail: z.object({
    messageId: z.string(),
    source: z.string().default(''),
    headers: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  }),
  bounce: z
    .object({
      bounceType: z.string(),
      bounceSubType: z.string().default(''),
      feedbackId: z.string(),
      bouncedRecipients: z.array(
        z.object({
          emailAddress: z.string(),
          status: z.string().nullish(),
          diagnosticCode: z.string().nullish(),
        }),
      ),
    })
    .optional(),
  complaint: z
    .object({
      feedbackId: z.string(),
      complaintFeedbackType: z.string().nullish(),
      complainedRecipients: z.array(z.object({ emailAddress: z.string() })),
    })
    .optional(),
  delivery: z.object({ recipients: z.array(z.string()) }).optional(),
})
type Notification = z.infer<typeof notification>
type Bounce = NonNullable<Notification['bounce']>

/** The news in a notification of SES, one for each recipient; null when it is not one. Kinds we do not need give none. */
export function readSes(message: unknown, bounceDomain: string | null): Report[] | null {
  const { success, data } = notification.safeParse(message)
  if (!success) return null
  const names = namesOf(data, bounceDomain)
  return newsOf(data).map(({ event, address, news }) => ({ source: 'ses', ...names, eventId: event, address, news }))
}

/** SES writes a Message-ID of its own; ours stands in the headers that it was handed. */
function namesOf({ mail }: Notification, bounceDomain: string | null): Pick<Report, 'deliveryIds' | 'providerId'> {
  const named = mail.headers
    .filter(({ name }) => /^message-id$/i.test(name))
    .map(({ value }) => deliveryOfMessageId(value))
  const returned = bounceDomain ? deliveryOfReturnAddress(mail.source, bounceDomain) : null
  return { deliveryIds: [returned, ...named].filter((id) => id !== null), providerId: mail.messageId }
}

interface SesNews {
  event: string
  address: string
  news: News
}

function newsOf({ notificationType, eventType, bounce, complaint, delivery, mail }: Notification): SesNews[] {
  switch ((notificationType ?? eventType)?.toLowerCase()) {
    case 'bounce':
      return (bounce?.bouncedRecipients ?? []).map(({ emailAddress, status, diagnosticCode }, at) => ({
        event: `${bounce!.feedbackId}:${at}`,
        address: emailAddress,
        news: bounceOf(bounce!, status ?? null, diagnosticCode ?? null),
      }))
    case 'complaint':
      if (complaint?.complaintFeedbackType === 'not-spam') return []
      return (complaint?.complainedRecipients ?? []).map(({ emailAddress }, at) => ({
        event: `${complaint!.feedbackId}:${at}`,
        address: emailAddress,
        news: { kind: 'complaint' },
      }))
    case 'delivery':
      return (delivery?.recipients ?? []).map((address, at) => ({
        event: `${mail.messageId}:delivered:${at}`,
        address,
        news: { kind: 'delivered' },
      }))
    default:
      return []
  }
}

/** Sub-types that blame our message. */
const OURS = ['MessageTooLarge', 'ContentRejected', 'AttachmentRejected']

/** The far server's code decides; where it says nothing, SES's own word does. */
function bounceOf({ bounceType, bounceSubType }: Bounce, status: string | null, words: string | null): News {
  const judged = judgeBounce(status, words)
  const silent = judged.enhancedCode === null || /^[45]\.0\./.test(judged.enhancedCode)
  if (OURS.includes(bounceSubType)) return { kind: 'bounced', ...judged, meaning: 'blameless', words }
  if (!silent) return { kind: 'bounced', ...judged, words }
  return { kind: 'bounced', ...judged, meaning: bounceType === 'Permanent' ? 'hard' : 'soft', words }
}
