import { join } from 'node:path'
import { buildSiteIfStale } from '../../api/publish/renderer.ts'
import { type Connection, closeDatabase, openDatabase } from '../../db/client.ts'
import { migrate } from '../../db/migrate.ts'
import { letTestsMoveTheClock } from './movable-clock.ts'
import { startTestServer, type TestServer } from './server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    testServer: { socketDirectory: string; user: string }
  }
}

/** The database that every test file's own is a copy of. */
export const TEMPLATE = 'template'

/** The pages compiled, and one PostgreSQL for the whole run, with one migrated database whose clock can be moved. */
export default async function setup(project: { provide(key: 'testServer', value: TestServer['address']): void }) {
  await buildSiteIfStale(join(import.meta.dirname, '../..'))
  const server = await startTestServer()
  try {
    await makeTemplate((database) => ({ ...server.address, database }))
  } catch (error) {
    await server.stop()
    throw error
  }
  project.provide('testServer', server.address)
  return () => server.stop()
}

/** Makes the migrated database, with a clock that can be moved, on the server that `to` leads to. */
export async function makeTemplate(to: (database: string) => Connection): Promise<void> {
  const maintenance = openDatabase(to('postgres'), 'sitrep tests', 1)
  await maintenance.$client.unsafe(`create database ${TEMPLATE}`)
  await closeDatabase(maintenance)
  const db = openDatabase(to(TEMPLATE), 'sitrep tests', 2)
  await migrate(db)
  await letTestsMoveTheClock(db)
  await closeDatabase(db)
}
