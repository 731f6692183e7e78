import type { InboundMeaning } from './inbound.ts'

/**
 * The template of our own answer to a reply; null when none is due. Where Twilio answers STOP and HELP itself a second
 * answer from us would be one too many (standards S17).
 */
export function replyTemplate(meaning: InboundMeaning, optOut: 'twilio' | 'sitrep'): string | null {
  if (optOut === 'twilio' || meaning === 'unmatched') return null
  return `sms/${meaning}`
}

/** Twilio's answer format: one message back, or none. */
export const twiml = (text: string | null): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Response>${text === null ? '' : `<Message>${escaped(text)}</Message>`}</Response>`

const escaped = (text: string): string =>
  text.replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character]!)
