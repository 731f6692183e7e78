import words from '../../../templates/words/feeds.json' with { type: 'json' }

type Key = Exclude<keyof typeof words, 'months'>

/** A phrase that readers of feeds see, its `{placeholders}` filled; throws when a value is missing. */
export const say = (key: Key, values: Record<string, string> = {}): string =>
  words[key].replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`The words "${key}" of feeds need a value for {${name}}.`)
    return value
  })

/** The short name of the month that an instant lies in, by UTC. */
export const monthWord = (at: Date): string => words.months[at.getUTCMonth()]!
