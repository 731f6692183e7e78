import { readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'

/** In /proc/net/tcp. */
const LISTEN = '0A'

/** The TCP ports on which these processes and their children listen, by the system's own account (Linux). */
export async function listeningPorts(pids: readonly number[]): Promise<number[]> {
  const sockets = new Set((await Promise.all((await withChildren(pids)).map(socketsOf))).flat())
  const rows = (await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(rowsOf))).flat()
  return rows.filter(({ state, inode }) => state === LISTEN && sockets.has(inode)).map(({ port }) => port)
}

async function withChildren(pids: readonly number[]): Promise<number[]> {
  const running = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const parents = await Promise.all(running.map(async (pid) => ({ pid, parent: await parentOf(pid) })))
  const children = parents.filter(({ parent }) => pids.includes(parent)).map(({ pid }) => pid)
  return children.length === 0 ? [...pids] : [...pids, ...(await withChildren(children))]
}

const parentOf = async (pid: number): Promise<number> =>
  Number(/^PPid:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''))?.[1] ?? 0)

async function socketsOf(pid: number): Promise<string[]> {
  const folder = `/proc/${pid}/fd`
  const links = await Promise.all((await readdir(folder)).map((name) => readlink(join(folder, name)).catch(() => '')))
  return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? [])
}

async function rowsOf(table: string): Promise<{ port: number; state: string; inode: string }[]> {
  const text = await readFile(table, 'utf8').catch(() => '')
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns.length > 9)
    .map((columns) => ({
      port: Number.parseInt(columns[1]!.split(':')[1]!, 16),
      state: columns[3]!,
      inode: columns[9]!,
    }))
}
