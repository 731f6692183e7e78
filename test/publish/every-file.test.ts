import { readFile } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import ICAL from 'ical.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { addComponent } from '../../api/actions/add-component.ts'
import { LANGUAGES } from '../../api/domain/pages.ts'
import { publish } from '../../api/publish/publisher.ts'
import { loadRenderer } from '../../api/publish/renderer.ts'
import { folderTarget } from '../../api/publish/targets/folder.ts'
import { actingAs, setUpNorthwind } from '../support/acting.ts'
import { testDatabase } from '../support/database.ts'
import { INSTALLING } from '../support/debian-tools.ts'
import { readFeed, sfeed } from '../support/feed-reader.ts'
import { temporaryFolder } from '../support/published.ts'
import { actAtRandom } from '../support/random-actions.ts'
import { chance } from '../support/seeded.ts'
import { ADDRESS } from '../support/snapshots.ts'
import { DOCUMENT_FIELDS, expectShape } from '../support/statuspage-shapes.ts'
import { htmlFaults } from '../support/valid-html.ts'
import { checkXml, xmllint } from '../support/xmllint.ts'

const STEPS = 120
const seed = 7
const folder = await temporaryFolder()
let files: string[] = []

/** A page with some weeks of history, made by what people and the clock do. */
beforeAll(async () => {
  const { db, clock } = await testDatabase()
  const acting = actingAs(db, clock)
  const dice = chance(seed)
  await clock.set(new Date('2026-10-20T09:00:00.000Z'))
  await setUpNorthwind(db)
  for (const name of ['Login', 'Mail', 'Storage']) await addComponent(acting, { name })
  for (let step = 0; step < STEPS; step += 1) await actAtRandom(acting, clock, dice)
  const renderer = await loadRenderer(resolve(import.meta.dirname, '../..'))
  const target = folderTarget(folder)
  expect(await publish({ db, renderer, target, address: ADDRESS })).toMatchObject({ state: 'published', trouble: null })
  files = await target.list()
  await xmllint()
  await sfeed()
}, INSTALLING)

const text = (path: string) => readFile(join(folder, path), 'utf8')
const json = async (path: string) => JSON.parse(await text(path))
const ending = (...suffixes: string[]) => files.filter((path) => suffixes.includes(extname(path)))

/** The files about which a check has something to say, with what it says. */
async function complaints(paths: string[], check: (path: string) => Promise<unknown>): Promise<string[]> {
  expect(paths).not.toEqual([])
  const said: string[] = []
  for (const path of paths) {
    const faults = await check(path).catch((error: Error) => error.message)
    if (Array.isArray(faults) ? faults.length > 0 : faults) said.push(`${path}: ${faults}`)
  }
  return said
}

describe(`every published file (seed ${seed})`, () => {
  it('is of a kind that is expected, pages in every language', () => {
    const kinds = ['.atom', '.css', '.html', '.ico', '.ics', '.json', '.png', '.rss', '.svg', '.txt', '.xml']
    expect(files.filter((path) => !kinds.includes(extname(path)))).toEqual([])
    const pages = ending('.html').filter((path) => !/^([im]|ar)\//.test(path))
    expect(files).toEqual(
      expect.arrayContaining(pages.flatMap((path) => LANGUAGES.slice(1).map((lang) => `${lang}/${path}`))),
    )
  })

  it('that is a page is valid HTML', { timeout: 120_000 }, async () => {
    expect(await complaints(ending('.html'), async (path) => htmlFaults(await text(path)))).toEqual([])
  })

  it('that is XML is well-formed', async () => {
    expect(await complaints(ending('.xml', '.rss', '.atom'), async (path) => checkXml(await text(path)))).toEqual([])
  })

  it('that is JSON is JSON', async () => {
    expect(await complaints(ending('.json'), async (path) => void (await json(path)))).toEqual([])
  })

  it('of Statuspage v2 has exactly the fields that Statuspage has', async () => {
    const documents = ending('.json').filter((path) => path.startsWith('api/v2/'))
    for (const path of documents) {
      const fields = DOCUMENT_FIELDS[path.slice('api/v2/'.length)] ?? ['incident', 'page']
      expectShape(await json(path), fields)
    }
  })
})

describe('what a reader finds', () => {
  /** How many incidents and maintenances there are, and how much was said about them. */
  async function told() {
    const { incidents } = await json('api/v2/incidents.json')
    const { scheduled_maintenances: maintenances } = await json('api/v2/scheduled-maintenances.json')
    const threads = [...incidents, ...maintenances]
    return { incidents, maintenances, threads, updates: threads.flatMap((thread) => thread.incident_updates) }
  }

  it('in the feeds is every thread, or every update, 50 at most', async () => {
    const { threads, updates } = await told()
    expect(threads.length).toBeGreaterThan(10)
    for (const path of ['history.rss', 'history.atom'])
      expect(await readFeed(await text(path)), path).toHaveLength(Math.min(50, threads.length))
    expect(await readFeed(await text('updates.rss'))).toHaveLength(Math.min(50, updates.length))
    expect((await json('feed.json')).items).toHaveLength(Math.min(50, updates.length))
  })

  it('in the feeds of a component is what concerned it', async () => {
    for (const path of files.filter((each) => /^components\/.*\.(rss|atom)$/.test(each))) {
      const id = path.slice('components/'.length).split('.')[0]
      const { threads } = await told()
      const own = threads.filter(({ components }) =>
        components.some((component: { id: string }) => component.id === id),
      )
      expect((await readFeed(await text(path))).map(({ title }) => title).sort(), path).toEqual(
        own.map(({ name }) => name).sort(),
      )
    }
  })

  it('in the calendar is every maintenance', async () => {
    const { maintenances } = await told()
    const events = ICAL.Component.fromString(await text('calendar.ics')).getAllSubcomponents('vevent')
    expect(maintenances.length).toBeGreaterThan(3)
    expect(events.map((event) => String(event.getFirstPropertyValue('summary'))).sort()).toEqual(
      maintenances.map(({ name }: { name: string }) => name).sort(),
    )
  })
})
