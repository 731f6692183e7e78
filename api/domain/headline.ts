import { renderText } from './markdown.ts'

/** The longest headline, in characters (contract section 4). */
export const HEADLINE_MAX = 90

/** What leads mail, SMS and chat when the author wrote no headline: the first sentence of the body, shortened to fit. */
export const headlineOf = (body: string): string => shorten(firstSentence(renderText(body)), HEADLINE_MAX)

function firstSentence(text: string): string {
  const sentences = new Intl.Segmenter('en', { granularity: 'sentence' }).segment(text)
  for (const { segment } of sentences) if (segment.trim()) return segment.trim()
  return ''
}

/**
 * `text` in at most `max` characters, cut after a whole word and ended by `…`; a single word longer than that (or a
 * script without spaces) is cut between letters.
 */
export function shorten(text: string, max: number): string {
  const characters = [...text]
  if (characters.length <= max) return text
  const head = characters.slice(0, max - 1).join('')
  const end = /\s/u.test(characters[max - 1]!) ? head.length : head.search(/\s+\S*$/u)
  const cut = end > head.length / 2 ? head.slice(0, end) : wholeLetters(head, text)
  return `${cut.replace(/[\s,;:–—-]+$/u, '')}…`
}

/** `head`, less the letter that was cut in two (a base without its combining marks, half an emoji). */
function wholeLetters(head: string, text: string): string {
  const letters = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)]
  const whole = letters.findLast(({ index, segment }) => index + segment.length <= head.length)
  return whole ? head.slice(0, whole.index + whole.segment.length) : head
}
