import en from './messages/en.json' with { type: 'json' }

/** The words of one language; other languages are files beside it with the same keys. */
export type Messages = typeof en
export type MessageKey = keyof Messages

/** HTML that is ready to print: its values have been escaped. */
export interface Markup {
  readonly html: string
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text made safe for element content and quoted attributes. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character]!)

/** The pattern of a message, in the plural form that `count` asks for where it has forms. */
function patternOf(messages: Messages, key: MessageKey, count: unknown): string {
  const message: string | { one: string; other: string } = messages[key]
  if (typeof message === 'string') return message
  const form = new Intl.PluralRules(messages.language).select(Number(count))
  return form === 'one' ? message.one : message.other
}

function fill<Value>(key: string, pattern: string, values: Record<string, Value>, print: (value: Value) => string) {
  return pattern.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`The message "${key}" needs a value for {${name}}.`)
    return print(value)
  })
}

/** Text of a message with its `{placeholders}` filled; throws when a value is missing, so that no page shows braces. */
export const t = (key: MessageKey, values: Record<string, string | number> = {}): string =>
  fill(key, patternOf(en, key, values.count), values, String)

/** A message as HTML: plain values are escaped, values that are markup are set in as they are. */
export function h(key: MessageKey, values: Record<string, string | number | Markup> = {}): Markup {
  const print = (value: string | number | Markup) =>
    typeof value === 'object' ? value.html : escapeHtml(String(value))
  return { html: fill(key, escapeHtml(patternOf(en, key, values.count)), values, print) }
}

/** The words before and after the one placeholder of a message, where that is set in type of its own. */
export function around(key: MessageKey): { before: string; after: string } {
  const [before = '', after = ''] = patternOf(en, key, undefined).split(/\{\w+\}/)
  return { before: before.trim(), after: after.trim() }
}

/** The locale by which names of days and months are written. */
export const dateLocale = en.date_locale

/** The locale by which lists are written in a sentence. */
export const listLocale = en.list_locale

/** The language of the document (`<html lang>`). */
export const language = en.language
