import { HEADLINE_MAX, shorten } from './headline.ts'
import { bodyText } from './names.ts'
import type { FieldError } from './refusal.ts'

/**
 * Gaps in a text, written `{{name}}`. What we know of an incident fills some of them by itself (`template-facts.ts`); the
 * others are blanks, which a person fills. Nothing else is special: no tags, no filters, nothing that is run.
 */
const PLACEHOLDER = /\{\{([^{}\n]*)\}\}/g
const LONGEST_NAME = 60

const isName = (name: string): boolean => name.trim() !== '' && name.trim().length <= LONGEST_NAME

/** The names of a text's placeholders, each once, in their order. */
export const placeholdersIn = (text: string): string[] => [
  ...new Set([...text.matchAll(PLACEHOLDER)].map(([, name]) => name!.trim()).filter(isName)),
]

/** The beginning of what looks like a placeholder or a tag and is neither; null where all is well. */
export function malformedIn(text: string): string | null {
  const rest = text.replace(PLACEHOLDER, (whole, name: string) => (isName(name) ? ' ' : whole))
  const at = rest.search(/\{\{|\}\}|\{%|%\}/)
  return at < 0 ? null : rest.slice(at, at + 24).split('\n')[0]!
}

/** The text with every placeholder filled that `values` has something for; the others stay as they are. */
export const filled = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(PLACEHOLDER, (whole, name: string) => valueFor(values, name) ?? whole)

const valueFor = (values: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(values, name.trim()) ? values[name.trim()] : undefined

/** What of a text is still to be filled, as it stands there; of a placeholder that nobody closed, its beginning. */
function unfilledIn(text: string, values: Readonly<Record<string, string>>): string[] {
  const left = placeholdersIn(text).filter((name) => valueFor(values, name) === undefined)
  const broken = text.replace(PLACEHOLDER, (whole, name: string) => (isName(name) ? ' ' : whole)).match(/\{\{.{0,22}/)
  return [...left.map((name) => `{{${name}}}`), ...(broken ?? [])]
}

/** What is said to somebody: its words, and the headline where it has one of its own. */
export interface Words {
  body: string
  headline: string | null
}

/**
 * The words as they go out. No customer ever reads a gap: each that `values` does not fill is an error by name, the same
 * wherever the words came from.
 */
export function completed(
  { body, headline }: Words,
  values: Readonly<Record<string, string>>,
): { words: Words } | { errors: FieldError[] } {
  const errors = [...blanksLeft('body', body, values), ...blanksLeft('headline', headline ?? '', values)]
  if (errors.length > 0) return { errors }
  const lead = headline === null ? null : shorten(filled(headline, values), HEADLINE_MAX)
  return { words: { body: filled(body, values), headline: lead } }
}

/** An error for each gap that nothing fills. */
export const blanksLeft = (field: string, text: string, values: Readonly<Record<string, string>> = {}): FieldError[] =>
  unfilledIn(text, values).map((gap) => ({
    field,
    code: 'blank_unfilled',
    message: `Fill in ${gap}, or take it out: nobody outside may read it.`,
  }))

/** A text that is published as it was typed, of which nothing fills itself in: a gap in it is refused. */
export const saidText = (max: number) =>
  bodyText(max).superRefine((text, context) => {
    for (const { code, message } of blanksLeft('', text))
      context.addIssue({ code: 'custom', message, params: { code } })
  })
