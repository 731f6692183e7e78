import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Account, childOptions } from './account.ts'
import { clusterIn } from './cluster.ts'
import { PORT, type ServerState, serverState, serves } from './postmaster-file.ts'

/** Everything about one embedded server that does not change while it lives. */
export interface ServerPlan {
  home: string
  postgres: string
  account: Account
  socketDirectory: string
  /** Further settings, for tests. */
  settings?: Record<string, string>
}

/** How often we look whether the server has come or gone, in milliseconds. */
const LOOK_EVERY = 20
/** How long a start may take: recovery after a crash replays at most a checkpoint's worth of log. */
const START_WITHIN = 60_000
/** How long the orphans of a killed server may hold its shared memory, in milliseconds. */
const ORPHANS_GO_WITHIN = 30_000
const STOP_WITHIN = 60_000
/** From this size on, in bytes, a start begins the log file anew. */
const LONGEST_LOG = 1_000_000

/** Of a failed start: somebody else is there, or the orphans of a killed server still are. Worth another look. */
const IN_THE_WAY = /lock file "[^"]*" already exists|pre-existing shared memory block|could not create lock file/

/**
 * Small service, careful with data. Only LOG and FATAL reach the log file: an ERROR may quote what people typed
 * (standards X13).
 */
const SETTINGS: Record<string, string> = {
  listen_addresses: '',
  port: String(PORT),
  unix_socket_permissions: '0700',
  max_connections: '100',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  client_connection_check_interval: '2s',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'log',
  log_error_verbosity: 'terse',
  log_checkpoints: 'off',
  jit: 'off',
}

/** Makes sure that the plan's server runs and returns where it answers: one that runs already is adopted. */
export async function ensureRunning(plan: ServerPlan): Promise<{ socketDirectory: string; started: boolean }> {
  const cluster = clusterIn(plan.home)
  const giveUp = performance.now() + ORPHANS_GO_WITHIN
  for (;;) {
    const state = await settled(cluster)
    if (state.is === 'answering') return { socketDirectory: state.file.socketDirectory, started: false }
    if (state.is === 'stale' && state.misleads) await rm(join(cluster, 'postmaster.pid'), { force: true })
    const failure = await start(plan)
    if (failure === null) return { socketDirectory: plan.socketDirectory, started: true }
    if (!IN_THE_WAY.test(failure) || performance.now() > giveUp)
      throw new Error(`PostgreSQL does not start: ${failure}`)
    await pause(100)
  }
}

/** Shuts the server down: clients are sent away, everything is written. Resolves when it is gone. */
export async function shutDown(home: string): Promise<void> {
  const cluster = clusterIn(home)
  const state = await serverState(cluster)
  if (state.is !== 'answering' && state.is !== 'changing') return
  if (!(await serves(state.file.pid, cluster))) return
  process.kill(state.file.pid, 'SIGINT')
  await waitUntil(async () => !(await serves(state.file.pid, cluster)), STOP_WITHIN, 'PostgreSQL does not shut down')
}

/** The state once it is neither coming nor going. */
async function settled(cluster: string): Promise<Exclude<ServerState, { is: 'changing' }>> {
  let state = await serverState(cluster)
  const look = async () => {
    state = await serverState(cluster)
    return state.is !== 'changing'
  }
  if (state.is === 'changing') await waitUntil(look, START_WITHIN, 'PostgreSQL neither starts nor stops')
  return state as Exclude<ServerState, { is: 'changing' }>
}

/** Starts the server as a process that outlives us. `null` when it answers, else the last words of its log. */
async function start(plan: ServerPlan): Promise<string | null> {
  const cluster = clusterIn(plan.home)
  const logFile = join(plan.home, 'postgres.log')
  const before = await logSize(logFile)
  const log = await open(logFile, before > LONGEST_LOG ? 'w' : 'a', 0o600)
  const server = spawn(plan.postgres, ['-D', cluster, ...settingsOf(plan)], {
    ...childOptions(plan.account, plan.home),
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  })
  let gone: string | null = null
  server.once('error', (error) => {
    gone = error.message
  })
  server.once('exit', (code, signal) => {
    gone ??= `exit ${code ?? signal}`
  })
  await once(server, 'spawn').catch(() => {})
  await log.close()
  server.unref()
  const looked = async () => gone !== null || (await serverState(cluster)).is === 'answering'
  await waitUntil(looked, START_WITHIN, 'PostgreSQL does not answer')
  return gone === null ? null : lastWords(logFile, before, gone)
}

function settingsOf(plan: ServerPlan): string[] {
  const settings = { ...SETTINGS, unix_socket_directories: plan.socketDirectory, ...plan.settings }
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

const logSize = (logFile: string): Promise<number> =>
  stat(logFile).then(
    ({ size }) => size,
    () => 0,
  )

async function lastWords(logFile: string, from: number, otherwise: string): Promise<string> {
  const log = await readFile(logFile).catch(() => Buffer.alloc(0))
  const lines = log
    .subarray(log.length > from ? from : 0)
    .toString()
    .trim()
    .split('\n')
  return lines.findLast((line) => /FATAL|PANIC/.test(line)) ?? lines.at(-1) ?? otherwise
}

async function waitUntil(happened: () => Promise<boolean>, within: number, otherwise: string): Promise<void> {
  const giveUp = performance.now() + within
  while (!(await happened())) {
    if (performance.now() > giveUp) throw new Error(`${otherwise} within ${within / 1000} seconds`)
    await pause(LOOK_EVERY)
  }
}
