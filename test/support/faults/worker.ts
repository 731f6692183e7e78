import { sql } from 'drizzle-orm'
import { expect, vi } from 'vitest'
import type { Database } from '../../../db/client.ts'
import { type Entry, type Settings, startEntry } from '../entry.ts'

/** One process of the service, made to be killed, stopped, halted and started again. */
export interface Worker {
  dataDir: string
  start(): Promise<void>
  /** Starts again, and whatever it writes fails as on a full disk. */
  startWithoutRoom(): Promise<void>
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>
  /** Resolves when the database has noticed as well that it is gone. */
  forgotten(): Promise<void>
  /** Ctrl-C, and waits until it is gone. */
  stop(): Promise<void>
  /** Halts it where it stands (SIGSTOP), until `resume`. */
  pause(): void
  resume(): void
  /** What it has printed since its last start. */
  printed(): string
}

const PATIENTLY = { timeout: 60_000, interval: 50 }
/** No file may grow: what a full disk does, for whoever may not mount one. */
const NO_ROOM = 'ulimit -S -f 0'

/** The process that `settings` describe, not started yet. */
export function worker(db: Database, dataDir: string, settings: Settings): Worker {
  let entry: Entry
  const start = async (shell?: string) => {
    entry = await startEntry(dataDir, settings, [], shell)
  }
  return {
    dataDir,
    start: () => start(),
    startWithoutRoom: () => start(NO_ROOM),
    async kill() {
      await entry.end('SIGKILL')
    },
    async forgotten() {
      const mine = sql`select 1 from pg_stat_activity where application_name = ${`sitrep service ${entry.pid}`}`
      await vi.waitFor(async () => expect(await db.execute(mine)).toHaveLength(0), PATIENTLY)
    },
    async stop() {
      await entry.end('SIGINT')
    },
    pause: () => void process.kill(entry.pid, 'SIGSTOP'),
    resume: () => void process.kill(entry.pid, 'SIGCONT'),
    printed: () => entry.printed(),
  }
}
