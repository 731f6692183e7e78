import { shorten } from '../domain/headline.ts'
import type { Templates } from '../templates.ts'

/** After so many sentences a new paragraph begins. */
const PARAGRAPH = 4
/** A title has at most 120 characters (contract section 4). */
const TITLE_MAX = 120
/** So many components are named before the rest is counted. */
const NAMED = 3
/** Room for a gap and a sentence of three words, in characters: less would leave a stump at the end. */
const SHORTEST = 20

/** Words in place of those that a history leaves out: they read like an update, and say nothing. */
export interface PlaceholderWords {
  /** A text of exactly `length` characters; the same for the same `seed`. */
  text(length: number, seed: number): string
  /** What an incident or a maintenance of these components is called. */
  title(of: 'incident' | 'maintenance', components: readonly string[]): string
}

/** Takes the title and the sentences from `templates/replay`. */
export function placeholderWords(templates: Templates): PlaceholderWords {
  const lines = (name: string) => templates.text(`replay/${name}`, {}).split('\n')
  const sentences = lines('sentences')
  const endings = lines('endings')
  return {
    text: (length, seed) => fill(sentences, endings, length, seed),
    title: (of, components) => shorten(templates.text('replay/title', { of, ...listed(components) }), TITLE_MAX),
  }
}

/** Sentences from the seed's one on; the last is cut between words and ended so that the length is met exactly. */
function fill(sentences: readonly string[], endings: readonly string[], length: number, seed: number): string {
  const sentence = (count: number) => sentences[(seed + count) % sentences.length]!
  let text = ''
  for (let count = 0; ; count += 1) {
    const gap = count === 0 ? '' : count % PARAGRAPH === 0 ? '\n\n' : ' '
    const left = length - text.length - gap.length
    if (sentence(count).length !== left && sentence(count).length + SHORTEST > left)
      return text + gap + cut(sentence(count), sentence(count + 1), endings, left)
    text += gap + sentence(count)
    if (text.length === length) return text
  }
}

/** One sentence in exactly `length` characters, made of two: whole words of them, a word that fits, a full stop. */
function cut(first: string, second: string, endings: readonly string[], length: number): string {
  const both = `${first.slice(0, -1)} and ${second.charAt(0).toLowerCase()}${second.slice(1, -1)}`
  const words = both.split(' ')
  while (words.length > 1) {
    words.pop()
    const start = words.join(' ')
    const ending = endings.find((word) => `${start} ${word}.`.length === length)
    if (ending) return `${start} ${ending}.`
  }
  return `${first.slice(0, length - 1).trimEnd()}.`.padEnd(length, '.')
}

/** All but the last of those that are named, the last, and how many more there are. */
function listed(components: readonly string[]): { named: readonly string[]; last: string; others: number } {
  const named = components.slice(0, NAMED)
  const last = named.length > 1 ? named.at(-1)! : ''
  return { named: last === '' ? named : named.slice(0, -1), last, others: components.length - named.length }
}
