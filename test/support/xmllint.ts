import { debianTool, outputOf } from './debian-tools.ts'

/** Throws what libxml2 complains of when `xml` is not well-formed. */
export async function checkXml(xml: string): Promise<void> {
  await outputOf(await xmllint(), ['--noout', '--nonet', '-'], xml)
}

/** What an XPath expression says of a document; a query for `name` in any namespace is `*[local-name()="name"]`. */
export async function xpath(xml: string, expression: string): Promise<string> {
  const said = await outputOf(await xmllint(), ['--nonet', '--xpath', expression, '-'], xml)
  return said.replace(/\n$/, '')
}

/** Where it is; installed now where it may be, which takes its time (use it in `beforeAll`). */
export const xmllint = (): Promise<string> => debianTool('xmllint', 'libxml2-utils')
