import { execFile } from 'node:child_process'
import { chown, link, readFile, realpath, rm, rmdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { makeFolder } from '../folders.ts'
import { newId } from '../ids.ts'
import { UnusableDatabase } from '../unusable.ts'
import { type Account, childOptions } from './account.ts'
import { hasCluster } from './cluster.ts'

const run = promisify(execFile)

/** Where clusters of data folders live that only root can enter. */
export const SHELTER = '/var/lib/sitrep'
/** In the data folder: names the cluster in the shelter that belongs to it. */
export const POINTER = 'postgres.json'
/** In a cluster's home in the shelter: the data folder that it belongs to. */
const BELONGS_TO = 'data-folder'

/**
 * The folder that holds the cluster of `dataDir`, made when there is none: inside the data folder, or, when the server's
 * account cannot enter that, in the shelter under a random id that a pointer file names. Without a pointer there is always
 * a new cluster: a deleted data folder never comes back, and two projects never share one.
 */
export async function findHome(dataDir: string, account: Account): Promise<string> {
  await makeFolder(dataDir)
  const inside = join(dataDir, 'postgres')
  if (await hasCluster(inside)) return inside
  const id = await readPointer(dataDir)
  if (id !== null) return shelteredHome(id, dataDir)
  await makePrivate(inside, account)
  if (await canWrite(account, inside)) return inside
  await rmdir(inside)
  return newShelteredHome(dataDir, account)
}

/** Makes a folder that only the server's account (and root) can enter. */
export async function makePrivate(folder: string, account: Account): Promise<void> {
  await makeFolder(folder, 0o700)
  const { uid } = await stat(folder)
  if (account && uid === 0) await chown(folder, account.uid, account.gid)
}

const canWrite = (account: Account, folder: string): Promise<boolean> =>
  account === null
    ? Promise.resolve(true)
    : run('/bin/sh', ['-c', 'cd "$0" && test -w .', folder], childOptions(account, '/')).then(
        () => true,
        () => false,
      )

async function readPointer(dataDir: string): Promise<string | null> {
  const text = await readFile(join(dataDir, POINTER), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  return text === null ? null : (JSON.parse(text) as { cluster: string }).cluster
}

async function shelteredHome(id: string, dataDir: string): Promise<string> {
  const home = join(SHELTER, id)
  const belongsTo = await readFile(join(home, BELONGS_TO), 'utf8').catch(() => null)
  if (belongsTo === null) throw new UnusableDatabase(lost(dataDir, home))
  if (belongsTo === (await realpath(dataDir))) return home
  if ((await readPointer(belongsTo).catch(() => null)) === id) throw new UnusableDatabase(copied(dataDir, belongsTo))
  await writeFile(join(home, BELONGS_TO), await realpath(dataDir))
  return home
}

async function newShelteredHome(dataDir: string, account: Account): Promise<string> {
  const id = newId()
  const home = join(SHELTER, id)
  await makeFolder(SHELTER)
  await makePrivate(home, account)
  await writeFile(join(home, BELONGS_TO), await realpath(dataDir))
  return (await claimPointer(dataDir, id)) ? home : yieldHome(home, dataDir, account)
}

/** Writes the pointer whole, unless another process of ours was first. */
async function claimPointer(dataDir: string, id: string): Promise<boolean> {
  const aside = join(dataDir, `${POINTER}.${newId()}`)
  await writeFile(aside, `${JSON.stringify({ cluster: id })}\n`)
  try {
    await link(aside, join(dataDir, POINTER))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await rm(aside)
  }
}

async function yieldHome(home: string, dataDir: string, account: Account): Promise<string> {
  await rm(home, { recursive: true })
  return findHome(dataDir, account)
}

const lost = (dataDir: string, home: string) =>
  `${join(dataDir, POINTER)} says that the database lies in ${home}, but it is not there (was the folder moved from another machine?). Restore a backup into an empty data folder, or delete that file to begin with an empty database.`

const copied = (dataDir: string, original: string) =>
  `${dataDir} is a copy of ${original} and would share its database. Delete ${join(dataDir, POINTER)} to begin with an empty database; to carry data over use "npm run sitrep -- backup" and "restore".`
