import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Edition, ReadyFile, SiteFile, Target, Twins } from './target.ts'
import { writingOrder } from './touched.ts'

/** One publication under way. */
export interface Press {
  target: Target
  edition: Edition
  /** How many files are compressed and written at a time. */
  atOnce: number
  /** Whether brotli twins are made at once; else they come with the polishing. */
  withTwins: boolean
  /** Everything that this publication has made, whether or not the bytes were new. */
  made: Set<string>
  /** The paths whose bytes were new. */
  written: string[]
  /** Why documents could not be made; their last version stands. */
  troubles: string[]
}

/** Makes the files of one document. */
export type Job = () => Promise<SiteFile[]>

/** Below this a twin costs more than it saves. */
const WORTH_COMPRESSING = 1024
const COMPRESSED_ALREADY = /\.(png|ico|br|gz)$/
/** Brotli while somebody waits takes 0.6 ms, the hardest 29 ms. */
const FAST = 5
const HARD = 11

/**
 * Makes documents and puts their files in place: a file as soon as it is made, several at a time. A document that cannot
 * be made keeps its last version; a file that cannot be written ends the publication.
 */
export async function print(press: Press, jobs: readonly Job[]): Promise<void> {
  const lanes = makeLanes(press.atOnce)
  for (const make of jobs) {
    for (const file of await made(press, make)) {
      press.made.add(file.path)
      await lanes.enter(() => place(press, file))
    }
  }
  await lanes.leave()
}

async function made(press: Press, make: Job): Promise<SiteFile[]> {
  try {
    return (await make()).toSorted((one, other) => writingOrder(one.path) - writingOrder(other.path))
  } catch (error) {
    press.troubles.push(error instanceof Error ? error.message : String(error))
    return []
  }
}

async function place({ target, edition, withTwins, written }: Press, file: SiteFile): Promise<void> {
  const br = withTwins && isWaitedFor(file) ? await quickTwin(file.body) : null
  if (await target.write({ ...file, br } satisfies ReadyFile, edition)) written.push(file.path)
}

/** What people wait for gets its twin at once: pages, and the file that open pages ask for. Feeds come with the polishing. */
const isWaitedFor = (file: SiteFile): boolean => /\.html$|^status\.json$/.test(file.path) && isWorthCompressing(file)

/** Bytes that go to several targets are compressed once. */
const quick = new WeakMap<Uint8Array, Promise<Uint8Array>>()
function quickTwin(body: Uint8Array): Promise<Uint8Array> {
  const known = quick.get(body)
  if (known) return known
  const made = brotli(body, FAST)
  quick.set(body, made)
  return made
}

/** Whether a file has compressed twins. */
export const isWorthCompressing = ({ path, body }: Pick<SiteFile, 'path' | 'body'>): boolean =>
  body.length >= WORTH_COMPRESSING && !COMPRESSED_ALREADY.test(path)

/** The smallest twins that there are. */
export async function hardTwins(body: Uint8Array): Promise<Twins> {
  const [br, gz] = await Promise.all([brotli(body, HARD), promisify(gzip)(body, { level: 9 })])
  return { br, gz }
}

const brotli = (body: Uint8Array, quality: number): Promise<Uint8Array> =>
  promisify(brotliCompress)(body, {
    params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
  })

/**
 * Work that goes on while more is prepared, so much at a time. The first failure is thrown to whoever comes next, once
 * nothing is going on any more: what has failed is over, and writes nothing afterwards.
 */
function makeLanes(atOnce: number) {
  const inside = new Set<Promise<void>>()
  let failure: { error: unknown } | null = null
  const leave = async () => {
    await Promise.all(inside)
    if (failure) throw failure.error
  }
  return {
    leave,
    async enter(work: () => Promise<void>): Promise<void> {
      while (inside.size >= atOnce) await Promise.race(inside)
      if (failure) await leave()
      const going = work()
        .catch((error: unknown) => {
          failure ??= { error }
        })
        .finally(() => inside.delete(going))
      inside.add(going)
    },
  }
}
