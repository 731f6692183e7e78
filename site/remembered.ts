/** Pieces of pages, as they were rendered; enough for what a site of hundreds of components shows at once. */
const MOST = 1_000
const pieces = new Map<string, string>()

/**
 * A piece of a page that is made of `key` alone: rendered when it is first asked for, and then kept. Most of a page stays
 * as it is from post to post, and pages are made again at every one. The oldest piece makes room.
 */
export async function remembered(key: string, render: () => Promise<string>): Promise<string> {
  const known = pieces.get(key)
  if (known !== undefined) return known
  const html = await render()
  if (pieces.size >= MOST) pieces.delete(pieces.keys().next().value!)
  pieces.set(key, html)
  return html
}

/** A list cut into runs, each remembered as a whole: a change of one entry moves its own run only. */
export const runsOf = <Entry>(entries: readonly Entry[], length = 10): Entry[][] =>
  Array.from({ length: Math.ceil(entries.length / length) }, (_, index) =>
    entries.slice(index * length, (index + 1) * length),
  )
