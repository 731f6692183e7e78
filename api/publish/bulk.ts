import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { SiteAddress } from '../domain/page-views.ts'
import type { IncidentSeen, Snapshot } from '../domain/snapshot.ts'
import type { SiteFile } from './target.ts'

/** Makes the documents of many incidents on other threads, so that a long history holds up neither posts nor pages. */
export interface Bulk {
  /** The files of these incidents, and why some could not be made. */
  make(incidents: readonly IncidentSeen[]): Promise<BulkMade>
  /** How many batches are worth having under way at once. */
  readonly width: number
  close(): Promise<void>
}

export interface BulkMade {
  files: SiteFile[]
  troubles: string[]
}

/** What every incident's page is made with. */
export interface BulkShared {
  /** Where the compiled site lies. */
  directory: string
  snapshot: Snapshot
  address: SiteAddress
}

export type BulkAnswer = ({ number: number } & BulkMade) | { number: number; failed: string }

/** More threads than this only wait for the disk. */
const MOST_THREADS = 4

/** Opens the threads for one publication; each loads the compiled site once (0.3 s). */
export function openBulk(shared: BulkShared): Bulk {
  const threads = Array.from({ length: Math.min(MOST_THREADS, availableParallelism()) }, () => openThread(shared))
  let turn = 0
  return {
    width: threads.length * 2,
    make(incidents) {
      turn += 1
      return threads[turn % threads.length]!.make(incidents)
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.close()))
    },
  }
}

function openThread(shared: BulkShared) {
  const worker = new Worker(join(import.meta.dirname, 'bulk-thread.ts'), { workerData: shared })
  const waiting = new Map<number, PromiseWithResolvers<BulkMade>>()
  let last = 0
  let ended: Error | null = null
  const end = (error: Error) => {
    ended ??= error
    for (const asked of waiting.values()) asked.reject(ended)
    waiting.clear()
  }
  worker.on('message', (answer: BulkAnswer) => {
    const asked = waiting.get(answer.number)
    waiting.delete(answer.number)
    if ('failed' in answer) asked?.reject(new Error(answer.failed))
    else asked?.resolve({ files: answer.files, troubles: answer.troubles })
  })
  worker.on('error', (error: Error) => end(error))
  worker.on('exit', () => end(new Error('A thread that makes pages has ended.')))
  return {
    make(incidents: readonly IncidentSeen[]): Promise<BulkMade> {
      if (ended) return Promise.reject(ended)
      const asked = Promise.withResolvers<BulkMade>()
      last += 1
      waiting.set(last, asked)
      worker.postMessage({ number: last, incidents })
      return asked.promise
    },
    close: () => worker.terminate(),
  }
}
