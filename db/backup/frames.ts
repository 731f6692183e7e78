import { createHash } from 'node:crypto'
import { UnusableBackup } from './unusable-backup.ts'

/**
 * How a backup is written: frames, each a line of JSON; one that says `bytes` is followed by so many bytes of COPY's text
 * format. Whoever has nothing but `gunzip` and an editor can read it.
 *
 *   { sitrep_backup, taken_at, migrations, … }             once, first
 *   { table, columns } { bytes } … { rows, sha256 }        for each table
 *   { end, sequences }                                     once, last: without it the file is not whole
 */
export type Frame = Record<string, unknown>

/** No block is larger; a damaged file does not make us ask for more memory. */
export const BLOCK = 64 * 1024
const LARGEST_BLOCK = 1_000_000_000
const LONGEST_LINE = 1_000_000
const NEWLINE = 0x0a

export const line = (frame: Frame): Buffer => Buffer.from(`${JSON.stringify(frame)}\n`)

/** Counts rows and bytes of a table as they pass: COPY ends each row by a line feed and writes none within. */
export function tally() {
  const hash = createHash('sha256')
  let rows = 0
  return {
    add(bytes: Buffer): void {
      hash.update(bytes)
      for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) rows += 1
    },
    sum: (): { rows: number; sha256: string } => ({ rows, sha256: hash.digest('hex') }),
  }
}

/** Gathers small chunks into blocks, so that a row does not cost a frame. */
export async function* inBlocks(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = []
  let size = 0
  for await (const chunk of chunks) {
    held.push(chunk)
    size += chunk.length
    if (size < BLOCK) continue
    yield Buffer.concat(held)
    held = []
    size = 0
  }
  if (size > 0) yield Buffer.concat(held)
}

export interface Frames {
  /** The next line. Throws `UnusableBackup` where the file ends or is no backup. */
  next(): Promise<Frame>
  /** The bytes that a frame announced. */
  block(frame: Frame): Promise<Buffer>
}

/** Reads frames from the unpacked bytes of a backup. */
export function readFrames(source: AsyncIterable<Buffer>): Frames {
  const chunks = source[Symbol.asyncIterator]()
  let held: Buffer = Buffer.alloc(0)
  const more = async (): Promise<void> => {
    const { value, done } = await chunks.next().catch(damaged)
    if (done) throw new UnusableBackup('it ends too early; the file is not whole')
    held = held.length === 0 ? value : Buffer.concat([held, value])
  }
  const take = (length: number): Buffer => {
    const taken = held.subarray(0, length)
    held = held.subarray(length)
    return taken
  }
  return {
    async next() {
      while (!held.includes(NEWLINE)) {
        if (held.length > LONGEST_LINE) throw new UnusableBackup('it is no backup of Sitrep')
        await more()
      }
      return parse(take(held.indexOf(NEWLINE) + 1).toString('utf8'))
    },
    async block({ bytes }) {
      if (!Number.isSafeInteger(bytes) || Number(bytes) < 0 || Number(bytes) > LARGEST_BLOCK)
        throw new UnusableBackup('it is damaged: a block has no size')
      while (held.length < Number(bytes)) await more()
      return take(Number(bytes))
    },
  }
}

/** What the unpacking finds wrong. */
function damaged(error: NodeJS.ErrnoException): never {
  if (!String(error.code).startsWith('Z_')) throw error
  throw new UnusableBackup(`it is no backup of Sitrep, or it is damaged (${error.message})`)
}

function parse(text: string): Frame {
  try {
    const frame: unknown = JSON.parse(text)
    if (typeof frame === 'object' && frame !== null) return frame as Frame
  } catch {}
  throw new UnusableBackup('it is no backup of Sitrep, or it is damaged')
}
