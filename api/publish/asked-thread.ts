import { type ResourceLimits, Worker } from 'node:worker_threads'

/** What a thread answers: the value, or how it failed. */
export type Answered<Value> =
  | { number: number; value: Value }
  | { number: number; failed: { name: string; message: string } }

/** A thread that is asked and answers. One that has ended answers nothing any more: whoever waits, or asks, is told so. */
export interface AskedThread<Question, Value> {
  ask(question: Question): Promise<Value>
  over(): boolean
  close(): Promise<unknown>
}

interface ThreadOptions {
  /** What the thread does, for the error that says that it has ended. */
  what: string
  /** Makes an error of what failed there. */
  errorOf?: (failed: { name: string; message: string }) => Error
  /** What its heap may hold. */
  heap: ResourceLimits
}

/** Starts the thread of `file`, which is sent `{ number, question }` and posts an `Answered`. */
export function askedThread<Question, Value>(
  file: string,
  workerData: unknown,
  { what, errorOf = ({ message }) => new Error(message), heap }: ThreadOptions,
): AskedThread<Question, Value> {
  const worker = new Worker(file, { workerData, resourceLimits: heap })
  const waiting = new Map<number, PromiseWithResolvers<Value>>()
  let last = 0
  let ended: Error | null = null
  const end = (error: Error) => {
    ended ??= error
    for (const asked of waiting.values()) asked.reject(ended)
    waiting.clear()
  }
  worker.on('message', (answer: Answered<Value>) => {
    const asked = waiting.get(answer.number)
    waiting.delete(answer.number)
    if ('failed' in answer) asked?.reject(errorOf(answer.failed))
    else asked?.resolve(answer.value)
  })
  worker.on('error', (error: Error) => end(error))
  worker.on('exit', () => end(new Error(`The thread that ${what} has ended.`)))
  worker.unref()
  return {
    over: () => ended !== null,
    ask(question) {
      if (ended) return Promise.reject(ended)
      const asked = Promise.withResolvers<Value>()
      last += 1
      waiting.set(last, asked)
      worker.postMessage({ number: last, question })
      return asked.promise
    },
    close: () => worker.terminate(),
  }
}
