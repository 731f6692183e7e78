import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Connection, closeDatabase, type Database, openDatabase } from '../../db/client.ts'
import { readPostmasterFile, serverState } from '../../db/embedded/postmaster-file.ts'
import { DataFolderInUse, type Embedded, openEmbedded } from '../../db/embedded.ts'
import { dataFolder } from '../support/data-folder.ts'
import { otherProcess } from '../support/other-process.ts'

/** A cluster is made in a second, but not on a machine that has a hundred other tests to run. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })
const log = { info: () => {}, warn: () => {} }
const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close()
})

async function open(dataDir: string, as: 'service' | 'command' = 'service'): Promise<Embedded> {
  const embedded = await openEmbedded({ dataDir, as, log })
  opened.push(embedded.stop)
  return embedded
}

function connect(connection: Connection): Database {
  const db = openDatabase(connection, 'sitrep test', 2)
  opened.push(() => closeDatabase(db))
  return db
}

/** Commits a row that must never be lost. */
async function promise(connection: Connection): Promise<void> {
  const db = openDatabase(connection, 'sitrep test', 1)
  await db.execute(sql`create table kept as select 42 as answer`)
  await closeDatabase(db)
}

async function kept(connection: Connection): Promise<unknown> {
  const [row] = await connect(connection).execute<{ answer: number }>(sql`select answer from kept`)
  return row?.answer
}

const clusterOf = (dataDir: string) => join(dataDir, 'postgres', 'cluster')
const postmasterOf = async (dataDir: string) => (await readPostmasterFile(clusterOf(dataDir)))!.pid

describe('the embedded database', () => {
  it('is made on first use, listens on no port, and syncs every commit', async () => {
    const { connection, started } = await open(await dataFolder())
    expect(started).toBe(true)
    const db = connect(connection)
    const settings = sql`select name, setting from pg_settings where name in
      ('listen_addresses', 'fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums', 'server_encoding')`
    const rows = (await db.execute(settings)) as unknown as { name: string; setting: string }[]
    expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
      listen_addresses: '',
      fsync: 'on',
      synchronous_commit: 'on',
      full_page_writes: 'on',
      data_checksums: 'on',
      server_encoding: 'UTF8',
    })
    const [folded] = await db.execute<{ low: string }>(sql`select lower('ÄÉ') as low`)
    expect(folded!.low).toBe('äé')
  })

  it('keeps its socket in a folder that nobody else can enter', async () => {
    const { connection } = await open(await dataFolder())
    const { mode } = await stat((connection as { socketDirectory: string }).socketDirectory)
    expect(mode & 0o777).toBe(0o700)
  })

  it('is gone when its last user has left, and not before', async () => {
    const dataDir = await dataFolder()
    const service = await openEmbedded({ dataDir, as: 'service', log })
    const command = await openEmbedded({ dataDir, as: 'command', log })
    expect(command.started).toBe(false)
    await service.stop()
    expect((await serverState(clusterOf(dataDir))).is).toBe('answering')
    await command.stop()
    expect((await serverState(clusterOf(dataDir))).is).toBe('absent')
  })

  it('is adopted when it outlived a service that was killed', async () => {
    const dataDir = await dataFolder()
    const first = await otherProcess(dataDir, 'service')
    await promise(first.said.connection)
    const server = await postmasterOf(dataDir)
    await first.kill()
    const second = await open(dataDir)
    expect(second.started).toBe(false)
    expect(await postmasterOf(dataDir)).toBe(server)
    expect(await kept(second.connection)).toBe(42)
  })

  it('comes back with every committed row when it was killed together with the service', async () => {
    const dataDir = await dataFolder()
    const first = await otherProcess(dataDir, 'service')
    await promise(first.said.connection)
    process.kill(await postmasterOf(dataDir), 'SIGKILL')
    await first.kill()
    const second = await open(dataDir)
    expect(second.started).toBe(true)
    expect(await kept(second.connection)).toBe(42)
  })

  it('comes back by itself when it is killed under a service, and the service keeps its place', async () => {
    const dataDir = await dataFolder()
    const { connection } = await open(dataDir)
    await promise(connection)
    const db = connect(connection)
    const server = await postmasterOf(dataDir)
    process.kill(server, 'SIGKILL')
    const answer = async () => expect(await db.execute(sql`select answer from kept`)).toMatchObject([{ answer: 42 }])
    await vi.waitFor(answer, { timeout: 15_000, interval: 50 })
    expect(await postmasterOf(dataDir)).not.toBe(server)
    const holders = sql`select application_name as name from pg_locks join pg_stat_activity using (pid)
      where locktype = 'advisory' and mode = 'ExclusiveLock'`
    const place = async () =>
      expect(await db.execute(holders)).toMatchObject([{ name: `sitrep service ${process.pid}` }])
    await vi.waitFor(place, { timeout: 15_000, interval: 50 })
  })

  it('starts although its number belongs to another process by now', async () => {
    const dataDir = await dataFolder()
    const first = await otherProcess(dataDir, 'service')
    await promise(first.said.connection)
    const file = join(clusterOf(dataDir), 'postmaster.pid')
    const server = await postmasterOf(dataDir)
    const text = await readFile(file, 'utf8')
    process.kill(server, 'SIGKILL')
    await first.kill()
    await writeFile(file, text.replace(String(server), String(process.pid)))
    expect(await kept((await open(dataDir)).connection)).toBe(42)
  })

  it('is found by several commands that come at once, on a folder that is not there yet', async () => {
    const dataDir = await dataFolder()
    const all = await Promise.all(Array.from({ length: 3 }, () => otherProcess(dataDir, 'command')))
    expect(all.map(({ said }) => said.refused)).toEqual([undefined, undefined, undefined])
    await Promise.all(all.map((one) => one.stop()))
    expect((await serverState(clusterOf(dataDir))).is).toBe('absent')
  })

  it('works below a path that is too long for a socket, and leaves nothing in the temporary folder', async () => {
    const dataDir = join(await dataFolder(), 'a'.repeat(60), 'b'.repeat(60))
    const service = await openEmbedded({ dataDir, as: 'service', log })
    const { socketDirectory } = service.connection as { socketDirectory: string }
    expect(socketDirectory.length).toBeLessThan(93)
    expect((await stat(socketDirectory)).mode & 0o777).toBe(0o700)
    await promise(service.connection)
    await service.stop()
    await expect(stat(socketDirectory)).rejects.toThrow('ENOENT')
    expect(await kept((await open(dataDir)).connection)).toBe(42)
  })

  it('starts empty when its data folder was deleted', async () => {
    const dataDir = await dataFolder()
    const first = await openEmbedded({ dataDir, as: 'service', log })
    await promise(first.connection)
    await first.stop()
    await rm(dataDir, { recursive: true })
    await expect(kept((await open(dataDir)).connection)).rejects.toThrow()
  })
})

describe('a data folder', () => {
  it('has one service; a second one is told which process it is', async () => {
    const dataDir = await dataFolder()
    const first = await otherProcess(dataDir, 'service')
    const refusal = await openEmbedded({ dataDir, as: 'service', log }).catch((error) => error)
    expect(refusal).toBeInstanceOf(DataFolderInUse)
    expect(refusal.holder).toBe(`sitrep service ${first.pid}`)
    await first.stop()
    await open(dataDir)
  })

  it('of another PostgreSQL major is refused by name, and nothing in it is changed', async () => {
    const dataDir = await dataFolder()
    await (await openEmbedded({ dataDir, as: 'command', log })).stop()
    await writeFile(join(clusterOf(dataDir), 'PG_VERSION'), '17\n')
    await expect(openEmbedded({ dataDir, as: 'command', log })).rejects.toThrow(
      /PostgreSQL 17.*PostgreSQL 18.*backup.*restore/,
    )
    expect(await readFile(join(clusterOf(dataDir), 'PG_VERSION'), 'utf8')).toBe('17\n')
  })

  it('that cannot be made is refused by its path', async () => {
    const refusal = openEmbedded({ dataDir: '/proc/sitrep/data', as: 'command', log })
    await expect(refusal).rejects.toMatchObject({ path: '/proc/sitrep' })
  })

  it('that is a file is refused by its path', async () => {
    const dataDir = await dataFolder()
    await writeFile(dataDir, '')
    await expect(openEmbedded({ dataDir, as: 'command', log })).rejects.toMatchObject({ code: 'EEXIST', path: dataDir })
  })
})
