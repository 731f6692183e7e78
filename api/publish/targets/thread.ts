import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { Superseded, type Target } from '../target.ts'
import { folderName } from './folder.ts'

/** What the thread is asked, and what it answers. */
export interface Asked {
  number: number
  method: Exclude<keyof Target, 'name'>
  words: unknown[]
}
export type Answered =
  | { number: number; value: unknown }
  | { number: number; failed: { name: string; message: string } }

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
    return thread.ask(method, words)
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

function startThread(folder: string) {
  const worker = new Worker(join(import.meta.dirname, 'thread-work.ts'), { workerData: folder })
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let last = 0
  let ended: Error | null = null
  const end = (error: Error) => {
    ended ??= error
    for (const asked of waiting.values()) asked.reject(ended)
    waiting.clear()
  }
  worker.on('message', (answer: Answered) => {
    const asked = waiting.get(answer.number)
    waiting.delete(answer.number)
    if ('failed' in answer) asked?.reject(errorOf(answer.failed))
    else asked?.resolve(answer.value)
  })
  worker.on('error', (error: Error) => end(error))
  worker.on('exit', () => end(new Error(`The thread that writes ${folder} has ended.`)))
  worker.unref()
  return {
    over: () => ended !== null,
    ask(method: Asked['method'], words: unknown[]): Promise<unknown> {
      if (ended) return Promise.reject(ended)
      const asked = Promise.withResolvers<unknown>()
      last += 1
      waiting.set(last, asked)
      worker.postMessage({ number: last, method, words } satisfies Asked)
      return asked.promise
    },
    close: () => worker.terminate(),
  }
}

const errorOf = ({ name, message }: { name: string; message: string }): Error =>
  name === Superseded.name ? new Superseded(message) : new Error(message)
