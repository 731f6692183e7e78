import { z } from 'zod'
import { judgeBounce } from '../bounce-codes.ts'
import { deliveryOfMessageId, type News, type Report } from '../report.ts'

/** SendGrid posts events by the hundred (standards E40). */
const events = z.array(
  z.object({
    event: z.string(),
    email: z.string(),
    sg_event_id: z.string().min(1).max(200),
    sg_message_id: z.string().nullish(),
    /** Our Message-ID. */
    'smtp-id': z.string().nullish(),
    /** Of a bounce: `bounce`, or `blocked` when their server would not have us. */
    type: z.string().nullish(),
    status: z.string().nullish(),
    reason: z.string().nullish(),
    response: z.string().nullish(),
  }),
)
type Event = z.infer<typeof events>[number]

/** The news in a post of SendGrid's; null when it is not one. Opens, clicks and delays give none. */
export function readSendgrid(body: unknown): Report[] | null {
  const { success, data } = events.safeParse(body)
  if (!success) return null
  return data.flatMap((event) => {
    const news = newsOf(event)
    const id = deliveryOfMessageId(event['smtp-id'] ?? '')
    return news
      ? {
          source: 'sendgrid' as const,
          eventId: event.sg_event_id,
          deliveryIds: id ? [id] : [],
          providerId: event.sg_message_id?.split('.')[0] ?? null,
          address: event.email,
          news,
        }
      : []
  })
}

function newsOf({ event, type, status, reason, response }: Event): News | null {
  const words = reason ?? response ?? null
  switch (event) {
    case 'bounce':
      return { kind: 'bounced', words, ...judgedBounce(type ?? null, status ?? null, words) }
    case 'dropped':
      return droppedNews(words)
    case 'spamreport':
      return { kind: 'complaint' }
    case 'unsubscribe':
    case 'group_unsubscribe':
      return { kind: 'opted_out' }
    case 'delivered':
      return { kind: 'delivered' }
    default:
      return null
  }
}

function judgedBounce(type: string | null, status: string | null, words: string | null) {
  const judged = judgeBounce(status, words)
  return type === 'blocked' && judged.meaning === 'hard' ? { ...judged, meaning: 'soft' as const } : judged
}

/** What SendGrid did not even try, by its reason: the address stands on a list of its own. */
const DROPPED: readonly [RegExp, News][] = [
  [/^bounced address/i, { kind: 'bounced', meaning: 'hard', enhancedCode: null, words: 'Bounced Address' }],
  [/^invalid$/i, { kind: 'bounced', meaning: 'hard', enhancedCode: null, words: 'Invalid' }],
  [/^spam reporting address/i, { kind: 'complaint' }],
  [/^unsubscribed address/i, { kind: 'opted_out' }],
]

const droppedNews = (reason: string | null): News =>
  DROPPED.find(([words]) => words.test(reason ?? ''))?.[1] ?? {
    kind: 'bounced',
    meaning: 'blameless',
    enhancedCode: null,
    words: reason,
  }
