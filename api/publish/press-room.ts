import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { Connection } from '../../db/client.ts'
import type { SiteAddress } from '../domain/page-views.ts'
import type { Publication } from './publisher.ts'

const FILE = join(import.meta.dirname, 'press-room-thread.ts')

/** What the thread of a press room is started with. */
export interface PressRoomOrder {
  connection: Connection
  /** Names the process to the database. */
  name: string
  /** The compiled site. */
  site: { directory: string; buildId: string }
  address: SiteAddress
  /** Folders to keep up to date. */
  folders: readonly string[]
}

/** What became of a run, without the paths that it wrote. */
export type Run = Pick<Publication, 'state' | 'revision' | 'manifest' | 'trouble' | 'changes'>

/** What the thread tells. */
export type PressRoomNews =
  | { kind: 'placed'; folder: string; revision: number }
  | { kind: 'polished'; folder: string; path: string }
  | { kind: 'run'; folder: string; run: Run }
  | { kind: 'trouble'; folder: string; error: unknown }

/** What the thread is told; it ends when its publishers have. */
export const STOP = 'stop'

/** Of its heap, in MiB: what is made for one post is garbage after it, and fits. */
const HEAP = { maxYoungGenerationSizeMb: 48 }
/** In milliseconds: a thread that died is started anew after that. */
const RECOVERY = 1_000
/** Runs in hand get this long when the service stops, in milliseconds (standards R23). */
const LAST_WORK = 4_500
/** A thread that waits for a disk does not end before that answers. */
const LAST_BREATH = 500

export interface PressRoom {
  /** Lets the runs in hand end, and the thread with them; what a folder that hangs misses, the next start makes up for. */
  stop(): Promise<void>
}

/**
 * Keeps folders up to date on one thread that lives as long as the service, with connections, compiled pages and a memory
 * of its own, and is woken by the database: reading, rendering and compressing hold up neither mail nor doors. A thread
 * that dies is started anew, and `onDeath` is told why it died.
 */
export function openPressRoom(
  order: PressRoomOrder,
  onNews: (news: PressRoomNews) => void,
  onDeath: (error: unknown) => void,
): PressRoom {
  const stopping = new AbortController()
  const { signal } = stopping
  let thread: Worker | null = null
  const keepOpen = async () => {
    while (!signal.aborted) {
      const current = new Worker(FILE, { workerData: order, resourceLimits: HEAP })
      thread = current.on('message', onNews).on('error', onDeath)
      await new Promise((resolve) => current.once('exit', resolve))
      await pause(RECOVERY, undefined, { signal }).catch(() => {})
    }
  }
  const closed = keepOpen()
  const within = (milliseconds: number, work: Promise<unknown> | undefined) =>
    Promise.race([work, pause(milliseconds, undefined, { ref: false })])
  return {
    async stop() {
      stopping.abort()
      thread?.postMessage(STOP)
      await within(LAST_WORK, closed)
      await within(LAST_BREATH, thread?.terminate())
    },
  }
}
