/** A message that we composed ourselves, taken apart again for the mailbox. Not a parser for anybody else's mail. */
export interface ParsedMail {
  headers: { name: string; value: string }[]
  text: string
  html: string | null
}

/** Reads a mail of ours: headers decoded, the text and the HTML of its two alternatives. */
export function parseOwnMail(raw: string): ParsedMail {
  const { headers, body } = split(raw)
  const boundary = /boundary="?([^";]+)"?/i.exec(fieldOf(headers, 'content-type'))?.[1]
  const parts = boundary
    ? body
        .split(`--${boundary}`)
        .slice(1, -1)
        .map((part) => split(part.replace(/^\r?\n/, '')))
    : []
  const part = (type: string) => {
    const found = parts.find((each) => fieldOf(each.headers, 'content-type').startsWith(type))
    return found ? decodeBody(found.body, fieldOf(found.headers, 'content-transfer-encoding')) : null
  }
  return { headers, text: part('text/plain') ?? body, html: part('text/html') }
}

function split(entity: string): { headers: ParsedMail['headers']; body: string } {
  const end = /\r?\n\r?\n/.exec(entity)
  const head = end ? entity.slice(0, end.index) : entity
  const headers = head
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/)
    .map((line) => ({
      name: line.slice(0, line.indexOf(':')),
      value: decodeWords(line.slice(line.indexOf(':') + 1).trim()),
    }))
  return { headers, body: end ? entity.slice(end.index + end[0].length) : '' }
}

const fieldOf = (headers: ParsedMail['headers'], name: string): string =>
  headers.find((header) => header.name.toLowerCase() === name)?.value ?? ''

function decodeBody(body: string, encoding: string): string {
  const text = body.replace(/\r?\n$/, '').replaceAll('\r\n', '\n')
  if (encoding.toLowerCase() === 'base64') return Buffer.from(text, 'base64').toString('utf8')
  return encoding.toLowerCase() === 'quoted-printable' ? fromQuotedPrintable(text.replace(/=\n/g, '')) : text
}

const fromQuotedPrintable = (text: string): string =>
  Buffer.from(
    text
      .replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
      .replace(/[^\x00-\xff]/g, '?'),
    'latin1',
  ).toString('utf8')

/** Encoded words of headers (RFC 2047), in UTF-8 as we write them. */
const decodeWords = (value: string): string =>
  value
    .replace(/(\?=)\s+(=\?)/g, '$1$2')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, text: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(text, 'base64').toString('utf8')
        : fromQuotedPrintable(text.replaceAll('_', ' ')),
    )
