import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { plus } from '../../api/domain/duration.ts'
import { openBulk } from '../../api/publish/bulk.ts'
import { publish } from '../../api/publish/publisher.ts'
import { loadRenderer } from '../../api/publish/renderer.ts'
import { folderTarget } from '../../api/publish/targets/folder.ts'
import { testDatabase } from '../support/database.ts'
import { addIncident, setUpOrganisation, temporaryFolder } from '../support/published.ts'
import { ADDRESS, snapshotOf } from '../support/snapshots.ts'

vi.setConfig({ testTimeout: 120_000 })

const { db } = await testDatabase()
const NOON = new Date('2026-11-12T12:00:00.000Z')

describe('a long history', () => {
  it('made on other threads is the same, byte for byte, as made here', async () => {
    await setUpOrganisation(db, plus(NOON, -86_400_000))
    for (let n = 0; n < 230; n += 1)
      await addIncident(db, plus(NOON, n * 1000), { status: 'resolved', resolvedAt: NOON })
    const renderer = await loadRenderer(resolve(import.meta.dirname, '../..'))
    const { directory: _, ...here } = renderer
    const [there, mine] = [await temporaryFolder(), await temporaryFolder()]
    const job = { db, address: ADDRESS }
    expect(await publish({ ...job, renderer, target: folderTarget(there) })).toMatchObject({ state: 'published' })
    expect(await publish({ ...job, renderer: here, target: folderTarget(mine) })).toMatchObject({ state: 'published' })
    const paths = await folderTarget(mine).list()
    expect((await folderTarget(there).list()).sort()).toEqual(paths.sort())
    for (const path of paths) expect(await readFile(join(there, path)), path).toEqual(await readFile(join(mine, path)))
  })

  it('whose threads cannot work fails, each batch of it, and hangs nowhere', async () => {
    const bulk = openBulk({ directory: '/nowhere', snapshot: snapshotOf(), address: ADDRESS })
    for (let batch = 0; batch < 8; batch += 1) await expect(bulk.make([])).rejects.toThrow()
    await bulk.close()
  })
})
