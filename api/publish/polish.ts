import { setTimeout as pause } from 'node:timers/promises'
import type { Database } from '../../db/client.ts'
import { lockTarget } from '../../db/queries/site-targets.ts'
import { hardTwins, isWorthCompressing } from './press.ts'
import type { Target } from './target.ts'

/** Compresses what has been published as hard as it goes, one file after another, while nothing else is to be done. */
export interface Polisher {
  /** Files whose bytes are new; the last added come first, because they are what readers ask for. */
  add(paths: readonly string[]): void
  /** Works until `over` says that something else is to be done, or nothing is left. */
  work(over: () => boolean): Promise<void>
  /** Resolves when no file is being put in place: the target is free to be published to. */
  placed(): Promise<unknown>
}

interface Options {
  db: Database
  target: Target
  /** Told of each file whose twins are new. */
  onPolished(path: string): void
}

/** How long nothing has been published before polishing begins, in milliseconds. */
const QUIET = 3_000

export function makePolisher({ db, target, onPolished }: Options): Polisher {
  const paths = new Set<string>()
  let placing: Promise<unknown> = Promise.resolve()
  const place = (path: string, body: Uint8Array, twins: Awaited<ReturnType<typeof hardTwins>>) =>
    db.transaction(async (tx) => {
      if (await lockTarget(tx, await target.key())) await target.polish(path, body, twins)
      else paths.add(path)
    })
  const polish = async (path: string, over: () => boolean) => {
    const body = await target.read(path)
    if (!body || !isWorthCompressing({ path, body })) return
    const twins = await hardTwins(body)
    if (over()) {
      paths.add(path)
      return
    }
    const placed = place(path, body, twins)
    placing = placed.catch(() => {})
    await placed
    onPolished(path)
  }
  return {
    add(added) {
      for (const path of added) {
        paths.delete(path)
        paths.add(path)
      }
    },
    placed: () => placing,
    async work(over) {
      // Posts follow one another: what was published a moment ago may be replaced in the next.
      if (paths.size > 0) await pause(QUIET, undefined, { ref: false })
      while (!over() && paths.size > 0) {
        const path = [...paths].pop()!
        paths.delete(path)
        const began = performance.now()
        await polish(path, over)
        // No more than a fifth of a core is spent on it.
        await pause(4 * (performance.now() - began), undefined, { ref: false })
      }
    },
  }
}
