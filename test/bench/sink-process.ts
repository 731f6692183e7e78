import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'

/** The mail server of `sink.ts`, seen from outside. */
export interface Sink {
  port: number
  /** How many messages it has taken. */
  taken(): Promise<number>
  /** Resolves with the source of the next message in which this word stands. */
  takes(word: string): Promise<string>
  close(): void
}

export async function startSink(): Promise<Sink> {
  const child = fork(join(import.meta.dirname, 'sink.ts'))
  const { port } = await heard<{ port: number }>(child)
  return {
    port,
    async taken() {
      const answer = heard<{ taken: number }>(child, 'taken')
      child.send({})
      return (await answer).taken
    },
    takes(word) {
      child.send({ await: word })
      return new Promise((resolve) => {
        const listen = ({ took, source }: { took?: string; source?: string }) => {
          if (took !== word) return
          child.off('message', listen)
          resolve(source!)
        }
        child.on('message', listen)
      })
    },
    close: () => void child.kill(),
  }
}

/** What a process says next, or next about this. */
export const heard = <Said>(child: ChildProcess, about?: string): Promise<Said> =>
  new Promise((resolve) => {
    const listen = (said: object) => {
      if (about && !(about in said)) return
      child.off('message', listen)
      resolve(said as Said)
    }
    child.on('message', listen)
  })
