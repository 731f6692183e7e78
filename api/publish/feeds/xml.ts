/** What XML 1.0 does not allow, taken out: most control characters, U+FFFE, U+FFFF, halves of surrogate pairs (F7). */
export const legalXml = (text: string): string =>
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '')

/** Any text at all, made safe between tags and inside quoted attributes of XML. */
export const escapeXml = (text: string): string =>
  legalXml(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;')

export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

/** An element that holds text and nothing else. */
export const textElement = (name: string, text: string, attributes: Record<string, string> = {}): string =>
  element(name, escapeXml(text), attributes)

/** An element with what is XML already. */
export const element = (name: string, xml: string, attributes: Record<string, string> = {}): string =>
  `<${name}${attributesOf(attributes)}>${xml}</${name}>`

/** An element without content. */
export const emptyElement = (name: string, attributes: Record<string, string>): string =>
  `<${name}${attributesOf(attributes)}/>`

const attributesOf = (attributes: Record<string, string>): string =>
  Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeXml(value)}"`)
    .join('')
