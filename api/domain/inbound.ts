/** What somebody means who answers one of our text messages. */
const MEANINGS = ['stop', 'start', 'help', 'manage', 'unmatched'] as const
export type InboundMeaning = (typeof MEANINGS)[number]

/** What a message was kept as: one of these, or the answer of a member of staff to an alert. */
export const KEPT_MEANINGS = [...MEANINGS, 'answer'] as const
export type KeptMeaning = (typeof KEPT_MEANINGS)[number]

/**
 * Words that carriers and the law know (standards S16), ours for one's own choices, and the same in other languages, as
 * the whole message, whatever the case and however an alef or an accent is written.
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
    'stopp',
    'abmelden',
    'arrêt',
    'arrêter',
    'alto',
    'baja',
    'cancelar',
    '停止',
    '配信停止',
    'ストップ',
  ],
  start: ['start', 'yes', 'unstop', 'ابدا', 'نعم', '開始'],
  help: ['help', 'info', 'مساعدة', 'hilfe', 'aide', 'ayuda', 'ヘルプ'],
  manage: ['manage', 'settings', 'preferences', 'اعدادات', 'الاعدادات'],
}

/** A text as it is compared: letters without their marks, in small letters. */
const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^\p{L}\p{N}-]+/gu, ' ')
    .trim()
    .toLowerCase()

const MEANING_OF = new Map(
  Object.entries(WORDS).flatMap(([meaning, words]) =>
    words.map((word) => [plain(word), meaning as keyof typeof WORDS] as const),
  ),
)

/** Reads a reply. Anything but the known words is for a person to read: the law counts any reasonable wording. */
export const meaningOf = (text: string): InboundMeaning => MEANING_OF.get(plain(text)) ?? 'unmatched'

/** What Twilio itself took a message for, where its Advanced Opt-Out is on (standards S17); null when it says nothing. */
export function meaningByTwilio(optOutType: string | undefined): InboundMeaning | null {
  const meaning = optOutType?.toLowerCase()
  return meaning === 'stop' || meaning === 'start' || meaning === 'help' ? meaning : null
}
