import type { Channel, DeliveryState } from './attempt.ts'
import { TWILIO_CODES } from './twilio-codes.ts'

/** Why a message did not arrive, as people understand it; the words are in `site/messages/console.json`. */
export const FAILURE_REASONS = [
  'bad_address',
  'mailbox_full',
  'our_mail_refused',
  'refused',
  'bad_number',
  'blocked',
  'country',
  'unreachable',
  'our_sms_refused',
  'endpoint_refused',
  'no_answer',
  'too_late',
  'unexplained',
] as const
export type FailureReason = (typeof FAILURE_REASONS)[number]

/** What is known of a delivery that did not arrive: the carrier's code, and for mail the enhanced one (RFC 3463). */
export interface Failure {
  channel: Channel
  state: DeliveryState
  code: string | null
  enhancedCode: string | null
}

/** The reason behind a carrier's code; a code that says nothing to us stays unexplained, and is shown beside it. */
export function failureReason(failure: Failure): FailureReason {
  if (failure.state === 'expired') return 'too_late'
  switch (failure.channel) {
    case 'email':
      return mailReason(failure)
    case 'sms':
      return smsReason(failure)
    case 'webhook':
    case 'slack':
    case 'teams':
      return endpointReason(failure)
  }
}

/** 5.1.x address, x.2.2 mailbox full, x.7.x policy or authentication (standards E34); a bare 5xx refuses without saying why. */
function mailReason({ code, enhancedCode }: Failure): FailureReason {
  if (/^5\.1\./.test(enhancedCode ?? '')) return 'bad_address'
  if (/^[45]\.2\.2$/.test(enhancedCode ?? '') || code === '552') return 'mailbox_full'
  if (/^[45]\.7\./.test(enhancedCode ?? '')) return 'our_mail_refused'
  if (/^[45]\d\d$/.test(code ?? '') || enhancedCode !== null) return 'refused'
  return code === null ? 'unexplained' : 'no_answer'
}

function smsReason({ code }: Failure): FailureReason {
  const meaning = TWILIO_CODES[Number(code)]
  if (meaning === undefined) return 'unexplained'
  switch (meaning) {
    case 'opted_out':
    case 'blocked':
      return 'blocked'
    case 'bad_recipient':
      return 'bad_number'
    case 'country':
      return 'country'
    case 'retry':
      return 'unreachable'
    case 'configuration':
    case 'quota':
      return 'our_sms_refused'
  }
}

/** An HTTP status is an answer; a word of the network's is none. */
function endpointReason({ code }: Failure): FailureReason {
  if (code === null) return 'unexplained'
  return /^\d{3}$/.test(code) ? 'endpoint_refused' : 'no_answer'
}
