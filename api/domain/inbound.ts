/** What somebody means who answers one of our text messages. */
export type InboundMeaning = 'stop' | 'start' | 'help' | 'unmatched'

/**
 * Words that carriers and the law know (standards S16), and the same in the languages we write in, as the whole message,
 * whatever the case and however an alef is written.
 */
const WORDS: Record<Exclude<InboundMeaning, 'unmatched'>, readonly string[]> = {
  stop: [
    'stop',
    'stopall',
    'unsubscribe',
    'cancel',
    'end',
    'quit',
    'revoke',
    'optout',
    'opt out',
    'opt-out',
    'الغاء',
    'الغاء الاشتراك',
    'ايقاف',
    'توقف',
  ],
  start: ['start', 'yes', 'unstop', 'ابدا', 'نعم'],
  help: ['help', 'info', 'مساعدة'],
}

/** Reads a reply. Anything but the known words is for a person to read: the law counts any reasonable wording. */
export function meaningOf(text: string): InboundMeaning {
  const word = text
    .normalize('NFKC')
    .replace(/[أإآ]/g, 'ا')
    .replace(/\p{M}+/gu, '')
    .replace(/[^\p{L}\p{N}-]+/gu, ' ')
    .trim()
    .toLowerCase()
  for (const [meaning, words] of Object.entries(WORDS)) if (words.includes(word)) return meaning as keyof typeof WORDS
  return 'unmatched'
}

/** What Twilio itself took a message for, where its Advanced Opt-Out is on (standards S17); null when it says nothing. */
export function meaningByTwilio(optOutType: string | undefined): InboundMeaning | null {
  const meaning = optOutType?.toLowerCase()
  return meaning === 'stop' || meaning === 'start' || meaning === 'help' ? meaning : null
}
