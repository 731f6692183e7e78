import { parentPort, workerData } from 'node:worker_threads'
import type { Answered } from '../asked-thread.ts'
import { free, type ReadyFile } from '../target.ts'
import { folderTarget } from './folder.ts'
import type { Asked } from './thread.ts'

/** The other end of `folderThread`: does what it is asked, one thing after another. */
const target = folderTarget(workerData as string)

parentPort!.on('message', ({ number, question }: { number: number; question: Asked }) => {
  const { method, words } = question
  const work = target[method] as (...words: unknown[]) => Promise<unknown>
  work(...words)
    .then(
      (value) => answer({ number, value }),
      ({ name, message }: Error) => answer({ number, failed: { name, message } }),
    )
    .finally(() => {
      // What was sent here is a copy of our own.
      if (method === 'write') for (const { body } of words[0] as ReadyFile[]) free(body)
    })
})

const answer = (answered: Answered<unknown>): void => parentPort!.postMessage(answered)
