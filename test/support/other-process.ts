import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Connection } from '../../db/client.ts'
import { afterwards } from './afterwards.ts'

const SCRIPT = fileURLToPath(new URL('./embedded-user.ts', import.meta.url))

export interface OtherProcess {
  pid: number
  /** What it said once it was in, or why it was not let in. */
  said: { connection: Connection; started: boolean; refused?: string }
  /** kill -9, and waits until it is gone. */
  kill(): Promise<void>
  /** Lets it end in its own way, and waits. */
  stop(): Promise<void>
}

const living = new Set<ChildProcess>()

/** A failed test leaves processes behind. */
afterwards(() => {
  for (const child of living) child.kill('SIGKILL')
})

/** Another process of ours on the data folder, as the service or as a command; `user` runs it as somebody else. */
export async function otherProcess(
  dataDir: string,
  as: 'service' | 'command',
  user: { uid?: number; gid?: number } = {},
): Promise<OtherProcess> {
  const child = spawn(process.execPath, [SCRIPT, dataDir, as], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: '/',
    ...user,
  })
  living.add(child)
  const gone = once(child, 'exit').then(() => void living.delete(child))
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), gone.then(() => ['{}'])])
  return {
    pid: child.pid!,
    said: JSON.parse(line as string),
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
    async stop() {
      child.stdin.end()
      await gone
    },
  }
}
