import type { BriefingPreviewView } from './briefing-view.ts'
import type { Preview } from './preview.ts'
import { sizeOf } from './sms.ts'
import type { WordedField } from './wording.ts'

/** The preview as the room shows it. */
export interface PreviewScreen {
  /** The promise that the page would give; null for none. */
  dueAt: string | null
  /** As in `Preview`, with the length of the SMS: septets in GSM-7, UTF-16 units in UCS-2. */
  outside: (NonNullable<Preview['outside']> & { smsUnits: number }) | null
  warnings: WarningShown[]
  /** The briefing that goes along as executives would get it; `refused` where it cannot be sent as it stands, null: none. */
  briefing: BriefingPreviewView | 'refused' | null
}

/** A warning with the words that are meant and some of what stands around them; without words something is missing. */
export interface WarningShown {
  message: string
  field: WordedField
  quoted: { before: string; words: string; after: string } | null
}

/** Characters around the words that are meant, as far as whole words go. */
const AROUND = 40

export const previewScreen = (
  { headline, body, nextUpdateDueAt, outside, warnings }: Preview,
  briefing: PreviewScreen['briefing'],
): PreviewScreen => ({
  dueAt: nextUpdateDueAt?.toISOString() ?? null,
  outside: outside && { ...outside, smsUnits: sizeOf(outside.sms.text).units },
  warnings: warnings.map(({ message, field, at }) => {
    const text = field === 'headline' ? (headline ?? '') : body
    return { message, field, quoted: at && quoted([...text], at) }
  }),
  briefing,
})

function quoted(characters: readonly string[], [from, to]: readonly [number, number]) {
  const before = characters.slice(0, from).join('')
  const after = characters.slice(to).join('')
  const [near, next] = [[...before].slice(-AROUND).join(''), [...after].slice(0, AROUND).join('')]
  return {
    before: near === before ? near : `…${near.replace(/^\S*\s/, '')}`,
    words: characters.slice(from, to).join(''),
    after: next === after ? next : `${next.replace(/\s\S*$/, '')}…`,
  }
}
