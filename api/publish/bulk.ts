import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { SiteAddress } from '../domain/page-views.ts'
import type { IncidentSeen, Snapshot } from '../domain/snapshot.ts'
import { askedThread } from './asked-thread.ts'
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

/** More threads than this only wait for the disk. */
const MOST_THREADS = 4
/**
 * What a thread may hold, in MiB: a handful of incidents, and garbage. Left to itself a thread takes a hundred for that;
 * with half of this it would sweep for an eighth of its time.
 */
const HEAP = { maxYoungGenerationSizeMb: 24, maxOldGenerationSizeMb: 512 }

/** Opens the threads for one publication; each loads the compiled site once (0.3 s). */
export function openBulk(shared: BulkShared): Bulk {
  const threads = Array.from({ length: Math.min(MOST_THREADS, availableParallelism()) }, () =>
    askedThread<readonly IncidentSeen[], BulkMade>(join(import.meta.dirname, 'bulk-thread.ts'), shared, {
      what: 'makes pages',
      heap: HEAP,
    }),
  )
  let turn = 0
  return {
    width: threads.length * 2,
    make(incidents) {
      turn += 1
      return threads[turn % threads.length]!.ask(incidents)
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.close()))
    },
  }
}
