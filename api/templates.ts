import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { Liquid, type Template } from 'liquidjs'

/** The words for people, by name: `mail/update`, `sms/alert`, `updates/public/no_change`. */
export interface Templates {
  /** Plain text. A variable that the template names and `data` lacks is an error. */
  text(name: string, data: Record<string, unknown>): string
  /** HTML: everything put in is escaped, except what the template marks as `raw`, which must be sanitised already. */
  html(name: string, data: Record<string, unknown>): string
}

const KINDS = [
  { ending: '.txt.liquid', kind: 'text' },
  { ending: '.html.liquid', kind: 'html' },
  { ending: '.md', kind: 'text' },
] as const

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
  const parsed = { text: new Map<string, Template[]>(), html: new Map<string, Template[]>() }
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const found = KINDS.find(({ ending }) => path.endsWith(ending))
    if (!found) continue
    const name = relative('.', path).split(sep).join('/').slice(0, -found.ending.length)
    parsed[found.kind].set(name, engines[found.kind].parse(readFileSync(join(folder, path), 'utf8'), path))
  }
  const render = (kind: 'text' | 'html') => (name: string, data: Record<string, unknown>) => {
    const template = parsed[kind].get(name)
    if (!template) throw new Error(`There is no ${kind} template ${name}.`)
    return String(engines[kind].renderSync(template, data)).replace(/\n+$/, '')
  }
  return { text: render('text'), html: render('html') }
}
