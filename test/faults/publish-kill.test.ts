import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it, vi } from 'vitest'
import { plus } from '../../api/domain/duration.ts'
import { publish } from '../../api/publish/publisher.ts'
import { loadRenderer } from '../../api/publish/renderer.ts'
import { folderTarget } from '../../api/publish/targets/folder.ts'
import { closeDatabase, openDatabase } from '../../db/client.ts'
import { afterwards } from '../support/afterwards.ts'
import { testDatabase } from '../support/database.ts'
import { addComponent, addIncident, addUpdate, setUpOrganisation, temporaryFolder } from '../support/published.ts'
import { chance } from '../support/seeded.ts'
import { ADDRESS } from '../support/snapshots.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })
const SEED = 4711
const KILLS = 8
const NOON = new Date('2026-11-12T12:00:00.000Z')
const ROOT = join(import.meta.dirname, '../..')
const SCRIPT = join(ROOT, 'test/support/publishing-process.ts')

const { db, connection } = await testDatabase()
const renderer = await loadRenderer(ROOT)
const { between } = chance(SEED)
await setUpOrganisation(db, NOON)
await addComponent(db, NOON, { id: 'cmp000000001' })
const open: string[] = []
for (let n = 0; n < 12; n += 1) open.push(await addIncident(db, NOON, { title: `Trouble ${n}` }))
let spoken = 1

/** A change that touches the page of every open incident and everything that lists them. */
async function speak(length = 100): Promise<void> {
  spoken += 1
  for (const id of open)
    await addUpdate(db, id, plus(NOON, spoken * 60_000), { seq: spoken, body: `${spoken} `.repeat(length) })
}

const publishTo = (folder: string, own = db) =>
  publish({ db: own, renderer, target: folderTarget(folder), address: ADDRESS })

const living = new Set<ChildProcess>()
afterwards(() => {
  for (const child of living) child.kill('SIGKILL')
})

/** Publishes in a process of its own; `blocks` limits how large (of 512 bytes each) a file may grow, as a full disk does. */
function publisher(folder: string, blocks: number | null = null) {
  const limit = blocks === null ? '' : `trap '' XFSZ; ulimit -f ${blocks}; `
  const words = ['-c', `${limit}exec "$0" "$@"`, process.execPath, SCRIPT, JSON.stringify(connection), folder]
  const child = spawn('/bin/sh', words, { stdio: ['ignore', 'pipe', 'inherit'] })
  living.add(child)
  const gone = once(child, 'close').then(() => void living.delete(child))
  return { child, lines: createInterface(child.stdout), gone }
}

/** kill -9 when it begins with its `count`th file; answers the lines that it came to say. */
async function killAt(folder: string, count: number): Promise<string[]> {
  const { child, lines, gone } = publisher(folder)
  const said: string[] = []
  lines.on('line', (line) => {
    said.push(line)
    if (said.length === count) child.kill('SIGKILL')
  })
  await gone
  return said
}

async function contents(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const served = paths.filter((path) => !/\/\.sitrep\/|heartbeat\.json$|\.br$|\.gz$/.test(path)).sort()
  const texts = await Promise.all(served.map((path) => readFile(path, 'utf8')))
  return new Map(served.map((path, index) => [path.slice(folder.length + 1), texts[index]!]))
}

const ENDS: [name: RegExp, end: RegExp][] = [
  [/\.html$/, /<\/html>\s*$/],
  [/\.json$/, /\}\s*$/],
  [/\.rss$/, /<\/rss>\s*$/],
  [/\.atom$/, /<\/feed>\s*$/],
  [/\.ics$/, /END:VCALENDAR\r\n$/],
]

async function expectWhole(folder: string): Promise<void> {
  for (const [path, text] of await contents(folder))
    for (const [name, end] of ENDS) if (name.test(path)) expect(text, path).toMatch(end)
}

/** The next run; for a moment the database may still take the killed one for busy. */
const mend = (folder: string) =>
  vi.waitFor(async () => expect((await publishTo(folder)).state).toBe('published'), { timeout: 10_000, interval: 20 })

/** The folder holds, byte for byte, what a new one would be given, and nothing half-grown beside it. */
async function expectMended(folder: string): Promise<void> {
  const fresh = await temporaryFolder()
  await publishTo(fresh)
  expect(await contents(folder)).toEqual(await contents(fresh))
  expect(await readdir(join(folder, '.sitrep/growing'))).toEqual([])
}

describe('a publisher killed in the middle', () => {
  it(`leaves every file whole, and the next run mends the rest (${KILLS} kills, seed ${SEED})`, async () => {
    const folder = await temporaryFolder()
    for (let kill = 0; kill < KILLS; kill += 1) {
      await speak(between(50, 1500))
      const said = await killAt(folder, between(1, 12))
      expect(said.at(-1)).toMatch(/^begins /)
      await expectWhole(folder)
      if (kill % 2 === 0) continue
      await mend(folder)
      await expectMended(folder)
    }
  })

  it('is not believed to have published what it did not come to', async () => {
    const folder = await temporaryFolder()
    await publishTo(folder)
    const before = (await folderTarget(folder).manifest())!.revision
    await speak()
    await killAt(folder, 3)
    expect((await folderTarget(folder).manifest())!.revision).toBe(before)
    await mend(folder)
  })
})

describe('two publishers of one folder', () => {
  it('end with the newest page, whole, whoever was faster', async () => {
    const folder = await temporaryFolder()
    const other = openDatabase(connection, 'sitrep test', 3)
    const states: string[] = []
    for (let round = 0; round < 6; round += 1) {
      await speak()
      const both = await Promise.all([publishTo(folder), publishTo(folder, other), speak()])
      states.push(both[0].state, both[1].state)
      await expectWhole(folder)
    }
    await closeDatabase(other)
    expect(new Set(states)).not.toContain('failed')
    expect((await publishTo(folder)).state).toMatch(/published|unchanged/)
    await expectMended(folder)
  })

  it('as processes of their own do no harm to each other', async () => {
    const folder = await temporaryFolder()
    await speak()
    const both = [publisher(folder), publisher(folder)]
    await Promise.all(both.map(({ gone }) => gone))
    await publishTo(folder)
    await expectMended(folder)
  })
})

describe('a disk without room', () => {
  it('keeps the last page whole, says so, and is made up for when there is room again', async () => {
    const folder = await temporaryFolder()
    await publishTo(folder)
    const before = await contents(folder)
    await speak(1000)
    const { lines, gone } = publisher(folder, 1)
    const said: string[] = []
    lines.on('line', (line) => said.push(line))
    await gone
    expect(JSON.parse(said.at(-1)!)).toEqual({ state: 'failed', trouble: expect.stringContaining('EFBIG') })
    expect(await contents(folder)).toEqual(before)
    expect((await publishTo(folder)).state).toBe('published')
    await expectMended(folder)
  })

  it('takes a broken manifest for none and publishes everything', async () => {
    const folder = await temporaryFolder()
    await publishTo(folder)
    await writeFile(join(folder, '.sitrep/manifest.json'), '{"revision":')
    expect((await publishTo(folder)).state).toBe('published')
    await expectMended(folder)
  })
})
