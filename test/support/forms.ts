/** Reads HTML as far as tests need it: what a browser without script would send, and what a person would read. */

const ENTITIES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  '#34': '"',
  '#38': '&',
  nbsp: ' ',
}

/** Text of HTML with its entities resolved. */
export const unescaped = (html: string): string =>
  html.replace(/&(#?\w+);/g, (whole, name: string) => {
    if (name.startsWith('#x')) return String.fromCodePoint(Number.parseInt(name.slice(2), 16))
    return ENTITIES[name] ?? (/^#\d+$/.test(name) ? String.fromCodePoint(Number(name.slice(1))) : whole)
  })

/** What is read on a page: its text without tags, styles and scripts, in one line. */
export const wordsOf = (html: string): string =>
  unescaped(html.replace(/<(style|script|svg)\b[\s\S]*?<\/\1>/g, ' ').replace(/<(?:[^>"]|"[^"]*")*>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim()

/** Within quotes a tag may hold what would end it elsewhere. */
const INSIDE = '(?:[^>"]|"[^"]*")*'
const tag = (name: string) => new RegExp(`<${name}\\b${INSIDE}>`, 'g')
const element = (name: string) => new RegExp(`<${name}\\b(${INSIDE})>([\\s\\S]*?)</${name}>`, 'g')

const attributesOf = (found: string): Record<string, string> =>
  Object.fromEntries(
    [...found.matchAll(/([\w:-]+)(?:="([^"]*)")?/g)].slice(1).map(([, name, value]) => [name!, unescaped(value ?? '')]),
  )

/** Every element of a page as a browser would make it, with its attributes. */
export const elementsIn = (html: string): { name: string; attributes: Record<string, string> }[] =>
  [...html.replace(/<style>[\s\S]*?<\/style>/g, '').matchAll(tag('[a-z][a-z0-9]*'))].map(([found]) => ({
    name: /^<([a-z0-9]+)/.exec(found)![1]!,
    attributes: attributesOf(found),
  }))

/** The fields of the form that posts to `action`, as a browser would send them untouched. */
export function fieldsOf(html: string, action: string): Record<string, string> {
  const forms = [...html.matchAll(element('form'))].map(([form]) => form)
  const form = forms.find((each) => attributesOf(tag('form').exec(each)![0]).action === action)
  if (!form) throw new Error(`There is no form that posts to ${action}.`)
  return { ...inputsIn(form), ...textsIn(form), ...choicesIn(form) }
}

function inputsIn(form: string): Record<string, string> {
  const inputs = [...form.matchAll(tag('input'))].map(([found]) => attributesOf(found))
  const sent = inputs.filter(({ type = 'text', name, ...rest }) => {
    if (!name || 'disabled' in rest) return false
    return (type !== 'radio' && type !== 'checkbox') || 'checked' in rest
  })
  return Object.fromEntries(sent.map(({ name, value }) => [name!, value ?? '']))
}

const textsIn = (form: string): Record<string, string> =>
  Object.fromEntries(
    [...form.matchAll(element('textarea'))].map(([, attributes, text]) => [
      attributesOf(`textarea ${attributes}`).name!,
      unescaped(text!).replace(/^\n/, ''),
    ]),
  )

function choicesIn(form: string): Record<string, string> {
  const selects = [...form.matchAll(element('select'))]
  return Object.fromEntries(
    selects.map(([, attributes, inside]) => {
      const options = [...inside!.matchAll(tag('option'))].map(([option]) => attributesOf(option))
      const chosen = options.find((option) => 'selected' in option) ?? options[0]
      return [attributesOf(`select ${attributes}`).name!, chosen?.value ?? '']
    }),
  )
}
