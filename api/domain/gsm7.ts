/** The GSM 03.38 default alphabet: one septet each. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
/** The extension table: an escape and a letter, two septets that cannot straddle two segments (standards S23). */
const EXTENDED = new Set('\f^{}\\[~]|€')

/** Characters with a twin in the alphabet that reads the same (design/sms.txt). */
const TWINS: Record<string, string> = {
  '‘': "'",
  '’': "'",
  '‚': "'",
  '‛': "'",
  '′': "'",
  '`': "'",
  '´': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '«': '"',
  '»': '"',
  '″': '"',
  '‐': '-',
  '‑': '-',
  '‒': '-',
  '–': '-',
  '—': '-',
  '―': '-',
  '−': '-',
  '…': '...',
  '•': '-',
  '·': '-',
  '→': '->',
  '\u00a0': ' ',
  '\u2007': ' ',
  '\u2009': ' ',
  '\u202f': ' ',
  '\u200b': '',
  '\u2060': '',
  '\ufeff': '',
  '\u00ad': '',
  '\t': ' ',
}

/** Septets of one character: 1, 2 for the extension table, null when the alphabet has no such character. */
export const septetsOf = (character: string): 1 | 2 | null =>
  BASIC.has(character) ? 1 : EXTENDED.has(character) ? 2 : null

/** Whether the whole text can be said in GSM-7. */
export const isGsm7 = (text: string): boolean => [...text].every((character) => septetsOf(character) !== null)

/** Replaces typographic characters by their plain twins; what has none (Dvořák, 京都) stays, and costs UCS-2. */
export const withTwins = (text: string): string =>
  [...text.normalize('NFC')].map((character) => TWINS[character] ?? character).join('')
