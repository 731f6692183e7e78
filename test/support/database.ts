import { inject } from 'vitest'
import { type Connection, closeDatabase, type Database, openDatabase } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { afterwards } from './afterwards.ts'
import { TEMPLATE } from './global-setup.ts'
import { type MovableClock, movableClock } from './movable-clock.ts'

export type { MovableClock } from './movable-clock.ts'

export interface TestDatabase {
  db: Database
  connection: Connection
  clock: MovableClock
}

/**
 * A migrated, empty database of the test file's own, with a clock that the test moves. Ask for it once at the top of a
 * file, or in `beforeAll`; it is dropped after the file's last test, with everybody still connected to it.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const database = `t_${newId()}`
  await onMaintenance(`create database ${database} template ${TEMPLATE}`)
  const connection = { ...inject('testServer'), database }
  const db = openDatabase(connection, 'sitrep test')
  afterwards(async () => {
    await closeDatabase(db)
    await onMaintenance(`drop database if exists ${database} with (force)`)
  })
  return { db, connection, clock: movableClock(db) }
}

/** An empty database without any schema, on the same server: for tests of migrations. */
export async function emptyDatabase(): Promise<Connection> {
  const database = `t_${newId()}`
  await onMaintenance(`create database ${database}`)
  afterwards(() => onMaintenance(`drop database if exists ${database} with (force)`))
  return { ...inject('testServer'), database }
}

async function onMaintenance(statement: string): Promise<void> {
  const maintenance = openDatabase({ ...inject('testServer'), database: 'postgres' }, 'sitrep tests', 1)
  await maintenance.$client.unsafe(statement).finally(() => closeDatabase(maintenance))
}
