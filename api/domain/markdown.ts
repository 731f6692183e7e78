import MarkdownIt, { type Token } from 'markdown-it'
import { remembering } from './remembering.ts'

/**
 * The safe subset that updates may use: paragraphs, line breaks, emphasis, strong, inline code, lists and links. Nothing
 * else exists: HTML typed by a person is shown as the text it is, and a link leads to http, https or mailto only, or
 * stays text (standards X9). Page, mail and feed print what these two functions give.
 */
const markdown = new MarkdownIt('zero', { html: false, linkify: true, breaks: true }).enable([
  'linkify',
  'list',
  'escape',
  'backticks',
  'emphasis',
  'link',
  'autolink',
  'newline',
])
/** Only what is written as an address becomes one: `example.com` stays text, `https://example.com` is a link. */
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false })
for (const schema of ['ftp:', '//']) markdown.linkify.add(schema, null)
markdown.validateLink = (url) => /^(https?:\/\/|mailto:)[^\s]/i.test(url.trim())

/** Every body that pages and feeds show is rendered again at every post, and few of them are new. */
const REMEMBERED = 2_000

/** A body as sanitised HTML: one or more `<p>`, `<ul>` or `<ol>`. */
export const renderHtml = remembering(REMEMBERED, (body) => markdown.render(body).trim())

/** A body as plain text for people to read: paragraphs apart, `- ` before items, a link as `text (url)`. */
export const renderText = remembering(REMEMBERED, plainText)

function plainText(body: string): string {
  const lines: string[] = []
  const markers: (number | null)[] = []
  for (const token of markdown.parse(body, {})) addToText(token, lines, markers)
  return lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

/** `markers` holds, for each list we are in, the number of the next item, or null where items have no numbers. */
function addToText(token: Token, lines: string[], markers: (number | null)[]): void {
  const depth = Math.max(0, markers.length - 1)
  switch (token.type) {
    case 'bullet_list_open':
      markers.push(null)
      break
    case 'ordered_list_open':
      markers.push(Number(token.attrGet('start') ?? 1))
      break
    case 'bullet_list_close':
    case 'ordered_list_close':
      markers.pop()
      if (markers.length === 0) lines.push('')
      break
    case 'list_item_open':
      lines.push(`${'  '.repeat(depth)}${nextMarker(markers)} `)
      break
    case 'inline':
      addInline(inlineText(token.children ?? []), lines, depth, markers.length > 0)
      break
    case 'paragraph_close':
      if (markers.length === 0) lines.push('')
  }
}

function nextMarker(markers: (number | null)[]): string {
  const number = markers.at(-1) ?? null
  if (number === null) return '-'
  markers[markers.length - 1] = number + 1
  return `${number}.`
}

/** The first words of an item stand behind its marker; further lines are set in below it. */
function addInline(text: string, lines: string[], depth: number, inList: boolean): void {
  if (!inList) return void lines.push(text)
  const indented = text.replaceAll('\n', `\n${'  '.repeat(depth + 1)}`)
  const last = lines.at(-1) ?? ''
  if (/^ *(-|\d+\.) $/.test(last)) lines[lines.length - 1] = last + indented
  else lines.push('  '.repeat(depth + 1) + indented)
}

function inlineText(tokens: readonly Token[]): string {
  const links: { href: string; at: number }[] = []
  let text = ''
  for (const token of tokens) {
    if (token.type === 'link_open') links.push({ href: String(token.attrGet('href')), at: text.length })
    else if (token.type === 'link_close') text = closeLink(text, links.pop()!)
    else if (token.type === 'softbreak' || token.type === 'hardbreak') text += '\n'
    else text += token.content
  }
  return text
}

function closeLink(text: string, link: { href: string; at: number }): string {
  const words = text.slice(link.at)
  const address = link.href.replace(/^mailto:/, '')
  return words === link.href || words === address ? text.slice(0, link.at) + address : `${text} (${address})`
}
