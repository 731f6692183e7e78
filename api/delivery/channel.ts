import type { Channel, Lane, Outcome } from '../domain/attempt.ts'
import type { Encoding } from '../domain/sms.ts'
import type { Letter, OwnWords } from './letter.ts'

/** What a message is for, as the mailbox names it (contract section 6). */
export type MessagePurpose = 'update' | 'maintenance' | 'confirmation' | 'alert' | 'briefing' | 'test' | 'notice'

interface AnyMessage {
  deliveryId: string
  purpose: MessagePurpose
  lane: Lane
  /** Exactly one recipient, validated when it was stored. */
  to: string
  /** When it joined the queue: the same at every attempt, as is everything that the message says. */
  queuedAt: Date
}

export interface MailMessage extends AnyMessage {
  channel: 'email'
  /** Where bounces go: of this delivery alone when there is a bounce domain (standards E15). */
  envelopeFrom: string
  messageId: string
  letter: Letter
  own: OwnWords
}

export interface SmsMessage extends AnyMessage {
  channel: 'sms'
  body: string
  encoding: Encoding
  segments: number
  statusCallback: string
  /** Seconds that the carrier may keep it waiting (standards S2). */
  validityPeriod: number
}

export interface WebhookMessage extends AnyMessage {
  channel: 'webhook'
  /** JSON; these very bytes are signed and sent (standards W4). */
  body: string
  /** Those of Standard Webhooks, signed for this attempt, and ours. */
  headers: Record<string, string>
  /** The only body of an answer that is success, beside status 200; null: any 2xx is. */
  echo: string | null
}

export type Message = MailMessage | SmsMessage | WebhookMessage

/** What asking a carrier about a message of unknown fate brings: its id there, that it has none, or no answer now. */
export type Found = { kind: 'found'; providerId: string } | { kind: 'absent' } | { kind: 'unreachable' }

/** A message's state at the carrier, and the number of the error that it ended with. */
export interface News {
  status: string
  code: number | null
}

/** Somebody who carries messages out of the building. It keeps no queue of its own: the ledger is the queue. */
export interface Carrier<M extends Message = Message> {
  channel: M['channel']
  /** For logs: `smtp`, `twilio`, `mailbox`. */
  name: string
  /** How many messages it takes at once, by lane; neither staff nor executives wait for a slot of the public's (standards R8). */
  slots: Record<Lane, number>
  /** Whether that many are meant over all processes, not in each. */
  slotsOverall: boolean
  /** Units a second over all processes: messages, or segments of SMS; null without a limit. */
  perSecond: number | null
  /** Hands over one message. Answers within 30 seconds, or when `signal` aborts; never throws for an expected failure. */
  send(message: M, signal: AbortSignal): Promise<Outcome>
  /** Whether an earlier attempt of this message reached the carrier after all. */
  ask?(message: M, since: Date): Promise<Found>
  /** What has become of a message that it took, in the carrier's words; null when it cannot be asked now. */
  news?(providerId: string): Promise<News | null>
  close(): Promise<void>
}

/** Who carries what; a channel without a carrier is not offered. */
export interface Carriers {
  email: Carrier<MailMessage>
  sms: Carrier<SmsMessage>
  webhook: Carrier<WebhookMessage>
}

/** The channels that can be carried. */
export const carriedChannels = (carriers: Carriers): Channel[] => Object.keys(carriers) as (keyof Carriers)[]
