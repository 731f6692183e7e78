import { readFile, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'

/** What the server writes of itself into `postmaster.pid` (miscadmin.h of PostgreSQL lists the lines). */
export interface PostmasterFile {
  pid: number
  cluster: string
  socketDirectory: string
  /** Whether it lets clients in, by its own word: it listens before that, while it recovers. */
  ready: boolean
}

/**
 * How a cluster's server is: nobody, one that answers, one that is coming or going, or only the file of a dead one. A stale
 * file `misleads` when its number belongs to another process by now, or when it was copied from another cluster:
 * PostgreSQL would take it for a running server. Any other stale file PostgreSQL sees through by itself.
 */
export type ServerState =
  | { is: 'absent' }
  | { is: 'answering'; file: PostmasterFile }
  | { is: 'changing'; file: PostmasterFile }
  | { is: 'stale'; misleads: boolean }

export const PORT = 5432

/** What goes on in `cluster`, by its `postmaster.pid`, the processes of the machine and the socket. */
export async function serverState(cluster: string): Promise<ServerState> {
  const file = await readPostmasterFile(cluster)
  if (file === null) return { is: 'absent' }
  if (!(await sameFolder(file.cluster, cluster))) return { is: 'stale', misleads: true }
  if (await answers(file.socketDirectory)) return { is: file.ready ? 'answering' : 'changing', file }
  if (await serves(file.pid, cluster)) return { is: 'changing', file }
  return { is: 'stale', misleads: isAlive(file.pid) }
}

export async function readPostmasterFile(cluster: string): Promise<PostmasterFile | null> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
    throw error
  })
  if (text === null) return null
  const [pid, folder, , , socketDirectory, , , status] = text.split('\n')
  return {
    pid: Number(pid),
    cluster: folder ?? '',
    socketDirectory: socketDirectory ?? '',
    ready: status?.trim() === 'ready',
  }
}

/** Whether a process of that number lives, ours or not. */
export function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * Whether process `pid` is the server of `cluster`: numbers are given again (after a reboot, in a new container), but a
 * server's working directory is its cluster. Where the system does not tell, a living process is taken for the server.
 */
export async function serves(pid: number, cluster: string): Promise<boolean> {
  if (!isAlive(pid)) return false
  return process.platform === 'linux' ? sameFolder(`/proc/${pid}/cwd`, cluster) : true
}

async function sameFolder(a: string, b: string): Promise<boolean> {
  try {
    const [first, second] = await Promise.all([stat(a), stat(b)])
    return first.dev === second.dev && first.ino === second.ino
  } catch {
    return false
  }
}

function answers(socketDirectory: string): Promise<boolean> {
  const socket = connect(join(socketDirectory, `.s.PGSQL.${PORT}`))
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
  }).then((answer) => {
    socket.destroy()
    return answer as boolean
  })
}
