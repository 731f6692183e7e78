import type { UpdateView } from '../api/domain/pages.ts'
import { remembering } from '../api/domain/remembering.ts'
import { plainText } from './text.ts'
import { language } from './words.ts'

/** With more words than this on either side everything between the common beginning and end counts as new. */
const MOST_COMPARED = 400
/** Corrected updates whose marks are kept; a page of an incident shows few, and every post shows them again. */
const KEPT = 500

/** A piece of HTML: a tag, white space, or a word. */
const PIECES = /<[^>]+>|\s+|[^\s<]+/g
const isWord = (piece: string): boolean => !piece.startsWith('<') && piece.trim() !== ''

/** Which words of `now` are not in `before`, by the longest common run of words. */
function newWords(before: readonly string[], now: readonly string[]): boolean[] {
  let start = 0
  while (start < now.length && start < before.length && now[start] === before[start]) start += 1
  let end = 0
  while (end < now.length - start && end < before.length - start && now.at(-1 - end) === before.at(-1 - end)) end += 1
  const [old, fresh] = [before.slice(start, before.length - end), now.slice(start, now.length - end)]
  return [
    ...now.slice(0, start).map(() => false),
    ...unmatched(old, fresh),
    ...now.slice(now.length - end).map(() => false),
  ]
}

function unmatched(before: readonly string[], now: readonly string[]): boolean[] {
  if (Math.max(before.length, now.length) > MOST_COMPARED) return now.map(() => true)
  const common = commonLengths(before, now)
  const fresh = now.map(() => true)
  let [old, index] = [0, 0]
  while (old < before.length && index < now.length) {
    if (before[old] === now[index]) {
      fresh[index] = false
      old += 1
      index += 1
    } else if (common[old + 1]![index]! >= common[old]![index + 1]!) old += 1
    else index += 1
  }
  return fresh
}

/** `[i][j]`: how many words the rest of `before` from i and the rest of `now` from j have in common, in order. */
function commonLengths(before: readonly string[], now: readonly string[]): number[][] {
  const lengths = Array.from({ length: before.length + 1 }, () => new Array<number>(now.length + 1).fill(0))
  for (let i = before.length - 1; i >= 0; i -= 1)
    for (let j = now.length - 1; j >= 0; j -= 1)
      lengths[i]![j] =
        before[i] === now[j] ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!)
  return lengths
}

/** `html` with the words marked that `previous` did not have; tags stay where they are. */
export function markNew(html: string, previous: string): string {
  const pieces = html.match(PIECES) ?? []
  const fresh = newWords((previous.match(PIECES) ?? []).filter(isWord), pieces.filter(isWord))
  let word = -1
  const marked = pieces.map((piece) => {
    if (isWord(piece)) word += 1
    return isWord(piece) && fresh[word] ? `<mark>${piece}</mark>` : piece
  })
  return marked.join('').replace(/<\/mark>(\s+)<mark>/g, '$1')
}

/** The same of a pair in JSON. */
const marked = remembering(KEPT, (pair) => markNew(...(JSON.parse(pair) as [html: string, previous: string])))

/** An update as it reads now; words that its first wording did not have are marked. */
export function correctedHtml({ html, corrections }: UpdateView): string {
  const first = corrections.at(-1)
  return first ? marked(JSON.stringify([html, first.previousHtml])) : html
}

const sentencesOf = (text: string): string[] =>
  [...new Intl.Segmenter(language(), { granularity: 'sentence' }).segment(text)].map(({ segment }) => segment.trim())

/**
 * What `previous` said and `now` does not: its sentences that are gone. What stayed stands above in the update itself.
 * All of it where no sentence went, such as when only a link was changed.
 */
export function goneWords(previous: string, now: string): string {
  const kept = new Set(sentencesOf(plainText(now)))
  const before = plainText(previous)
  return (
    sentencesOf(before)
      .filter((sentence) => !kept.has(sentence))
      .join(' ') || before
  )
}

/** The corrections of an update, newest first, each with what went; the next wording is the newer correction's or its own. */
export const correctionsOf = ({
  html,
  corrections,
}: UpdateView): { gone: string; at: string; reason: string; told: boolean }[] =>
  corrections.map(({ previousHtml, at, reason, told }, index) => ({
    gone: goneWords(previousHtml, corrections[index - 1]?.previousHtml ?? html),
    at,
    reason,
    told,
  }))
