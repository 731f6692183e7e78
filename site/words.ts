import type { Language } from '../api/domain/pages.ts'
import type { Place } from '../api/domain/private-page.ts'
import { remembering } from '../api/domain/remembering.ts'
import { currentLanguage } from './adapter/language.ts'
import { currentPlace } from './adapter/place.ts'
import type en from './messages/en.json'

export { inLanguage } from './adapter/language.ts'

export type MessageKey = keyof typeof en

/** A text, or one text for each plural form that the language has. */
type Message = string | (Partial<Record<Intl.LDMLPluralRule, string>> & { other: string })

/** The words of one language. A language is one file of these, named in `LANGUAGES` of `api/domain/pages.ts`. */
export type Messages = Record<MessageKey, Message>

const FILES = import.meta.glob<Messages>('./messages/??.json', { eager: true, import: 'default' })

/** Whether there is a message of this name, for names that are put together. */
export const isMessage = (key: string): key is MessageKey => Object.hasOwn(FILES['./messages/en.json']!, key)

/** HTML that is ready to print: its values have been escaped. */
export interface Markup {
  readonly html: string
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text made safe for element content and quoted attributes. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ESCAPES[character]!)

/** The address of a language's pages: English has no prefix. */
const prefixOf = (language: Language): string => (language === 'en' ? '' : `/${language}`)
/** Feeds and other machine files, and the short links, are the same in every language. */
const WITHOUT_LANGUAGE = /\.\w+$|^\/[im]\//

/** The language of the page that is being rendered. */
export const language = currentLanguage

/** Where lines of that language begin (`<html dir>`). */
export const direction = (): 'ltr' | 'rtl' => (t('direction') === 'rtl' ? 'rtl' : 'ltr')

/** Where the page that is being rendered stands, if it is for an audience alone. */
export const place = currentPlace

/** The address of something in a place. */
function within({ base, token }: Place, path: string, inThis: Language | null): string {
  const [pathname = '', hash] = path.split('#')
  const asked = `?token=${token}${inThis === null ? '' : `&locale=${inThis}`}`
  return base + (pathname === '/' ? '' : pathname) + asked + (hash === undefined ? '' : `#${hash}`)
}

/** The address of a file of ours, the same in every language: a feed, a calendar. */
export function fileAt(path: string): string {
  const here = place()
  return here ? within(here, path, null) : path
}

/**
 * The address of a page of ours in the current language, or in another one: `/history` is `/ar/history` in Arabic.
 * Files, addresses elsewhere and places on the same page stay as they are.
 */
export function to(path: string, inThis: Language = language()): string {
  const [pathname = ''] = path.split(/[?#]/)
  const isOurs = /^\/(?!\/)/.test(path)
  const here = place()
  if (isOurs && here) return within(here, path, inThis)
  if (!isOurs || WITHOUT_LANGUAGE.test(pathname)) return path
  return prefixOf(inThis) + path
}

/** What is made once for each language: `Intl` takes long to make a formatter. */
export function perLanguage<Made>(make: () => Made): () => Made {
  const made = new Map<Language, Made>()
  return () => {
    const known = made.get(language())
    if (known !== undefined) return known
    const fresh = make()
    made.set(language(), fresh)
    return fresh
  }
}

const pluralRules = perLanguage(() => new Intl.PluralRules(language()))

/** The messages of the language; English where it has none, since a page with one English sentence beats no page. */
const messages = perLanguage(() => ({ ...FILES['./messages/en.json']!, ...FILES[`./messages/${language()}.json`] }))
const messageOf = (key: MessageKey): Message => messages()[key]

/** The pattern of a message, in the plural form that `count` asks for where it has forms. */
function patternOf(key: MessageKey, count: unknown): string {
  const message = messageOf(key)
  if (typeof message === 'string') return message
  return message[pluralRules().select(Number(count))] ?? message.other
}

/** All plural forms of a message, unfilled: for the script, which counts in the reader's browser. */
export function formsOf(key: MessageKey): Exclude<Message, string> {
  const message = messageOf(key)
  return typeof message === 'string' ? { other: message } : message
}

/** A pattern cut at its placeholders: words and names by turns. Every page is made of hundreds, of few patterns. */
const cut = remembering(2_000, (pattern) => pattern.split(/\{(\w+)\}/))

function fill<Value>(key: string, pattern: string, values: Record<string, Value>, print: (value: Value) => string) {
  const pieces = cut(pattern)
  let text = pieces[0]!
  for (let index = 1; index < pieces.length; index += 2) {
    const value = values[pieces[index]!]
    if (value === undefined) throw new Error(`The message "${key}" needs a value for {${pieces[index]}}.`)
    text += print(value) + pieces[index + 1]
  }
  return text
}

/** Text of a message with its `{placeholders}` filled; throws when a value is missing, so that no page shows braces. */
export const t = (key: MessageKey, values: Record<string, string | number> = {}): string =>
  fill(key, patternOf(key, values.count), values, String)

/** A message as HTML: plain values are escaped, values that are markup are set in as they are. */
export function h(key: MessageKey, values: Record<string, string | number | Markup> = {}): Markup {
  const print = (value: string | number | Markup) =>
    typeof value === 'object' ? value.html : escapeHtml(String(value))
  return { html: fill(key, escapeHtml(patternOf(key, values.count)), values, print) }
}

/** The words before and after the one placeholder of a message, where that is set in type of its own. */
export function around(key: MessageKey): { before: string; after: string } {
  const [before = '', after = ''] = patternOf(key, undefined).split(/\{\w+\}/)
  return { before: before.trim(), after: after.trim() }
}
