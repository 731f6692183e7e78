import { join } from 'node:path'
import { askedThread } from '../asked-thread.ts'
import { Superseded, type Target } from '../target.ts'
import { folderName } from './folder.ts'

/** What the thread is asked. */
export interface Asked {
  method: Exclude<keyof Target, 'name'>
  words: unknown[]
}

/** A target whose work is done elsewhere, until it is closed. */
export type ThreadTarget = Target & { close(): Promise<unknown> }

/**
 * A folder whose files are written on a thread of its own: waiting for the disk costs neither posts nor readers anything,
 * and a folder that hangs (a network share, mostly) holds up no other target. A thread that dies is started anew.
 */
export function folderThread(folder: string): ThreadTarget {
  let thread: ReturnType<typeof startThread> | null = null
  const ask = (method: Asked['method'], words: unknown[]) => {
    if (!thread || thread.over()) thread = startThread(folder)
    return thread.ask({ method, words })
  }
  const through =
    <Method extends Asked['method']>(method: Method) =>
    (...words: Parameters<Target[Method]>) =>
      ask(method, words) as ReturnType<Target[Method]>
  return {
    name: folderName(folder),
    key: through('key'),
    manifest: through('manifest'),
    begin: through('begin'),
    write: through('write'),
    polish: through('polish'),
    read: through('read'),
    list: through('list'),
    remove: through('remove'),
    seal: through('seal'),
    beat: through('beat'),
    close: async () => thread?.close(),
  }
}

const startThread = (folder: string) =>
  askedThread<Asked, unknown>(join(import.meta.dirname, 'thread-work.ts'), folder, {
    what: `writes ${folder}`,
    errorOf,
    heap: HEAP,
  })

/** In MiB: it holds the files that it writes, which lie outside of the heap, and the names of all when asked for them. */
const HEAP = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 256 }

const errorOf = ({ name, message }: { name: string; message: string }): Error =>
  name === Superseded.name ? new Superseded(message) : new Error(message)
