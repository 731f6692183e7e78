import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ReadyFile } from './target.ts'

/** Files on their way to a target, in the order in which they come. */
export interface Outbox {
  /** Takes a file along; waits while much is on its way. Throws what has failed before. */
  put(file: ReadyFile): Promise<void>
  /** Resolves when everything is in place. Throws the first failure, after which nothing has been written. */
  delivered(): Promise<void>
}

/** In bytes: how much is handed over at once, and how much is under way, so that no history fills the memory. */
const AT_ONCE = 2 ** 20
const UNDER_WAY = 4 * 2 ** 20

/**
 * Hands over together whatever has come while the files before were written. Handing a thing to another thread costs as
 * much as writing it, so a post costs a few such turns and not one for each file.
 */
export function makeOutbox(write: (files: ReadyFile[]) => Promise<void>): Outbox {
  let waiting: ReadyFile[] = []
  let underWay = 0
  let going: Promise<void> | null = null
  let failure: { error: unknown } | null = null
  let moved = Promise.withResolvers<void>()
  const move = () => {
    moved.resolve()
    moved = Promise.withResolvers()
  }
  const writeNext = async () => {
    let size = 0
    let count = 0
    while (count < waiting.length && size < AT_ONCE) {
      size += waiting[count]!.body.length
      count += 1
    }
    const files = waiting.slice(0, count)
    waiting = waiting.slice(count)
    await write(files)
    underWay -= size
  }
  const go = async () => {
    await nextTurn()
    try {
      for (; waiting.length > 0; move()) await writeNext()
    } catch (error) {
      failure = { error }
      waiting = []
    }
    going = null
    move()
  }
  const throwFailure = () => {
    if (failure) throw failure.error
  }
  return {
    async put(file) {
      throwFailure()
      waiting.push(file)
      underWay += file.body.length
      going ??= go()
      while (underWay > UNDER_WAY && going) await moved.promise
      throwFailure()
    },
    async delivered() {
      await going
      throwFailure()
    },
  }
}
