import type { Sql } from 'postgres'
import { postgres } from '../driver.ts'
import { SUPERUSER } from './cluster.ts'
import { PORT } from './postmaster-file.ts'

/** Who uses the server: the one service of a data folder, or a command beside it. */
export type Role = 'service' | 'command'

/** Another service works on this data folder; `holder` says which, such as "sitrep service 4711". */
export class DataFolderInUse extends Error {
  override name = 'DataFolderInUse'
  readonly holder: string
  constructor(holder: string) {
    super(`The data folder is in use by another service (${holder}).`)
    this.holder = holder
  }
}

/** One connection that lives as long as we use the server. Its locks go with it, however we end. */
export interface Session {
  /** Gives our locks back; true when nobody else is there, and nobody can come until the connection ends. */
  amLast(): Promise<boolean>
  end(): Promise<void>
}

/** Advisory locks of the database `postgres`: everybody present shares the first, the service has the second alone. */
const PRESENT = 1
const SERVICE = 2
/** The application's own database. */
export const DATABASE = 'sitrep'

/**
 * Enters the server at `socketDirectory`: says that we are present, as the one service takes that lock too, and makes the
 * application's database if it is not there. `onLost` is called once when the connection ends without `end`.
 * Throws `DataFolderInUse`, or the driver's error when the server is not there (any more).
 */
export async function enter(socketDirectory: string, role: Role, onLost: () => void): Promise<Session> {
  let inside = false
  const client = postgres({
    host: socketDirectory,
    port: PORT,
    ssl: false,
    user: SUPERUSER,
    database: 'postgres',
    max: 1,
    idle_timeout: 0,
    max_lifetime: null,
    connect_timeout: 10,
    fetch_types: false,
    onnotice: () => {},
    onclose: () => {
      if (inside) onLost()
      inside = false
    },
    connection: { application_name: `sitrep ${role} ${process.pid}` },
  })
  const end = async () => {
    inside = false
    await client.end({ timeout: 1 })
  }
  try {
    await client`select pg_advisory_lock_shared(${PRESENT})`
    if (role === 'service') await takeServiceLock(client)
    await ensureDatabase(client)
    inside = true
  } catch (error) {
    await end()
    throw error
  }
  return { amLast: () => amLast(client), end }
}

async function takeServiceLock(client: Sql): Promise<void> {
  const [row] = await client`select pg_try_advisory_lock(${SERVICE}) as taken`
  if (row!.taken) return
  const [holder] = await client`
    select application_name as name from pg_locks join pg_stat_activity using (pid)
    where locktype = 'advisory' and classid = 0 and objid = ${SERVICE} and granted`
  throw new DataFolderInUse(holder?.name ?? 'just ending')
}

async function ensureDatabase(client: Sql): Promise<void> {
  const found = await client`select from pg_database where datname = ${DATABASE}`
  if (found.length > 0) return
  await client.unsafe(`create database ${DATABASE}`).catch((error) => {
    if (!['42P04', '23505'].includes(error.code)) throw error
  })
}

async function amLast(client: Sql): Promise<boolean> {
  await client`select pg_advisory_unlock_all()`
  const [row] = await client`select pg_try_advisory_lock(${PRESENT}) as alone`
  return row!.alone
}
