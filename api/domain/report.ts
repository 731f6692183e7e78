import type { BounceMeaning } from './bounce-codes.ts'

/** Who told us what became of a message. */
export const REPORT_SOURCES = ['dsn', 'arf', 'ses', 'sendgrid', 'postmark'] as const
export type ReportSource = (typeof REPORT_SOURCES)[number]

export type News =
  | { kind: 'bounced'; meaning: BounceMeaning; enhancedCode: string | null; words: string | null }
  /** Called spam by its reader. */
  | { kind: 'complaint' }
  /** Left by the provider's own link. */
  | { kind: 'opted_out' }
  | { kind: 'delivered' }

/** One piece of news of one mail of ours, whoever brought it. */
export interface Report {
  source: ReportSource
  /** The provider's id of the event: heard twice it changes nothing. Null for mail: a message has one of a kind. */
  eventId: string | null
  /** Ids that may be those of our delivery, as far as the report names any. */
  deliveryIds: string[]
  /** The provider's id of the message. */
  providerId: string | null
  /** Whom it was sent to; only of a provider that proves itself, never of mail, which anybody can forge (standards E37). */
  address: string | null
  news: News
}

const ID = /^[a-z0-9]{12}$/

/** The envelope's sender of one delivery, where its bounces come back to (standards E15; contract, BOUNCE_DOMAIN). */
export const returnAddress = (deliveryId: string, bounceDomain: string): string =>
  `bounce+${deliveryId}@${bounceDomain}`

/** The delivery that a return address of ours names; null for any other address. */
export function deliveryOfReturnAddress(address: string, bounceDomain: string): string | null {
  const [, id, domain] = /^<?bounce\+([a-z0-9]{12})@([a-z0-9.-]+)>?$/i.exec(address.trim()) ?? []
  return id && domain?.toLowerCase() === bounceDomain ? id.toLowerCase() : null
}

/** The delivery that may have been sent under this Message-ID; null when it has not the form of ours. */
export function deliveryOfMessageId(messageId: string): string | null {
  const local = messageId.trim().replace(/^</, '').split('@')[0]!
  return ID.test(local) ? local : null
}
