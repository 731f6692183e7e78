import { chown, cp, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { describe, expect, it, vi } from 'vitest'
import { type Connection, closeDatabase, openDatabase } from '../../db/client.ts'
import { SHELTER } from '../../db/embedded/home.ts'
import { openEmbedded } from '../../db/embedded.ts'
import { afterwards } from '../support/afterwards.ts'
import { asRoot, dataFolder } from '../support/data-folder.ts'
import { otherProcess } from '../support/other-process.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })
const log = { info: () => {}, warn: () => {} }
const NOBODY = { uid: 65_534, gid: 65_534 }

/** A data folder below one that only root can enter; what it shelters elsewhere goes with it. */
async function hiddenFolder(): Promise<string> {
  const hidden = await mkdtemp('/tmp/sitrep-hidden-')
  afterwards(async () => {
    for (const name of ['data', 'copy', 'moved']) await removeSheltered(join(hidden, name))
    await rm(hidden, { recursive: true, force: true })
  })
  return join(hidden, 'data')
}

async function pointerIn(dataDir: string): Promise<string> {
  return (JSON.parse(await readFile(join(dataDir, 'postgres.json'), 'utf8')) as { cluster: string }).cluster
}

async function removeSheltered(dataDir: string): Promise<void> {
  const id = await pointerIn(dataDir).catch(() => null)
  if (id) await rm(join(SHELTER, id), { recursive: true, force: true })
}

async function use(dataDir: string, then: (connection: Connection) => Promise<void> = async () => {}): Promise<void> {
  const embedded = await openEmbedded({ dataDir, as: 'command', log })
  await then(embedded.connection).finally(embedded.stop)
}

async function run(connection: Connection, statement: string): Promise<unknown[]> {
  const db = openDatabase(connection, 'sitrep test', 1)
  return db.execute(sql.raw(statement)).finally(() => closeDatabase(db))
}

const promise = (connection: Connection) => run(connection, 'create table kept as select 42 as answer').then(() => {})
const keeps = async (connection: Connection) =>
  expect(await run(connection, 'select answer from kept')).toMatchObject([{ answer: 42 }])
const isEmpty = async (connection: Connection) =>
  expect(await run(connection, "select to_regclass('kept') as kept")).toMatchObject([{ kept: null }])

/** Only root can be in the way of others, and only root can be somebody else. */
const whenRoot = asRoot ? describe : () => {}

whenRoot('started by root, the embedded database', () => {
  it('stands elsewhere when its data folder lies where only root can enter, and is found again', async () => {
    const dataDir = await hiddenFolder()
    await use(dataDir, promise)
    expect((await stat(join(SHELTER, await pointerIn(dataDir)))).uid).not.toBe(0)
    await use(dataDir, keeps)
  })

  it('does not come back when that data folder was deleted', async () => {
    const dataDir = await hiddenFolder()
    await use(dataDir, promise)
    await removeSheltered(dataDir)
    await rm(dataDir, { recursive: true })
    await use(dataDir, isEmpty)
  })

  it('is not shared by a copy of that data folder', async () => {
    const dataDir = await hiddenFolder()
    await use(dataDir, promise)
    await cp(dataDir, join(dataDir, '..', 'copy'), { recursive: true })
    await expect(use(join(dataDir, '..', 'copy'))).rejects.toThrow(/is a copy of .*postgres\.json/)
    await use(dataDir, keeps)
  })

  it('goes along when that data folder is moved', async () => {
    const dataDir = await hiddenFolder()
    await use(dataDir, promise)
    await cp(dataDir, join(dataDir, '..', 'moved'), { recursive: true })
    await rm(dataDir, { recursive: true })
    await use(join(dataDir, '..', 'moved'), keeps)
  })

  it('says so when it is not where its data folder says', async () => {
    const dataDir = await hiddenFolder()
    await use(dataDir)
    await removeSheltered(dataDir)
    await expect(use(dataDir)).rejects.toThrow(/postgres\.json says that the database lies in .* not there/)
  })

  it('runs as the ordinary user whose data folder it is', async () => {
    const dataDir = await dataFolder()
    await mkdir(dataDir)
    await chown(dataDir, NOBODY.uid, NOBODY.gid)
    const ordinary = await otherProcess(dataDir, 'service', NOBODY)
    expect(ordinary.said).toMatchObject({ started: true })
    await promise(ordinary.said.connection)
    await ordinary.stop()
    expect((await stat(join(dataDir, 'postgres', 'cluster'))).uid).toBe(NOBODY.uid)
    await use(dataDir, keeps)
    const again = await otherProcess(dataDir, 'service', NOBODY)
    expect(again.said).toMatchObject({ started: true })
    await again.stop()
  })
})

it('a folder that this user cannot write is refused by its path', async () => {
  const dataDir = '/sitrep-of-somebody-else'
  const ordinary = await otherProcess(dataDir, 'service', asRoot ? NOBODY : {})
  expect(ordinary.said.refused).toMatch(/EACCES.*\/sitrep-of-somebody-else/)
})
