import { readFileSync, statSync } from 'node:fs'
import { relative } from 'node:path'

/** A small file that is read often: it is parsed again only when another one has been put in its place. */
export function keptRecord<T>(path: string, parse: (text: string) => T | null) {
  let known: { mark: string; value: T | null } | null = null
  return {
    within: (folder: string): string => relative(folder, path),
    read(): T | null {
      const mark = markOf(path)
      if (mark === null) return null
      if (known?.mark !== mark) known = { mark, value: parse(readFileSync(path, 'utf8')) }
      return known.value
    },
  }
}

/** Changes with every replacement: a renamed file is another inode. Null where there is none. */
function markOf(path: string): string | null {
  const there = statSync(path, { throwIfNoEntry: false })
  return there ? `${there.ino} ${there.mtimeMs} ${there.size}` : null
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
