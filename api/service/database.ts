import { type Connection, closeDatabase, type Database, openDatabase } from '../../db/client.ts'
import { openEmbedded } from '../../db/embedded.ts'
import { migrate } from '../../db/migrate.ts'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'

/** The migrated database, and the way to leave it. */
export interface OpenedDatabase {
  db: Database
  /** How other threads reach it. */
  connection: Connection
  close(): Promise<void>
}

/** Connections of one process beside the publishers' own: the doors, the carriers' claims, the listener. */
const CONNECTIONS = 20

/** Queries in hand get this long when the service stops, in seconds: everybody else has ended before. */
const LAST_QUERIES = 1

/** How the database shows the connections of this process. */
export const connectionName = (): string => `sitrep service ${process.pid}`

/** Opens what DATABASE_URL names, else the embedded PostgreSQL of the data folder, and migrates it. */
export async function openServiceDatabase(
  config: Config,
  log: Log,
  onLost: (reason: Error) => void,
): Promise<OpenedDatabase> {
  const url = config.secrets.databaseUrl
  const embedded = url ? null : await openEmbedded({ dataDir: config.data.folder, as: 'service', log, onLost })
  const connection: Connection = url ? { url } : embedded!.connection
  const db = openDatabase(connection, connectionName(), CONNECTIONS)
  const close = async () => {
    await closeDatabase(db, LAST_QUERIES)
    await embedded?.stop()
  }
  try {
    await migrate(db)
    return { db, connection, close }
  } catch (error) {
    await close()
    throw error
  }
}
