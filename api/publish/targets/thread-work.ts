import { parentPort, workerData } from 'node:worker_threads'
import { folderTarget } from './folder.ts'
import type { Answered, Asked } from './thread.ts'

/** The other end of `folderThread`: does what it is asked, one thing after another. */
const target = folderTarget(workerData as string)

parentPort!.on('message', ({ number, method, words }: Asked) => {
  const work = target[method] as (...words: unknown[]) => Promise<unknown>
  work(...words).then(
    (value) => answer({ number, value }),
    ({ name, message }: Error) => answer({ number, failed: { name, message } }),
  )
})

const answer = (answered: Answered): void => parentPort!.postMessage(answered)
