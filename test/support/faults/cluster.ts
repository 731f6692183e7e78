import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Connection, closeDatabase, openDatabase } from '../../../db/client.ts'
import { childOptions, serverAccount } from '../../../db/embedded/account.ts'
import { findBinaries } from '../../../db/embedded/binaries.ts'
import { clusterIn, ensureCluster, SUPERUSER } from '../../../db/embedded/cluster.ts'
import { SHELTER } from '../../../db/embedded/home.ts'
import { newId } from '../../../db/ids.ts'
import { makeTemplate, TEMPLATE } from '../global-setup.ts'
import { freePort } from '../port.ts'

/** A PostgreSQL under a DATABASE_URL, made to be stopped as a cut of the power would. */
export interface Cluster {
  /** A new migrated database whose clock can be moved. */
  database(): Promise<{ name: string; url: string; connection: Connection }>
  drop(name: string): Promise<void>
  /** Stops it in `immediate` mode: nobody is asked, nothing is tidied up. */
  crash(): Promise<void>
  /** Starts it; resolves when it lets clients in. */
  start(): Promise<void>
  stop(): Promise<void>
}

/** The disk is spared, since the machine stays up; a commit that was answered still outlives the server. */
const SETTINGS = { fsync: 'off', max_connections: '200', listen_addresses: '127.0.0.1', log_min_messages: 'fatal' }
const LETS_IN_WITHIN = 60_000

export async function openCluster(further: Record<string, string> = {}): Promise<Cluster> {
  const account = await serverAccount()
  const home = await mkdtemp(join('/tmp', `sitrep-test-${process.pid}-`))
  if (account) await chown(home, account.uid, account.gid)
  const { postgres, ...binaries } = await findBinaries(account, account ? SHELTER : home)
  await ensureCluster(home, { postgres, ...binaries }, account, ['--no-sync'])
  const port = await freePort()
  const settings = { ...SETTINGS, ...further, unix_socket_directories: home, port: String(port) }
  const to = (database: string) => ({ url: `postgres://${SUPERUSER}@127.0.0.1:${port}/${database}` })
  const words = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  let gone: Promise<unknown> = Promise.resolve()
  let end = (_signal: NodeJS.Signals): void => {}

  const start = async () => {
    const server = spawn(postgres, ['-D', clusterIn(home), ...words], {
      ...childOptions(account, home),
      stdio: 'ignore',
    })
    gone = once(server, 'exit')
    end = (signal) => void server.kill(signal)
    await letIn(to('postgres'))
  }
  const stop = async (signal: NodeJS.Signals) => {
    end(signal)
    await gone
  }
  await start()
  await makeTemplate(to)
  return {
    async database() {
      const name = `t_${newId()}`
      await ask(to('postgres'), `create database ${name} template ${TEMPLATE}`)
      return { name, connection: to(name), ...to(name) }
    },
    drop: (name) => ask(to('postgres'), `drop database if exists ${name} with (force)`),
    crash: () => stop('SIGQUIT'),
    start,
    async stop() {
      await stop('SIGINT')
      await rm(home, { recursive: true, force: true })
    },
  }
}

async function ask(connection: Connection, statement: string): Promise<void> {
  const db = openDatabase(connection, 'sitrep tests', 1)
  await db.$client.unsafe(statement).finally(() => closeDatabase(db))
}

/** While it recovers it refuses everybody. */
async function letIn(connection: Connection): Promise<void> {
  const giveUp = performance.now() + LETS_IN_WITHIN
  for (;;) {
    const refusal = await ask(connection, 'select 1').then(
      () => null,
      (error) => error,
    )
    if (refusal === null) return
    if (performance.now() > giveUp) throw refusal
    await pause(50)
  }
}
