import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The user of the operating system that the server runs as; `null` when that is ourselves. */
export type Account = { uid: number; gid: number } | null

/** PostgreSQL refuses to run as root: the usual account of the machine, or one of our own. */
const USUAL = 'postgres'
const OWN = 'sitrep-postgres'

/** How to add a system user, on Debian and its like, and on Alpine. */
const WAYS_TO_ADD: [string, string[]][] = [
  ['useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', OWN]],
  ['adduser', ['-S', '-D', '-H', '-s', '/sbin/nologin', OWN]],
]

/** Who the server is to run as. As root this may add the system user `sitrep-postgres`; throws when that is not possible. */
export async function serverAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) return null
  return (await accountNamed(USUAL)) ?? (await accountNamed(OWN)) ?? addAccount()
}

/** Who owns an existing cluster: as root the server runs as that user. */
export async function ownerOf(folder: string): Promise<Account> {
  if (process.getuid?.() !== 0) return null
  const { uid, gid } = await stat(folder)
  return uid === 0 ? serverAccount() : { uid, gid }
}

/** Options of a child process that runs as `account` in `folder` and inherits nothing of our environment. */
export const childOptions = (account: Account, folder: string) => ({
  ...account,
  cwd: folder,
  env: { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
})

async function accountNamed(name: string): Promise<Account> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  } catch {
    return null
  }
}

async function addAccount(): Promise<Account> {
  for (const [command, words] of WAYS_TO_ADD) await run(command, words).catch(() => {})
  const account = await accountNamed(OWN)
  if (account) return account
  throw new Error(
    `PostgreSQL cannot run as root, and no user "${OWN}" could be added. Add one, or start as an ordinary user.`,
  )
}
