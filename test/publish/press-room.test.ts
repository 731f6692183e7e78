import { readFile, symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { openPressRoom, type PressRoomNews } from '../../api/publish/press-room.ts'
import { loadRenderer } from '../../api/publish/renderer.ts'
import { testDatabase } from '../support/database.ts'
import { addIncident, addUpdate, setUpOrganisation, temporaryFolder } from '../support/published.ts'
import { ADDRESS } from '../support/snapshots.ts'

/** A thread that starts loads all that a page is made with. */
const patiently = (look: () => Promise<void>) => vi.waitFor(look, { timeout: 60_000, interval: 50 })
vi.setConfig({ testTimeout: 180_000 })

const { db, connection } = await testDatabase()
const NOON = new Date('2026-11-12T12:00:00.000Z')
const OPEN = 'inc000000001'
await setUpOrganisation(db, NOON)
await addIncident(db, NOON, { id: OPEN })
const { directory, buildId } = await loadRenderer(resolve(import.meta.dirname, '../..'))
const home = (folder: string) => readFile(join(folder, 'index.html'), 'utf8')

describe('a press room', () => {
  it('keeps every folder up to date, woken by the database alone', async () => {
    const folders = [await temporaryFolder(), await temporaryFolder()]
    const news: PressRoomNews[] = []
    const order = { connection, name: 'sitrep test', site: { directory, buildId }, address: ADDRESS, folders }
    const room = openPressRoom(
      order,
      (each) => news.push(each),
      (error) => expect.unreachable(String(error)),
    )
    const placed = () =>
      new Set(news.flatMap((each) => (each.kind === 'placed' ? [`${each.folder} ${each.revision}`] : [])))
    await patiently(async () => expect(placed()).toEqual(new Set(folders.map((folder) => `${folder} 2`))))
    await addUpdate(db, OPEN, NOON, { seq: 2 })
    await patiently(async () => {
      for (const folder of folders) expect(placed()).toContain(`${folder} 3`)
    })
    for (const folder of folders) expect(await home(folder)).toContain('Word 2')
    await room.stop()
    expect(news.filter(({ kind }) => kind === 'trouble')).toEqual([])
  })

  it('whose thread dies says why, and works again as soon as it can', async () => {
    const folder = await temporaryFolder()
    const missing = join(await temporaryFolder(), 'site')
    const deaths: unknown[] = []
    const order = {
      connection,
      name: 'sitrep test',
      site: { directory: missing, buildId },
      address: ADDRESS,
      folders: [folder],
    }
    const room = openPressRoom(
      order,
      () => {},
      (error) => deaths.push(error),
    )
    await patiently(async () => expect(deaths).not.toEqual([]))
    expect(String(deaths[0])).toContain(missing)
    await symlink(directory, missing)
    await patiently(async () => expect(await home(folder)).toContain('Word'))
    await room.stop()
  })

  it('that has been stopped publishes nothing more', async () => {
    const folder = await temporaryFolder()
    const order = { connection, name: 'sitrep test', site: { directory, buildId }, address: ADDRESS, folders: [folder] }
    const room = openPressRoom(
      order,
      () => {},
      (error) => expect.unreachable(String(error)),
    )
    await patiently(async () => expect(await home(folder)).toContain('Word'))
    await room.stop()
    const before = await home(folder)
    await addUpdate(db, OPEN, NOON, { seq: 9 })
    expect(await home(folder)).toBe(before)
  })
})
