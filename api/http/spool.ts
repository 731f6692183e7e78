import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Refusal } from '../domain/refusal.ts'

/** A file that is sent may have this many bytes. */
export const MOST_FILE_BYTES = 64 * 1024 * 1024

/** What a request brings, as it comes in. */
export async function* bytesOf({ body }: Request): AsyncIterable<Uint8Array> {
  if (body) yield* body
}

/** Passes on at most so many bytes; more are refused without reading on. */
export async function* atMost(body: AsyncIterable<Uint8Array>, most = MOST_FILE_BYTES): AsyncIterable<Uint8Array> {
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > most) throw new Refusal('too_large', `A file may have at most ${most / 1024 / 1024} MiB. Split it.`)
    yield chunk
  }
}

/** Puts what is sent into a file for as long as the work takes: it can be read twice, and is never whole in memory. */
export async function spooled<T>(body: AsyncIterable<Uint8Array>, work: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sitrep-upload-'))
  try {
    const path = join(folder, 'file')
    await pipeline(atMost(body), createWriteStream(path, { mode: 0o600 }))
    return await work(path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
