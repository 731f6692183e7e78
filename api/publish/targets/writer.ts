import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  futimesSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

interface Written {
  path: string
  body: Uint8Array
  /** The time that the file is given; null for now. */
  changedAt: Date | null
}

/** Folders remembered at most; to forget one costs a look at it. */
const REMEMBERED = 1_000

/** Files that are in place and not yet flushed one by one; with more, the whole file system is flushed at the end. */
const UNSETTLED = 128

/**
 * Writes files below `folder`, each grown aside in `growing` (on the same file system) and renamed into place. `settle`
 * flushes them to the disk. Everything here waits for the disk, so it runs on a thread of its own: half the cost, and a
 * folder that hangs holds up nobody else.
 */
export function folderWriter(folder: string, growing: string) {
  const made = new Set<string>()
  /** Those that were not there when this publication began: they hold nothing but what it has put there, each file once. */
  const fresh = new Set<string>()
  const unsettled: number[] = []
  const forget = () => {
    made.clear()
    fresh.clear()
  }
  const makeFolder = (path: string) => {
    if (made.has(path)) return
    if (made.size >= REMEMBERED) forget()
    if (mkdirSync(path, { recursive: true }) !== undefined) fresh.add(path)
    made.add(path)
  }
  let many = false
  const settle = () => {
    fresh.clear()
    const files = unsettled.splice(0)
    if (many) flushAll(folder)
    many = false
    for (const file of files) flush(file)
  }
  return {
    settle,
    /** Makes the folder, and takes away what a killed publisher left half-grown: only one publishes at a time. */
    prepare(): void {
      forget()
      makeFolder(growing)
      for (const name of readdirSync(growing)) rmSync(join(growing, name), { force: true })
    },
    /** Whether its folder held nothing until now; makes it. */
    isFirst(path: string): boolean {
      const parent = dirname(join(folder, path))
      makeFolder(parent)
      return fresh.has(parent)
    },
    /** What stands there now: how large it is, and when it last changed. Null where there is nothing. */
    look(path: string): { size: number; at: Date } | null {
      const there = statSync(join(folder, path), { throwIfNoEntry: false })
      return there ? { size: there.size, at: there.mtime } : null
    },
    has: (path: string, body: Uint8Array): boolean => readFileSync(join(folder, path)).equals(body),
    replace({ path, body, changedAt }: Written): void {
      const place = join(folder, path)
      const aside = join(growing, randomUUID())
      try {
        makeFolder(growing)
        makeFolder(dirname(place))
        const file = write(aside, body, changedAt)
        unsettled.push(file)
        renameSync(aside, place)
      } catch (error) {
        forget()
        rmSync(aside, { force: true })
        throw error
      }
      if (unsettled.length < UNSETTLED) return
      for (const file of unsettled.splice(0)) closeSync(file)
      many = true
    },
    drop(path: string): void {
      try {
        unlinkSync(join(folder, path))
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      }
    },
    /** Keeps a random word in a file, unless there is one; answers the one that is kept. */
    keepFirst(path: string): string {
      const place = join(folder, path)
      const aside = join(growing, randomUUID())
      makeFolder(growing)
      closeSync(write(aside, Buffer.from(randomUUID()), null))
      try {
        linkSync(aside, place)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
      rmSync(aside, { force: true })
      return readFileSync(place, 'utf8')
    },
  }
}

/** The file stays open, to be flushed once it is in place. A full disk leaves nothing behind. */
function write(path: string, body: Uint8Array, changedAt: Date | null): number {
  const file = openSync(path, 'wx', 0o644)
  try {
    writeFileSync(file, body)
    if (changedAt) futimesSync(file, changedAt, changedAt)
    return file
  } catch (error) {
    closeSync(file)
    throw error
  }
}

/** One by one, ten thousand files take half a minute. `-f` is GNU's: this file system alone. */
function flushAll(folder: string): void {
  if (spawnSync('sync', ['-f', folder]).status !== 0) spawnSync('sync')
}

function flush(file: number): void {
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
