/** What one language's file says (`templates/words/wording/`): expressions (ECMAScript), by what they recognise. */
export interface WordingFile {
  /** Of its letters, as Unicode names it. */
  script: string
  /** What has to stand before and behind each of a list's words; what is written onto a word belongs to it. */
  begin: string
  end: string
  /** Letters that people write for one another, each with all of them. */
  same?: Readonly<Record<string, string>>
  /** What `{name}` in an expression stands for. */
  parts: Readonly<Record<string, string>>
  clause_ends: string
  within_ahead: string
  mended_already: string
}

/** The lists that every file has: words, as expressions. */
const LISTS = [
  'common',
  ...['eta', 'within', 'by', 'around', 'lasting', 'soon', 'ahead', 'mended', 'past', 'next_word', 'advice'],
  ...['root_cause', 'outage', 'wholly', 'back', 'effects', 'length', 'follows'],
] as const
type ListName =
  | ('common' | 'eta' | 'within' | 'by' | 'around' | 'lasting' | 'soon' | 'ahead' | 'mended' | 'past' | 'next_word')
  | ('advice' | 'root_cause' | 'outage' | 'wholly' | 'back' | 'effects' | 'length' | 'follows')
export type WordingLists = Readonly<Record<ListName, readonly string[]>>

/** The rules of one language, ready to be used. */
export type WordingRules = Readonly<Record<ListName, RegExp>> & {
  script: RegExp
  clauseEnds: RegExp
  /** What tells "in 10 minutes", which lies ahead by itself, from "within". */
  withinAhead: RegExp
  /** Which words of the end tell of one that has been. */
  mendedAlready: RegExp
}

/** Reads a language's file. Throws where an expression of it is none. */
export function wordingRules(file: WordingFile & WordingLists): WordingRules {
  const expression = (source: string, flags = 'isu') => new RegExp(written(file, source), flags)
  const lists = LISTS.map((name) => [
    name,
    expression(`${file.begin}(?:${file[name as ListName].join('|')})${file.end}`),
  ])
  return {
    ...(Object.fromEntries(lists) as Record<ListName, RegExp>),
    script: new RegExp(`\\p{Script=${file.script}}`, 'u'),
    clauseEnds: expression(file.clause_ends, 'gisu'),
    withinAhead: expression(file.within_ahead),
    mendedAlready: expression(file.mended_already),
  }
}

/** Marks that may stand above or below a letter of this script, or stretch it, and change nothing of the word. */
const MARKS = String.raw`[\p{M}\u0640]*`

/** The expression with its parts in place, and with what people write for each of its letters. */
function written({ same = {}, parts }: WordingFile, source: string): string {
  const whole = source.replace(/\{([a-z]+)\}/g, (_, name: string) => parts[name]!)
  if (Object.keys(same).length === 0) return whole
  return whole.replace(/\p{Script=Arabic}/gu, (letter) => `(?:[${same[letter] ?? letter}]${MARKS})`)
}

/**
 * The rules by which a text is read: for each script in it, those of the language that most of its common words are of.
 * None where nobody here reads it.
 */
export function rulesFor(text: string, all: readonly WordingRules[]): WordingRules[] {
  const readable = all.filter(({ script }) => script.test(text))
  const byScript = Map.groupBy(readable, ({ script }) => script.source)
  const common = ({ common: words }: WordingRules) => [...text.matchAll(new RegExp(words, 'gisu'))].length
  return [...byScript.values()].map((some) => some.toSorted((one, other) => common(other) - common(one))[0]!)
}
