/**
 * The life of a delivery (one announcement to one subscriber or person on one channel):
 *
 *   queued → claimed → sending → accepted → delivered
 *     ↑         |         |→ failed_for_now → (claimed again)      bounced ← accepted
 *     |_rescue__|         |→ failed · unknown → (asked, then per channel's policy)
 *   before sending: → suppressed (left or blocked) · superseded (a newer word overtook it) · expired (no longer news)
 */
export const DELIVERY_STATES = [
  'queued',
  'claimed',
  'sending',
  'accepted',
  'delivered',
  'failed_for_now',
  'failed',
  'bounced',
  'suppressed',
  'superseded',
  'expired',
  'unknown',
] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]

/** States in which nothing has left the building and the row still waits for its turn. */
export const WAITING_STATES = ['queued', 'failed_for_now'] as const satisfies DeliveryState[]

export const CHANNELS = ['email', 'sms', 'webhook', 'slack', 'teams'] as const
export type Channel = (typeof CHANNELS)[number]

/** Staff alerts and briefings have lanes of their own, so that no amount of public mail can hold them up (standards R8). */
export const LANES = ['staff', 'executive', 'public'] as const
export type Lane = (typeof LANES)[number]

/**
 * What became of one attempt, as a carrier reports it (standards E33, S4). `not_sent` means that certainly nothing left
 * and trying again is safe; `unknown` means that it may or may not have left.
 */
export type Outcome =
  | { kind: 'accepted'; providerId: string | null; answer?: EndpointAnswer }
  | NotSent
  | { kind: 'permanent'; code: string; enhancedCode?: string | null; reason: string; answer?: EndpointAnswer }
  | { kind: 'unknown'; code: string; reason: string }
  | { kind: 'channel'; code: string; reason: string }
  | { kind: 'opted_out'; code: string; reason: string }

interface NotSent {
  kind: 'not_sent'
  code: string
  enhancedCode?: string | null
  reason: string
  /** Milliseconds that the other side asked us to wait at least (Retry-After). */
  wait?: number
  answer?: EndpointAnswer
}

/** What the endpoint of a webhook answered, for its log: HTTP status, and the first few hundred bytes (standards W9). */
export interface EndpointAnswer {
  status: number | null
  excerpt: string | null
}

/**
 * Channels that carry a log of events to a program and not news to a reader: everything is told, in the order in which it
 * was said, one event at a time, and nothing is superseded (contract section 6, Webhook).
 */
export const isEventLog = (channel: Channel): boolean => channel === 'webhook'
