import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A text with `{gaps}`, or one text for each plural form that the language has, chosen by the gap `count`. */
type Words = string | (Partial<Record<Intl.LDMLPluralRule, string>> & { other: string })

/** What the templates say in one language; a language is one file `words/<language>.json`. */
export interface Speaking {
  /** The words named `key` with its gaps filled. Words or values that are missing are an error. */
  say(key: string, values: Record<string, unknown>): string
  /** Names as one list: `A, B, and C`. */
  listed(names: readonly string[]): string
  /** What somebody else wrote, so set apart that its direction disturbs nothing around it (Unicode TR9, isolates). */
  isolate(text: string): string
}

const FILE = /^([a-z]{2})\.json$/

/** Reads every language below `folder`. */
export function loadWords(folder: string): Map<string, Speaking> {
  const read = (file: string): Record<string, Words> => JSON.parse(readFileSync(join(folder, file), 'utf8'))
  const languages = readdirSync(folder).flatMap((file) => FILE.exec(file)?.[1] ?? [])
  return new Map(languages.map((language) => [language, speaking(language, read(`${language}.json`))]))
}

function speaking(language: string, words: Record<string, Words>): Speaking {
  const rules = new Intl.PluralRules(language)
  const list = new Intl.ListFormat(language)
  const say = (key: string, values: Record<string, unknown>): string => {
    const said = words[key]
    if (said === undefined) throw new Error(`templates/words/${language}.json has no words named ${key}.`)
    const text = typeof said === 'string' ? said : (said[rules.select(Number(values.count))] ?? said.other)
    return text.replace(/\{(\w+)\}/g, (_, gap: string) => {
      if (values[gap] === undefined) throw new Error(`The words named ${key} need a value for ${gap}.`)
      return String(values[gap])
    })
  }
  const isolate = (text: string) => say('isolate_begin', {}) + text + say('isolate_end', {})
  return { say, isolate, listed: (names) => list.format(names.map(isolate)) }
}
