import { z } from 'zod'
import { type BounceMeaning, judgeBounce } from '../bounce-codes.ts'
import type { News, Report } from '../report.ts'

/** One record of Postmark's webhooks: `Bounce`, `SpamComplaint`, `Delivery` and others (standards E41). */
const record = z.object({
  RecordType: z.string(),
  ID: z.union([z.number(), z.string()]).optional(),
  TypeCode: z.number().optional(),
  MessageID: z.string().optional(),
  /** Of a bounce and a complaint. */
  Email: z.string().optional(),
  /** Of a delivery. */
  Recipient: z.string().optional(),
  Description: z.string().nullish(),
  Details: z.string().nullish(),
})
type PostmarkRecord = z.infer<typeof record>

/** Postmark's own types of bounces, by number; what is not here is no bounce or says nothing of the address. */
const TYPES: Readonly<Record<number, BounceMeaning | 'complaint' | 'opted_out'>> = {
  1: 'hard', // HardBounce
  2: 'soft', // Transient
  16: 'opted_out', // Unsubscribe
  256: 'soft', // DnsError
  512: 'blameless', // SpamNotification
  2048: 'blameless', // Unknown
  4096: 'soft', // SoftBounce
  8192: 'blameless', // VirusNotification
  100000: 'hard', // BadEmailAddress
  100001: 'complaint', // SpamComplaint
  100002: 'hard', // ManuallyDeactivated
  100006: 'blameless', // Blocked
  100007: 'blameless', // SMTPApiError
  100009: 'blameless', // DMARCPolicy
  100010: 'blameless', // TemplateRenderingFailed
}

/** The news in a record of Postmark's, none for kinds that we do not need; null when it is not one. */
export function readPostmark(body: unknown): Report[] | null {
  const { success, data } = record.safeParse(body)
  if (!success) return null
  const news = newsOf(data)
  const address = data.Email ?? data.Recipient
  if (!news || !address) return []
  return [
    {
      source: 'postmark',
      eventId: `${data.RecordType}:${data.ID ?? data.MessageID ?? ''}`,
      deliveryIds: [],
      providerId: data.MessageID ?? null,
      address,
      news,
    },
  ]
}

function newsOf({ RecordType, TypeCode, Description, Details }: PostmarkRecord): News | null {
  if (RecordType === 'SpamComplaint') return { kind: 'complaint' }
  if (RecordType === 'Delivery') return { kind: 'delivered' }
  const type = TypeCode === undefined ? undefined : TYPES[TypeCode]
  if (RecordType !== 'Bounce' || !type) return null
  if (type === 'complaint' || type === 'opted_out') return { kind: type }
  const words = Details ?? Description ?? null
  const { meaning, enhancedCode } = judgeBounce(null, words)
  // Their type decides, but a code of the far server that blames us, or a full mailbox, outweighs a "hard".
  return { kind: 'bounced', words, enhancedCode, meaning: enhancedCode && type === 'hard' ? meaning : type }
}
