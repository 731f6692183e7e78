import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type Connection, closeDatabase, type Database, openDatabase } from '../../db/client.ts'
import { SUPERUSER } from '../../db/embedded/cluster.ts'
import { readPostmasterFile } from '../../db/embedded/postmaster-file.ts'
import { afterwards } from './afterwards.ts'
import { freePort } from './port.ts'

const ROOT = join(import.meta.dirname, '../..')

/** How a process ended. */
export interface End {
  code: number | null
  signal: NodeJS.Signals | null
}

/** `node api/main.ts` as a process of its own. */
export interface Entry {
  pid: number
  url: string
  /** Everything that it has printed, on both of its outputs. */
  printed(): string
  /** Resolves when it is gone. */
  ended: Promise<End>
  /** Sends a signal and waits until it is gone. */
  end(signal: NodeJS.Signals): Promise<End>
}

export type Settings = Record<string, string>

/** Starts the entry on a free port and waits until it says that it is ready; rejects with what it printed if it ends before. */
export async function startEntry(
  dataDir: string,
  settings: Settings = {},
  nodeOptions: string[] = [],
  shell = '',
): Promise<Entry> {
  const port = settings.PORT ?? String(await freePort())
  const entry = spawnEntry({ DATA_DIR: dataDir, PORT: port, ...settings }, nodeOptions, shell)
  await new Promise<void>((resolve, reject) => {
    entry.child.stdout!.on('data', () => entry.printed().includes('Sitrep is ready') && resolve())
    void entry.ended.then(() => reject(new Error(entry.printed())))
  })
  return { ...entry, url: `http://localhost:${port}` }
}

/** Starts the entry where it is to be refused, and waits for the end. */
export async function refusedEntry(settings: Settings): Promise<End & { printed: string }> {
  const { ended, printed } = spawnEntry(settings)
  return { ...(await ended), printed: printed() }
}

/** As `npm start` has it. */
const PRELOADED = ['--import', './db/quick-imports.ts']

/** Starts the entry and waits for nothing. `shell` is done before, as a limit that the process is to live under. */
export function spawnEntry(settings: Settings, nodeOptions: string[] = [], shell = '') {
  const words = ['-c', `${shell}\nexec "$0" "$@"`, process.execPath, ...PRELOADED, ...nodeOptions, 'api/main.ts']
  const child = spawn('/bin/sh', words, {
    cwd: ROOT,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, LOG_LEVEL: 'warn', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  for (const output of [child.stdout, child.stderr]) output.setEncoding('utf8').on('data', (text) => (printed += text))
  const ended = once(child, 'close').then(([code, signal]): End => ({ code, signal }))
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal)
    return ended
  }
  afterwards(() => end('SIGKILL'))
  return { child, pid: child.pid!, printed: () => printed, ended, end }
}

export const clusterOf = (dataDir: string): string => join(dataDir, 'postgres', 'cluster')

/** The number of the embedded server's process; null when there is no lock file. */
export const postmasterOf = async (dataDir: string): Promise<number | null> =>
  (await readPostmasterFile(clusterOf(dataDir)))?.pid ?? null

/** The embedded database behind the service's back. */
export function besides(dataDir: string): { db: Database; connection: Connection } {
  const connection = { socketDirectory: join(dataDir, 'postgres', 'socket'), user: SUPERUSER, database: 'sitrep' }
  const db = openDatabase(connection, 'sitrep test', 2)
  afterwards(() => closeDatabase(db))
  return { db, connection }
}
