import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openIncident } from '../../api/actions/open-incident.ts'
import { publishCommand } from '../../api/cli/publish.ts'
import { readConfig } from '../../api/config.ts'
import { siteTargets } from '../../db/schema.ts'
import { actingAs, setUpNorthwind } from '../support/acting.ts'
import { dataFolder } from '../support/data-folder.ts'
import { testDatabase } from '../support/database.ts'
import { refusedAs } from '../support/refused.ts'

const { db, clock } = await testDatabase()
const acting = actingAs(db, clock)
const folder = join(await dataFolder(), '..')
const [data, mirror, other] = ['data', 'mirror', 'other'].map((name) => join(folder, name)) as [string, string, string]
const config = readConfig({ DATA_DIR: data, PUBLISH_TO: mirror })
const site = join(data, 'site')
await setUpNorthwind(db)

type Folder = { folder: string; state: string; revision: number; files_written: number; trouble: string | null }
const publish = async (values: Record<string, string | boolean> = {}) => {
  const printed = await publishCommand.run(acting, { values, positionals: [] }, { config, db })
  return { ...printed, targets: (printed.json as { targets: Folder[] }).targets }
}
const page = (where: string) => readFile(join(where, 'index.html'), 'utf8')
const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )

it('puts the page into SITE_DIR and every folder of PUBLISH_TO, and says so in a line each', async () => {
  await openIncident(acting, { title: 'Sign-in fails', severity: 'SEV1', body: 'Nobody can sign in.' })
  const { text, targets, failed } = await publish()
  expect(failed).toBe(false)
  expect(targets.map((target) => [target.folder, target.state])).toEqual([
    [site, 'published'],
    [mirror, 'published'],
  ])
  expect(text.split('\n')[1]).toMatch(/^\/.*\/mirror: revision \d+, \d+ files written, \d+ ms$/)
  for (const where of [site, mirror]) expect(await page(where)).toContain('Nobody can sign in.')
})

it('writes nothing where nothing has changed, and only what is missing when everything is made anew', async () => {
  expect((await publish()).targets.map((target) => [target.state, target.files_written])).toEqual([
    ['unchanged', 0],
    ['unchanged', 0],
  ])
  await rm(join(mirror, 'index.html'))
  await publish()
  expect(await isThere(join(mirror, 'index.html'))).toBe(false)
  const [, mended] = (await publish({ all: true })).targets
  expect([mended!.state, mended!.files_written > 0]).toEqual(['published', true])
  expect(await page(mirror)).toContain('Nobody can sign in.')
})

it('fills another folder once, which nobody keeps up to date', async () => {
  const { targets } = await publish({ out: other })
  expect(targets.map((target) => [target.folder, target.state])).toEqual([[other, 'published']])
  expect(await page(other)).toBe(await page(site))
  expect((await db.select().from(siteTargets)).filter(({ name }) => name.includes(other))).toEqual([])
})

it('exits with 1 when a folder cannot be written, and the others are published all the same', async () => {
  await rm(mirror, { recursive: true })
  await writeFile(mirror, 'a file where a folder should be')
  await openIncident(acting, { title: 'Search is slow', severity: 'SEV3', body: 'Search is slow.' })
  const { text, targets, failed } = await publish()
  expect(failed).toBe(true)
  expect(targets.map(({ state }) => state)).toEqual(['published', 'failed'])
  expect(text).toContain('the last page stands')
  await rm(mirror)
  await mkdir(mirror)
  expect((await publish()).failed).toBe(false)
})

it('refuses a folder that holds our secrets', async () => {
  expect(await refusedAs(publish({ out: folder }))).toEqual(['invalid'])
})
