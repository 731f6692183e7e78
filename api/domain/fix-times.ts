import { type Span, sentencesOf } from './sentences.ts'
import type { WordingRules } from './wording-rules.ts'

/**
 * Where a text says when the trouble will be over: "in 10 minutes", "by 15:00 we expect to resolve", "should be fixed
 * shortly". When we speak next, what to do meanwhile and what has been are none of it.
 */
export const fixTimesIn = (text: string, rules: WordingRules): Span[] =>
  sentencesOf(text)
    .flatMap((sentence) => clausesOf(sentence, rules))
    .flatMap((clause) => fixTime(clause, rules))

interface Clause {
  text: string
  from: number
}

/** A time that leads its sentence belongs to what follows: "By 15:00, we expect to resolve this". */
function clausesOf({ text, from }: Clause, rules: WordingRules): Clause[] {
  const clauses: Clause[] = []
  let start = 0
  for (const cut of [...text.matchAll(rules.clauseEnds)]) {
    if (isTimeAlone(text.slice(start, cut.index), rules)) continue
    clauses.push({ text: text.slice(start, cut.index), from: from + start })
    start = cut.index + cut[0].length
  }
  return [...clauses, { text: text.slice(start), from: from + start }]
}

const isTimeAlone = (text: string, { within, by, around, lasting, soon }: WordingRules): boolean =>
  [within, by, around, lasting, soon].some((time) => {
    const found = time.exec(text)
    return found !== null && text.replace(found[0], '').trim() === ''
  })

function fixTime({ text, from }: Clause, rules: WordingRules): Span[] {
  const parts = promisedIn(text, rules)
  if (parts.length === 0) return []
  const [first, last] = [Math.min(...parts.map((part) => part.from)), Math.max(...parts.map((part) => part.to))]
  return [{ from: from + first, to: from + last }]
}

/** The time, and the words that make it one of the end of the trouble. */
function promisedIn(text: string, rules: WordingRules): Span[] {
  const bare = spanOf(text, rules.eta)
  if (bare) return [bare]
  const ahead = rules.ahead.test(text)
  const told = rules.past.test(text) && !ahead
  if (told || rules.next_word.test(text) || rules.advice.test(text)) return []
  const time = timeIn(text, ahead, rules)
  return time ? [time, ...[rules.ahead, rules.mended].flatMap((words) => spanOf(text, words) ?? [])] : []
}

/** Words of the end without one that looks ahead tell of the past, unless they lead: "Fixed by 15:00". */
function timeIn(text: string, ahead: boolean, rules: WordingRules): Span | null {
  const mended = rules.mended.exec(text)
  const leads = mended !== null && text.slice(0, mended.index).trim() === ''
  const told = mended !== null && rules.mendedAlready.test(mended[0]) && !leads
  const within = spanOf(text, rules.within)
  if (within && (ahead || !told))
    return rules.withinAhead.test(text.slice(within.from)) || ahead || mended ? within : null
  const by = spanOf(text, rules.by)
  if (by && (ahead || (mended && !told))) return by
  if (!ahead) return null
  return spanOf(text, rules.around) ?? spanOf(text, rules.lasting) ?? (mended && spanOf(text, rules.soon))
}

function spanOf(text: string, words: RegExp): Span | null {
  const found = words.exec(text)
  return found && { from: found.index, to: found.index + found[0].length }
}
