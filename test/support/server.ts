import { chown, mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { closeDatabase, openDatabase } from '../../db/client.ts'
import { serverAccount } from '../../db/embedded/account.ts'
import { findBinaries } from '../../db/embedded/binaries.ts'
import { ensureCluster, SUPERUSER } from '../../db/embedded/cluster.ts'
import { SHELTER } from '../../db/embedded/home.ts'
import { ensureRunning, shutDown } from '../../db/embedded/postmaster.ts'
import { isAlive } from '../../db/embedded/postmaster-file.ts'

export interface TestServer {
  address: { socketDirectory: string; user: string }
  stop(): Promise<void>
}

/** Nothing here is worth a disk's trouble: the server lives as long as the run. */
const HASTE = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '400' }
/** In milliseconds. */
const LETS_IN_WITHIN = 60_000
const NAME = /^sitrep-test-(\d+)-/

/** The PostgreSQL of one test run, in a temporary folder that carries the number of the run's process. */
export async function startTestServer(): Promise<TestServer> {
  await sweepKilledRuns()
  const account = await serverAccount()
  const home = await mkdtemp(join('/tmp', `sitrep-test-${process.pid}-`))
  if (account) await chown(home, account.uid, account.gid)
  const binaries = await findBinaries(account, account ? SHELTER : home)
  await ensureCluster(home, binaries, account, ['--no-sync'])
  await ensureRunning({ home, account, postgres: binaries.postgres, socketDirectory: home, settings: HASTE })
  const address = { socketDirectory: home, user: SUPERUSER }
  await letIn(address)
  return { address, stop: () => remove(home) }
}

/** On a busy machine the server may refuse us for a moment after it has begun to answer. */
async function letIn(address: TestServer['address']): Promise<void> {
  const giveUp = performance.now() + LETS_IN_WITHIN
  for (;;) {
    const refusal = await knock(address)
    if (refusal === null) return
    if (refusal.code !== '57P03' || performance.now() > giveUp) throw refusal
    await pause(100)
  }
}

async function knock(address: TestServer['address']): Promise<(Error & { code?: string }) | null> {
  const db = openDatabase({ ...address, database: 'postgres' }, 'sitrep tests', 1)
  return db.$client`select 1`
    .then(
      () => null,
      (refusal) => refusal,
    )
    .finally(() => closeDatabase(db))
}

/** A run that was killed left its server behind. */
async function sweepKilledRuns(): Promise<void> {
  for (const name of await readdir('/tmp')) {
    const run = NAME.exec(name)?.[1]
    if (run !== undefined && !isAlive(Number(run))) await remove(join('/tmp', name)).catch(() => {})
  }
}

async function remove(home: string): Promise<void> {
  await shutDown(home)
  await rm(home, { recursive: true, force: true })
}
