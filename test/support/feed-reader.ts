import { debianTool, outputOf } from './debian-tools.ts'

/** An entry as a reader of feeds understands it. */
export interface ReadEntry {
  at: Date
  title: string
  link: string
  content: string
  contentType: string
  id: string
  categories: string[]
}

/** The entries that sfeed, a reader in C that shares nothing with us, finds in RSS or Atom. */
export async function readFeed(xml: string): Promise<ReadEntry[]> {
  const lines = await outputOf(await sfeed(), [], xml)
  return lines.split('\n').filter(Boolean).map(readLine)
}

function readLine(line: string): ReadEntry {
  const [seconds, title, link, content, contentType, id, , , categories] = line.split('\t')
  return {
    at: new Date(Number(seconds) * 1000),
    title: title!,
    link: link!,
    content: content!.replace(/\\([nt\\])/g, (_, escaped: string) => ({ n: '\n', t: '\t' })[escaped] ?? '\\'),
    contentType: contentType!,
    id: id!,
    categories: categories ? categories.split('|') : [],
  }
}

/** Where it is; installed now where it may be, which takes its time (use it in `beforeAll`). */
export const sfeed = (): Promise<string> => debianTool('sfeed', 'sfeed')
