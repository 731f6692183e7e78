import { resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Connection } from './client.ts'
import { ownerOf, serverAccount } from './embedded/account.ts'
import { findBinaries } from './embedded/binaries.ts'
import { ensureCluster, hasCluster, refuseOtherMajor, SUPERUSER } from './embedded/cluster.ts'
import { findHome, SHELTER } from './embedded/home.ts'
import { ensureRunning, type ServerPlan, shutDown } from './embedded/postmaster.ts'
import { isAlive } from './embedded/postmaster-file.ts'
import { DATABASE, DataFolderInUse, enter, type Role, type Session } from './embedded/session.ts'
import { removeSocketDirectory, socketDirectory } from './embedded/socket-directory.ts'
import { UnusableDatabase } from './unusable.ts'

export { DataFolderInUse } from './embedded/session.ts'

interface Log {
  info(message: string): void
  warn(details: object, message: string): void
}

export interface EmbeddedOptions {
  dataDir: string
  /** The one service of the data folder, or a command beside it. */
  as: Role
  log: Log
  /** The server ended and cannot be had back (its folder is gone, another service took it): time to end as well. */
  onLost?: (reason: Error) => void
}

export interface Embedded {
  connection: Connection
  /** Whether this call started the server, rather than finding it running. */
  started: boolean
  /** Leaves. The last one out shuts the server down and waits until it is gone; close every pool before. */
  stop(): Promise<void>
}

/** How long a server that answers may refuse us because it is just starting, recovering or ending, in milliseconds. */
const ENTER_WITHIN = 60_000
/** A service that was killed a moment ago may still be seen as holding its lock, in milliseconds. */
const PREDECESSOR_GOES_WITHIN = 2_000

/**
 * The PostgreSQL of a data folder: made on first use, adopted when it still runs, recovered after a crash, and started
 * again within seconds when it dies under a service. On a unix socket in a private folder, without a TCP port.
 * Throws `DataFolderInUse` for a second service and `UnusableDatabase` when the folder's cluster cannot be used.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const plan = await planServer(resolve(options.dataDir))
  const watched = await watch(plan, options)
  return {
    connection: { socketDirectory: plan.socketDirectory, user: SUPERUSER, database: DATABASE },
    started: watched.started,
    stop: watched.stop,
  }
}

async function planServer(dataDir: string): Promise<ServerPlan> {
  const newcomer = await serverAccount()
  const home = await findHome(dataDir, newcomer)
  const account = await ownerOf(home)
  const binaries = await findBinaries(account, account ? SHELTER : home)
  await ensureCluster(home, binaries, account)
  await refuseOtherMajor(home, binaries)
  return { home, account, postgres: binaries.postgres, socketDirectory: await socketDirectory(home, account) }
}

/** Enters the server and, for a service, goes back in whenever it is thrown out. */
async function watch(plan: ServerPlan, { as, log, onLost }: EmbeddedOptions) {
  let stopping = false
  let session: Session
  let comeBack: Promise<void> = Promise.resolve()
  const lost = () => {
    if (stopping || as === 'command') return
    log.warn({ home: plan.home }, 'The embedded database has ended; starting it again')
    comeBack = returnTo().catch((error) => onLost?.(error))
  }
  const returnTo = async () => {
    if (!(await hasCluster(plan.home))) throw new UnusableDatabase(`The database in ${plan.home} is gone.`)
    await session.end()
    session = (await goIn(plan, as, lost)).session
    log.info('The embedded database is back')
  }
  const first = await goIn(plan, as, lost)
  session = first.session
  const stop = async () => {
    stopping = true
    await comeBack
    await leave(session, plan)
  }
  return { started: first.started, stop }
}

/** Starts or adopts the server and enters it; one that ends in between is started again. */
async function goIn(plan: ServerPlan, as: Role, onLost: () => void): Promise<{ session: Session; started: boolean }> {
  const since = performance.now()
  let started = false
  for (;;) {
    const running = await ensureRunning(plan)
    started ||= running.started
    plan.socketDirectory = running.socketDirectory
    try {
      return { session: await enter(running.socketDirectory, as, onLost), started }
    } catch (error) {
      if (performance.now() - since > patienceWith(error)) throw error
    }
    await pause(50)
  }
}

/** For how long it is worth trying again, in milliseconds. */
function patienceWith(error: unknown): number {
  if (error instanceof DataFolderInUse) return isAlive(holderPid(error)) ? 0 : PREDECESSOR_GOES_WITHIN
  const code = (error as { code?: unknown }).code
  const passing = /^(ECONN|ENOENT|EPIPE|CONNECT|57P0)/.test(String(code))
  return passing ? ENTER_WITHIN : 0
}

/** The process that a refusal names; 0 when it names none. */
const holderPid = ({ holder }: DataFolderInUse): number => Number(/\d+$/.exec(holder)?.[0] ?? 0)

async function leave(session: Session, plan: ServerPlan): Promise<void> {
  const last = await session.amLast().catch(() => false)
  if (last) await shutDown(plan.home)
  await session.end()
  if (last) await removeSocketDirectory(plan.home)
}
