import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { type Context, Liquid, type Template } from 'liquidjs'
import type { MessageTemplate } from './domain/message-template.ts'
import { isReadyWords, loadMessages } from './template-messages.ts'
import { loadWords, type Speaking } from './template-words.ts'

/** The words for people, by name: `mail/update`, `sms/alert`. */
export interface Templates {
  /** Plain text, in English unless told otherwise. A variable that the template names and `data` lacks is an error. */
  text(name: string, data: Record<string, unknown>, language?: string): string
  /** HTML: everything put in is escaped, except what the template marks as `raw`, which must be sanitised already. */
  html(name: string, data: Record<string, unknown>, language?: string): string
  /** Ready words of `updates/`, as shipped; the actions know which of them were changed here. */
  messages: readonly MessageTemplate[]
}

const KINDS = [
  { ending: '.txt.liquid', kind: 'text' },
  { ending: '.html.liquid', kind: 'html' },
  { ending: '.md', kind: 'text' },
] as const

/** Frames are the same in every language; what they say is looked up: `{{ 'late' | say: count: late_minutes }}`. */
function speak(engine: Liquid, languages: Map<string, Speaking>): void {
  const speaking = ({ globals }: Context) =>
    languages.get((globals as { language: string }).language) ?? languages.get('en')!
  engine.registerFilter('say', function (key: string, ...values: [string, unknown][]) {
    return speaking(this.context).say(key, Object.fromEntries(values))
  })
  engine.registerFilter('listed', function (names: string[]) {
    return speaking(this.context).listed(names)
  })
  engine.registerFilter('isolate', function (text: string) {
    return speaking(this.context).isolate(text)
  })
}

/** Reads and parses every template below `folder` once; a mistake in any of them is thrown here, not at 3 a.m. */
export function loadTemplates(folder: string): Templates {
  const strict = {
    strictVariables: true,
    strictFilters: true,
    ownPropertyOnly: true,
    root: folder,
    relativeReference: false,
  }
  const engines = {
    text: new Liquid(strict),
    html: new Liquid({ ...strict, outputEscape: 'escape' }),
  }
  const languages = loadWords(join(folder, 'words'))
  for (const engine of Object.values(engines)) speak(engine, languages)
  const parsed = { text: new Map<string, Template[]>(), html: new Map<string, Template[]>() }
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const found = KINDS.find(({ ending }) => path.endsWith(ending))
    if (!found) continue
    const source = readFileSync(join(folder, path), 'utf8')
    if (isReadyWords(source)) continue
    const name = path.split(sep).join('/').slice(0, -found.ending.length)
    parsed[found.kind].set(name, engines[found.kind].parse(source, path))
  }
  const render =
    (kind: 'text' | 'html') =>
    (name: string, data: Record<string, unknown>, language = 'en') => {
      const template = parsed[kind].get(name)
      if (!template) throw new Error(`There is no ${kind} template ${name}.`)
      return String(engines[kind].renderSync(template, data, { globals: { language } })).replace(/\n+$/, '')
    }
  return { text: render('text'), html: render('html'), messages: loadMessages(join(folder, 'updates')) }
}
