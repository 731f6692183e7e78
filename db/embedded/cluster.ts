import { execFile } from 'node:child_process'
import { access, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { newId } from '../ids.ts'
import { UnusableDatabase } from '../unusable.ts'
import { type Account, childOptions } from './account.ts'
import type { Binaries } from './binaries.ts'
import { isAlive } from './postmaster-file.ts'

const run = promisify(execFile)

/** The superuser of the embedded server; only who can enter the socket's folder gets that far. */
export const SUPERUSER = 'sitrep'

const CHOICES = [
  ...['--username', SUPERUSER, '--auth', 'trust', '--encoding', 'UTF8', '--data-checksums', '--no-instructions'],
  ...['--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8', '--locale', 'C'],
]

export const clusterIn = (home: string): string => join(home, 'cluster')

/** Whether `home` holds a finished cluster. */
export const hasCluster = (home: string): Promise<boolean> =>
  access(join(clusterIn(home), 'PG_VERSION')).then(
    () => true,
    () => false,
  )

/**
 * Makes the cluster in `home` unless it is there. It is made aside and renamed: one that is interrupted leaves no half
 * cluster, and of two that start together one wins. `extra` is for tests (`--no-sync`).
 */
export async function ensureCluster(home: string, binaries: Binaries, account: Account, extra: string[] = []) {
  if (await hasCluster(home)) return
  await clearInterrupted(home)
  const aside = `${clusterIn(home)}.${process.pid}.${newId()}`
  await run(binaries.initdb, ['--pgdata', aside, ...CHOICES, ...extra], childOptions(account, home))
  await rename(aside, clusterIn(home)).catch(async (error) => {
    await rm(aside, { recursive: true, force: true })
    if (!(await hasCluster(home))) throw error
  })
  await sync(home)
}

/** Throws `UnusableDatabase` when the cluster is another PostgreSQL major's than the one that we bring. */
export async function refuseOtherMajor(home: string, binaries: Binaries): Promise<void> {
  const theirs = (await readFile(join(clusterIn(home), 'PG_VERSION'), 'utf8')).trim()
  if (theirs === String(binaries.major)) return
  throw new UnusableDatabase(
    `The database in ${home} was made by PostgreSQL ${theirs}; this version of Sitrep brings PostgreSQL ${binaries.major}. Nothing was changed. With the version of Sitrep that made it run "npm run sitrep -- backup FILE", then with this one, on an empty data folder, "npm run sitrep -- restore FILE".`,
  )
}

async function clearInterrupted(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    const maker = /^cluster\.(\d+)\./.exec(name)?.[1]
    if (maker !== undefined && !isAlive(Number(maker))) await rm(join(home, name), { recursive: true, force: true })
  }
}

/** Makes a rename last through a loss of power. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}
