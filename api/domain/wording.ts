import { fixTimesIn } from './fix-times.ts'
import { hostsIn } from './host-names.ts'
import type { IncidentStatus } from './lifecycle.ts'
import { type Span, sentencesOf } from './sentences.ts'
import { rulesFor, type WordingRules } from './wording-rules.ts'

/**
 * What an update should rather not say (standards C18), and what a resolution should (C20). Told to its author before they
 * post; never a reason to refuse. What each
 * language's words for it are stands in a file of its own, in `templates/words/wording/`; what its author is told in `advice.json`.
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
 * The warnings about an update, in the order of its words, headline first; what is missing from both comes last. It
 * reads the languages of `all`, each by its letters.
 */
export function checkWording(worded: Worded, all: readonly WordingRules[]): WordingWarning[] {
  const { headline, body, status } = worded
  const rules = rulesFor(`${headline ?? ''} ${body}`, all)
  return [
    ...(headline === null ? [] : saidIn('headline', headline, worded, rules)),
    ...saidIn('body', body, worded, rules),
    ...unsaid([headline ?? '', body].map(withoutUrls), status, rules),
  ]
}

function saidIn(
  field: WordedField,
  text: string,
  { status, total, staff, ours }: Omit<Worded, WordedField>,
  rules: readonly WordingRules[],
): WordingWarning[] {
  const words = withoutUrls(text)
  const found: { code: WordingCode; spans: Span[] }[] = [
    { code: 'fix_time', spans: status === 'resolved' ? [] : rules.flatMap((each) => fixTimesIn(words, each)) },
    { code: 'root_cause', spans: rules.flatMap((each) => matches(words, each.root_cause)) },
    { code: 'outage', spans: total ? [] : rules.flatMap((each) => matches(words, each.outage)) },
    { code: 'host_name', spans: hostsIn(text) },
    { code: 'staff_name', spans: namesIn(words, staff, ours.join(' ')) },
  ]
  const said = found.flatMap(({ code, spans }) => spans.map((span) => ({ code, span })))
  const inOrder = said.toSorted((one, other) => one.span.from - other.span.from || one.span.to - other.span.to)
  return inOrder.map(({ code, span }) => ({ code, field, at: charactersOf(text, span) }))
}

const matches = (text: string, pattern: RegExp): Span[] =>
  [...text.matchAll(new RegExp(pattern, `${pattern.flags.replace('g', '')}g`))].map((match) => ({
    from: match.index,
    to: match.index + match[0].length,
  }))

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
    .filter(({ from, to }) => /\p{Lu}|\p{Lo}/u.test(words.slice(from, to)))
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
const RESOLUTION: { code: WordingCode; said: (sentence: string, rules: WordingRules) => boolean }[] = [
  { code: 'recovery_unconfirmed', said: (sentence, { wholly, back }) => wholly.test(sentence) && back.test(sentence) },
  { code: 'effects_unsaid', said: (sentence, { effects }) => effects.test(sentence) },
  {
    code: 'duration_unsaid',
    said: (sentence, { length }) => length.test(sentence) || (sentence.match(CLOCK) ?? []).length >= 2,
  },
  { code: 'follow_up_unsaid', said: (sentence, { follows }) => follows.test(sentence) },
]
const CLOCK = /(?<!\p{N})\p{Nd}{1,2}:\p{Nd}{2}(?!\p{N})/gu

/** A text in letters that nobody here reads is not said to miss anything. */
function unsaid(texts: readonly string[], status: IncidentStatus, rules: readonly WordingRules[]): WordingWarning[] {
  if (status !== 'resolved' || rules.length === 0) return []
  const sentences = texts.flatMap(sentencesOf).map(({ text }) => text)
  const missing = RESOLUTION.filter(
    ({ said }) => !sentences.some((sentence) => rules.some((each) => said(sentence, each))),
  )
  return missing.map(({ code }) => ({ code, field: 'body', at: null }))
}
