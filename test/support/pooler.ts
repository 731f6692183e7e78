import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { childOptions, serverAccount } from '../../db/embedded/account.ts'
import { afterwards } from './afterwards.ts'
import { debianTool } from './debian-tools.ts'
import { freePort } from './port.ts'

/** So few that nobody keeps one for long. */
const CONNECTIONS = 4

export interface Pooler {
  /** For DATABASE_URL. */
  url: string
  /** From now on it takes whatever comes and answers nothing. */
  fallSilent(): void
}

/** PgBouncer in transaction mode before a server on a unix socket: whoever asks twice may be answered by two sessions. */
export async function poolerBefore(
  server: { socketDirectory: string; user: string },
  database: string,
): Promise<Pooler> {
  const pgbouncer = await debianTool('pgbouncer', 'pgbouncer')
  const folder = await mkdtemp(join(tmpdir(), 'sitrep-pooler-'))
  await chmod(folder, 0o755)
  const port = await freePort()
  const settings = join(folder, 'pgbouncer.ini')
  await writeFile(
    settings,
    `[databases]
* = host=${server.socketDirectory} port=5432 user=${server.user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${CONNECTIONS}
max_client_conn = 200
`,
  )
  // Root may not run it, and the socket is the server's own.
  const child = spawn(pgbouncer, ['-q', settings], { ...childOptions(await serverAccount(), '/'), stdio: 'ignore' })
  const gone = once(child, 'exit')
  afterwards(async () => {
    child.kill('SIGKILL')
    await gone
    await rm(folder, { recursive: true, force: true })
  })
  while (!(await letsIn(port))) await pause(20)
  return {
    url: `postgres://${server.user}@127.0.0.1:${port}/${database}?prepare=false`,
    fallSilent: () => void child.kill('SIGSTOP'),
  }
}

const letsIn = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    }).on('error', () => resolve(false))
  })
