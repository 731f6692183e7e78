import { fixTimesIn } from './fix-times.ts'
import { hostsIn } from './host-names.ts'
import type { IncidentStatus } from './lifecycle.ts'
import { type Span, sentencesOf } from './sentences.ts'

/**
 * What an update should rather not say (standards C18), and what a resolution should (C20). Told to its author before they
 * post; never a reason to refuse. The words of each are in `templates/words/wording.json`.
 */
export const WORDING_CODES = [
  'fix_time',
  'root_cause',
  'outage',
  'host_name',
  'staff_name',
  'recovery_unconfirmed',
  'effects_unsaid',
  'duration_unsaid',
  'follow_up_unsaid',
] as const
export type WordingCode = (typeof WORDING_CODES)[number]

/** Where words stand: what leads mail, SMS and chat, or the text itself. */
export const WORDED_FIELDS = ['headline', 'body'] as const
export type WordedField = (typeof WORDED_FIELDS)[number]

/** `at`: the characters of the field that are meant, from the first to behind the last; null for what is missing. */
export interface WordingWarning {
  code: WordingCode
  field: WordedField
  at: [from: number, to: number] | null
}

/** What the check has to know besides the words. */
export interface Worded {
  /** Null where the first sentence of the body leads. */
  headline: string | null
  body: string
  status: IncidentStatus
  /** Something is wholly down, so "outage" says what is so. */
  total: boolean
  /** Names of staff. */
  staff: readonly string[]
  /** What is public by name: the company and its components. A part of somebody's name that stands in it tells nobody. */
  ours: readonly string[]
}

/**
 * The warnings about an update, in the order of its words, headline first; what is missing from both comes last. English is
 * what it reads.
 */
export const checkWording = (worded: Worded): WordingWarning[] => [
  ...(worded.headline === null ? [] : saidIn('headline', worded.headline, worded)),
  ...saidIn('body', worded.body, worded),
  ...unsaid([worded.headline ?? '', worded.body].map(withoutUrls), worded.status),
]

function saidIn(
  field: WordedField,
  text: string,
  { status, total, staff, ours }: Omit<Worded, WordedField>,
): WordingWarning[] {
  const words = withoutUrls(text)
  const found: { code: WordingCode; spans: Span[] }[] = [
    { code: 'fix_time', spans: status === 'resolved' ? [] : fixTimesIn(words) },
    { code: 'root_cause', spans: matches(words, /\broot[- ]causes?\b/gi) },
    { code: 'outage', spans: total ? [] : matches(words, /(?<!\b(?:partial|no)\s)\boutages?\b/gi) },
    { code: 'host_name', spans: hostsIn(text) },
    { code: 'staff_name', spans: namesIn(words, staff, ours.join(' ')) },
  ]
  const said = found.flatMap(({ code, spans }) => spans.map((span) => ({ code, span })))
  const inOrder = said.toSorted((one, other) => one.span.from - other.span.from || one.span.to - other.span.to)
  return inOrder.map(({ code, span }) => ({ code, field, at: charactersOf(text, span) }))
}

const matches = (text: string, pattern: RegExp): Span[] =>
  [...text.matchAll(pattern)].map((match) => ({ from: match.index, to: match.index + match[0].length }))

/** An address is not a statement; spaces keep every position. */
const withoutUrls = (text: string): string => text.replace(/\bhttps?:\/\/\S+/gi, (url) => ' '.repeat(url.length))

/** A range counted in characters, as people and most programs count them. */
const charactersOf = (text: string, { from, to }: Span): [number, number] => {
  const before = [...text.slice(0, from)].length
  return [before, before + [...text.slice(from, to)].length]
}

/**
 * Somebody's full name, also in capitals; a part of it only as it is written and within a sentence. Will, Mark and Grace
 * may begin one without being there, and nobody will mark that.
 */
function namesIn(words: string, staff: readonly string[], ours: string): Span[] {
  const whole = staff
    .filter((name) => name.trim().includes(' '))
    .flatMap((name) => matches(words, wordly(name, 'giu')))
    .filter(({ from, to }) => /\p{Lu}/u.test(words.slice(from, to)))
  const parts = [...new Set(staff.flatMap((name) => name.split(/\s+/)))].filter(
    (part) => /^\p{Lu}[\p{L}'’-]{2,}$/u.test(part) && matches(ours, wordly(part, 'giu')).length === 0,
  )
  const alone = parts
    .flatMap((part) => matches(words, wordly(part, 'gu')))
    .filter(({ from }) => /[\p{L}\p{N},)]\s+$/u.test(words.slice(0, from)))
    .filter((span) => !whole.some(({ from, to }) => from <= span.from && span.to <= to))
  return [...whole, ...alone]
}

const wordly = (name: string, flags: string): RegExp => {
  const words = name.trim().split(/\s+/).map(RegExp.escape)
  return new RegExp(`(?<![\\p{L}\\p{N}])${words.join('\\s+')}(?![\\p{L}\\p{N}])`, flags)
}

/** What the end of an incident should say, as it may be said. */
const RESOLUTION: { code: WordingCode; said: (sentence: string) => boolean }[] = [
  { code: 'recovery_unconfirmed', said: (sentence) => WHOLLY.test(sentence) && BACK.test(sentence) },
  { code: 'effects_unsaid', said: (sentence) => EFFECTS.test(sentence) },
  { code: 'duration_unsaid', said: (sentence) => LENGTH.test(sentence) || (sentence.match(CLOCK) ?? []).length >= 2 },
  { code: 'follow_up_unsaid', said: (sentence) => FOLLOWS.test(sentence) },
]
const WHOLLY =
  /\b(?:full|fully|complete|completely|entirely|all|every|everything|everybody|everyone|everywhere|normal|normally|confirmed)\b/i
const BACK =
  /\b(?:recover\w*|restored|resolved|fixed|mended|works?|working|operational|operating|normal|normally|back|available)\b/i
const EFFECTS =
  /\b(?:no|none|nothing|not|never|without)\b.*\b(?:data|effects?|lost|loss|impact|missing|remains?|left)\b|\bdata\b.*\b(?:lost|loss|safe|intact|exposed|missing|damaged)\b|\b(?:lost|missing)\b.*\bdata\b|\b(?:linger\w*|remain\w*|still|backlog|delayed|catching up|after-effects?)\b/is
const LENGTH = /\b(?:\d+|an?|one|two|three|four|five|half an)\s*(?:h|hours?|min(?:ute)?s?|days?)\b/i
const CLOCK = /\b\d{1,2}:\d{2}\b/g
const FOLLOWS =
  /\b(?:review|post-?mortem|report|follow(?:s|ing)?[- ]up|next steps?|prevent\w*|learn\w*|keep (?:watch|an eye)\w*|will|what follows)\b|\bwe['’]ll\b/i

/** A text in other letters cannot be read here, so nothing is said to be missing from it. */
function unsaid(texts: readonly string[], status: IncidentStatus): WordingWarning[] {
  if (status !== 'resolved' || !texts.some((text) => /\p{Script=Latin}/u.test(text))) return []
  const sentences = texts.flatMap(sentencesOf).map(({ text }) => text)
  const missing = RESOLUTION.filter(({ said }) => !sentences.some(said))
  return missing.map(({ code }) => ({ code, field: 'body', at: null }))
}
