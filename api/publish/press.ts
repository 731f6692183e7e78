import { createHash } from 'node:crypto'
import type { SiteFile } from './documents.ts'
import { writingOrder } from './files.ts'
import type { Edition, Manifest, ManifestFile, Target } from './target.ts'

/** One publication under way: what has been put in place, and what could not be made. */
export interface Press {
  files: Record<string, ManifestFile>
  /** Everything that this publication has made, whether or not the bytes were new. */
  made: Set<string>
  /** The paths whose bytes were new. */
  written: string[]
  /** Why documents could not be made; their last version stands. */
  troubles: string[]
}

/** Starts from what the target holds of the same page. */
export const startPress = (held: Manifest | null, { page }: Edition): Press => ({
  files: held?.page === page ? { ...held.files } : {},
  made: new Set(),
  written: [],
  troubles: [],
})

/** Makes files and puts them in place in the order of `writingOrder`. A document that cannot be made keeps its last version. */
export async function print(
  press: Press,
  target: Target,
  edition: Edition,
  jobs: readonly (() => Promise<SiteFile[]>)[],
) {
  const files: SiteFile[] = []
  for (const make of jobs) {
    try {
      files.push(...(await make()))
    } catch (error) {
      press.troubles.push(error instanceof Error ? error.message : String(error))
    }
  }
  for (const file of files.sort((one, other) => writingOrder(one.path) - writingOrder(other.path))) {
    if (await target.write(file.path, file.body, edition)) press.written.push(file.path)
    press.files[file.path] = entryOf(file, press.files[file.path])
    press.made.add(file.path)
  }
}

/** Same bytes keep their time; new ones get that of their change, and always a later second than the ones before. */
function entryOf(file: SiteFile, before: ManifestFile | undefined): ManifestFile {
  const hash = createHash('sha256').update(file.body).digest('hex')
  if (before?.hash === hash) return before
  const changed = Math.floor(file.changedAt.getTime() / 1000) * 1000
  const earliest = before ? Date.parse(before.at) + 1000 : changed
  return { hash, at: new Date(Math.max(changed, earliest)).toISOString() }
}

/**
 * Forgets, and then takes away, documents that were published once and are no longer: another installation's, mostly.
 * Files that pages point to stay, because older pages still lie in caches.
 */
export function dropLeftovers(press: Press, held: Manifest | null): string[] {
  const gone = Object.keys(held?.files ?? {}).filter((path) => !press.made.has(path) && writingOrder(path) > 0)
  for (const path of gone) delete press.files[path]
  return gone
}
