import { chown, lstat, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Account } from './account.ts'
import { makePrivate } from './home.ts'
import { PORT } from './postmaster-file.ts'

/** The longest path that fits into a socket's address, in bytes: 107 on Linux, 103 on macOS and the BSDs. */
const LONGEST = process.platform === 'linux' ? 107 : 103
/** Characters that mean nothing in the server's comma-separated list of directories. */
const PLAIN = /^[\w/.+-]+$/
/** Beside the cluster: which short folder stands in for its own. */
const RECORD = 'socket-directory'

/**
 * The private folder of the server's socket: beside the cluster, or, where that path is too long for a socket, a short
 * one in the system's temporary folder, recorded beside the cluster so that it is used again.
 */
export async function socketDirectory(home: string, account: Account): Promise<string> {
  const beside = join(home, 'socket')
  if (fits(beside)) {
    await makePrivate(beside, account)
    return beside
  }
  const recorded = await readFile(join(home, RECORD), 'utf8').catch(() => null)
  if (recorded !== null && (await isPrivate(recorded, account))) return recorded
  return newShortDirectory(home, account)
}

/** Removes the short folder, if there is one; the next start makes another. */
export async function removeSocketDirectory(home: string): Promise<void> {
  const recorded = await readFile(join(home, RECORD), 'utf8').catch(() => null)
  if (recorded === null) return
  await rm(recorded, { recursive: true, force: true })
  await rm(join(home, RECORD), { force: true })
}

const fits = (folder: string): boolean =>
  PLAIN.test(folder) && Buffer.byteLength(join(folder, `.s.PGSQL.${PORT}`)) <= LONGEST

/** A temporary folder can be swept, and anybody may put something of the same name in its place. */
async function isPrivate(folder: string, account: Account): Promise<boolean> {
  const found = await lstat(folder).catch(() => null)
  const owner = account?.uid ?? process.getuid?.()
  return found?.isDirectory() === true && found.uid === owner && (found.mode & 0o077) === 0
}

async function newShortDirectory(home: string, account: Account): Promise<string> {
  const base = fits(join(tmpdir(), 'sitrep-XXXXXX')) ? tmpdir() : '/tmp'
  const folder = await mkdtemp(join(base, 'sitrep-'))
  if (account) await chown(folder, account.uid, account.gid)
  await writeFile(join(home, RECORD), folder)
  return folder
}
