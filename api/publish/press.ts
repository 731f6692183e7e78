import { promisify } from 'node:util'
import { type BrotliOptions, brotliCompress, brotliCompressSync, constants, gzip } from 'node:zlib'
import { makeOutbox, type Outbox } from './outbox.ts'
import type { Edition, ReadyFile, SiteFile, Target, Twins } from './target.ts'
import { writingOrder } from './touched.ts'

/** One publication under way. */
export interface Press {
  target: Target
  edition: Edition
  /** Whether brotli twins are made at once; else they come with the polishing. */
  withTwins: boolean
  /** Everything that this publication has made, whether or not the bytes were new. */
  made: Set<string>
  /** The paths whose bytes were new. */
  written: string[]
  /** Why documents could not be made; their last version stands. */
  troubles: string[]
  /** The way to the target; what has been printed is in place once that has delivered it. */
  outbox: Outbox
}

/** A publication of `edition` of which nothing has been made yet. */
export function openPress(target: Target, edition: Edition, withTwins: boolean): Press {
  const written: string[] = []
  const outbox = makeOutbox(async (files) => void written.push(...(await target.write(files, edition))))
  return { target, edition, withTwins, made: new Set(), written, troubles: [], outbox }
}

/** Makes the files of one document. */
export type Job = () => Promise<SiteFile[]>

/** Below this a twin costs more than it saves. */
const WORTH_COMPRESSING = 1024
const COMPRESSED_ALREADY = /\.(png|ico|br|gz)$/
/** Brotli while somebody waits takes 0.7 ms a page (the next level half as much again, for 6 % less), the hardest 29 ms. */
const FAST = 4
const HARD = 11

/**
 * Makes documents and sends their files on their way, each as soon as it is made. A document that cannot be made keeps its
 * last version; a file that cannot be written ends the publication.
 */
export async function print(press: Press, jobs: readonly Job[]): Promise<void> {
  for (const make of jobs)
    for (const file of await made(press, make)) {
      press.made.add(file.path)
      await press.outbox.put(ready(press, file))
    }
}

async function made(press: Press, make: Job): Promise<SiteFile[]> {
  try {
    return (await make()).toSorted((one, other) => writingOrder(one.path) - writingOrder(other.path))
  } catch (error) {
    press.troubles.push(error instanceof Error ? error.message : String(error))
    return []
  }
}

const ready = ({ withTwins }: Press, file: SiteFile): ReadyFile => ({
  ...file,
  br: withTwins && isWaitedFor(file) ? quickTwin(file.body) : null,
})

/** What people wait for gets its twin at once: the pages that tell it, and the file that open pages ask for. */
const WAITED_FOR = /^(?:[a-z]{2}\/)?(?:incidents\/[^/]+\/)?index\.html$|^status\.json$/
const isWaitedFor = (file: SiteFile): boolean => WAITED_FOR.test(file.path) && isWorthCompressing(file)

/** Bytes that go to several targets are compressed once; right here, for to hand them to another thread costs as much. */
const quick = new WeakMap<Uint8Array, Uint8Array>()
function quickTwin(body: Uint8Array): Uint8Array {
  const known = quick.get(body)
  if (known) return known
  const made = brotliCompressSync(body, brotliOptions(body, FAST))
  quick.set(body, made)
  return made
}

/** Whether a file has compressed twins. */
export const isWorthCompressing = ({ path, body }: Pick<SiteFile, 'path' | 'body'>): boolean =>
  body.length >= WORTH_COMPRESSING && !COMPRESSED_ALREADY.test(path)

/** The smallest twins that there are. */
export async function hardTwins(body: Uint8Array): Promise<Twins> {
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(body, brotliOptions(body, HARD)),
    promisify(gzip)(body, { level: 9 }),
  ])
  return { br, gz }
}

const brotliOptions = (body: Uint8Array, quality: number): BrotliOptions => ({
  params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
})
