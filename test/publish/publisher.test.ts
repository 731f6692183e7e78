import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { plus } from '../../api/domain/duration.ts'
import type { Renderer } from '../../api/publish/documents.ts'
import { publish } from '../../api/publish/publisher.ts'
import type { Target } from '../../api/publish/target.ts'
import { folderTarget } from '../../api/publish/targets/folder.ts'
import { organisation, siteTargets } from '../../db/schema.ts'
import { testDatabase } from '../support/database.ts'
import {
  addComponent,
  addIncident,
  addUpdate,
  change,
  plainRenderer,
  setUpOrganisation,
  temporaryFolder,
} from '../support/published.ts'
import { ADDRESS } from '../support/snapshots.ts'

const { db, clock } = await testDatabase()
const NOON = new Date('2026-11-12T12:00:00.000Z')
const CANARY = 'canary-7f3a'
const OPEN = 'inc000000001'
const OVER = 'inc000000002'
const LOGIN = 'cmp000000001'

await setUpOrganisation(db, NOON)
await addComponent(db, NOON, { id: LOGIN })
await addIncident(db, NOON, { id: OPEN, holds: [LOGIN] })
await addIncident(db, NOON, { id: OVER, status: 'resolved', resolvedAt: NOON, title: 'Over' })
await addIncident(db, NOON, { title: CANARY, visibility: 'internal' })

let folder: string
let spoken = 1
beforeEach(async () => {
  folder = await temporaryFolder()
})

const publishTo = (target: Target, renderer: Renderer = plainRenderer()) =>
  publish({ db, renderer, target, address: ADDRESS })
const publishHere = (renderer?: Renderer) => publishTo(folderTarget(folder), renderer)
const speak = () => {
  spoken += 1
  return addUpdate(db, OPEN, plus(NOON, spoken * 60_000), { seq: spoken })
}
const rowOf = async (name: string) => (await db.select().from(siteTargets).where(eq(siteTargets.name, name)))[0]

/** What readers are given: no twins, which follow, no sign of life, and not our own bookkeeping. */
async function contents(of = folder): Promise<Map<string, string>> {
  const paths = await folderTarget(of).list()
  return new Map(
    await Promise.all(paths.sort().map(async (path) => [path, await readFile(join(of, path), 'utf8')] as const)),
  )
}

async function marks(): Promise<Map<string, bigint>> {
  const paths = [...(await contents()).keys()]
  return new Map(
    await Promise.all(
      paths.map(async (path) => [path, (await stat(join(folder, path), { bigint: true })).ino] as const),
    ),
  )
}

describe('publishing', () => {
  it('puts every public file in place at first, each where a plain web server looks for it', async () => {
    const { state, written } = await publishHere()
    expect(state).toBe('published')
    const pages = ['', `components/${LOGIN}/`, 'history/', 'history/2026-11/', 'maintenance/', 'subscribe/']
    const incidents = [OPEN, OVER].map((id) => `incidents/${id}/`)
    const both = [...pages, ...incidents].flatMap((page) => [`${page}index.html`, `ar/${page}index.html`])
    const lists = ['components', 'incidents', 'incidents/unresolved', 'scheduled-maintenances', 'status', 'summary']
    const work = ['scheduled-maintenances/active', 'scheduled-maintenances/upcoming']
    const machines = [...lists, ...work, `incidents/${OPEN}`, `incidents/${OVER}`].map((name) => `api/v2/${name}.json`)
    const feeds = ['history.rss', 'history.atom', 'updates.rss', 'feed.json', 'calendar.ics']
    expect(written.toSorted()).toEqual(
      [
        ...both,
        ...machines,
        ...feeds,
        `components/${LOGIN}.rss`,
        `components/${LOGIN}.atom`,
        `i/${OPEN}/index.html`,
        `i/${OVER}/index.html`,
        '404.html',
        'ar/404.html',
        'robots.txt',
        'sitemap.xml',
        'sitemap-pages.xml',
        'sitemap-2026-11.xml',
        'status.json',
      ].sort(),
    )
    expect((await rowOf(folderTarget(folder).name))!.state).toBe('published')
  })

  it('never lets a word of an internal incident out', async () => {
    await publishHere()
    for (const [path, text] of await contents()) expect(text, path).not.toContain(CANARY)
  })

  it('gives the same bytes for the same data, a minute later and in another folder', async () => {
    await publishHere()
    const elsewhere = await temporaryFolder()
    await clock.advance(60_000)
    await publishTo(folderTarget(elsewhere))
    expect(await contents(elsewhere)).toEqual(await contents())
  })

  it('does nothing when nothing has changed', async () => {
    await publishHere()
    const before = await marks()
    expect(await publishHere()).toMatchObject({ state: 'unchanged', written: [] })
    expect(await marks()).toEqual(before)
  })

  it('writes only the files that a change touches', async () => {
    await publishHere()
    const before = await marks()
    await speak()
    const { written, changes } = await publishHere()
    const untouched = [OVER, 'subscribe', '404', 'robots', 'sitemap', 'calendar', 'maintenance/']
    for (const part of untouched) expect(written.filter((path) => path.includes(part))).toEqual([])
    expect(written).toEqual(
      expect.arrayContaining([
        'index.html',
        'ar/index.html',
        `incidents/${OPEN}/index.html`,
        `components/${LOGIN}/index.html`,
        'history/2026-11/index.html',
        'updates.rss',
        'status.json',
      ]),
    )
    expect(changes).toEqual([{ revision: expect.any(Number), at: plus(NOON, spoken * 60_000) }])
    const after = await marks()
    const moved = [...after].filter(([path, inode]) => before.get(path) !== inode).map(([path]) => path)
    expect(moved.sort()).toEqual(written.toSorted())
  })

  it('gives a fresh folder the same bytes as one that has followed every change', async () => {
    await publishHere()
    await speak()
    await publishHere()
    await change(db, { topic: 'components' }, plus(NOON, 3_600_000))
    await publishHere()
    const fresh = await temporaryFolder()
    await publishTo(folderTarget(fresh))
    const followed = await contents()
    for (const [path, text] of await contents(fresh)) expect(followed.get(path), path).toBe(text)
    expect([...followed.keys()]).toEqual([...(await contents(fresh)).keys()])
  })

  it('makes everything anew for another build of the site, and for another organisation', async () => {
    await publishHere()
    expect((await publishHere(plainRenderer('newer'))).state).toBe('published')
    await db.update(organisation).set({ pageId: 'another00000' })
    await writeFile(join(folder, 'stranger.txt'), 'not ours')
    const { state } = await publishHere(plainRenderer('newer'))
    await db.update(organisation).set({ pageId: 'northwind000' })
    expect(state).toBe('published')
    expect((await contents()).has('stranger.txt')).toBe(true)
  })

  it('takes documents away that another installation had published there', async () => {
    await db.update(organisation).set({ pageId: 'another00000' })
    await publishHere()
    await rm(join(folder, 'robots.txt'))
    const theirs = { path: 'incidents/theirs000000/index.html', body: Buffer.from('theirs'), changedAt: NOON, br: null }
    await folderTarget(folder).write([theirs], { page: 'another00000', revision: 1_000_000 })
    await db.update(organisation).set({ pageId: 'northwind000' })
    await publishHere()
    expect((await contents()).has('incidents/theirs000000/index.html')).toBe(false)
    expect((await contents()).has('robots.txt')).toBe(true)
  })
})

describe('a folder that holds something already', () => {
  it('keeps what is not ours, wherever it lies', async () => {
    const theirs = ['components/Button.tsx', 'history/thesis.txt', 'm/mine.txt', 'maintenance/boiler.pdf']
    for (const path of theirs) {
      await mkdir(join(folder, dirname(path)), { recursive: true })
      await writeFile(join(folder, path), 'theirs')
    }
    await publishHere()
    await publish({ db, renderer: plainRenderer(), target: folderTarget(folder), address: ADDRESS, everything: true })
    for (const path of theirs) expect(await readFile(join(folder, path), 'utf8')).toBe('theirs')
  })

  it('that shows more than the database knows stays as it is and says so, until somebody publishes all of it', async () => {
    await publishHere()
    const manifest = (await folderTarget(folder).manifest())!
    const ahead = { ...manifest, revision: manifest.revision + 5 }
    await folderTarget(folder).begin(ahead)
    await folderTarget(folder).seal(ahead, ahead)
    const behind = await publishHere()
    expect(behind).toMatchObject({ state: 'failed', written: [] })
    expect(behind.trouble).toContain(`It shows revision ${ahead.revision}, the database is at ${manifest.revision}.`)
    const job = { db, renderer: plainRenderer(), target: folderTarget(folder), address: ADDRESS, everything: true }
    expect(await publish(job)).toMatchObject({ state: 'published', revision: manifest.revision })
    expect((await publishHere()).state).toBe('unchanged')
  })
})

describe('a publication that fails', () => {
  const failingOn = (route: string): Renderer => {
    const plain = plainRenderer()
    return {
      ...plain,
      render: (asked, data, language) =>
        asked === route ? Promise.reject(new Error(`no ${route} today`)) : plain.render(asked, data, language),
    }
  }

  it('keeps the last version of a page that cannot be made, shows the rest, says why, and mends it later', async () => {
    await publishHere()
    const before = await contents()
    await speak()
    const failed = await publishHere(failingOn('/incident'))
    expect(failed).toMatchObject({ state: 'failed', trouble: 'no /incident today' })
    const meanwhile = await contents()
    expect(meanwhile.get(`incidents/${OPEN}/index.html`)).toBe(before.get(`incidents/${OPEN}/index.html`))
    expect(meanwhile.get('index.html')).toContain(`Word ${spoken}`)
    expect(await rowOf(folderTarget(folder).name)).toMatchObject({ state: 'failed', detail: 'no /incident today' })
    expect((await publishHere()).state).toBe('published')
    expect((await contents()).get(`incidents/${OPEN}/index.html`)).toContain(`Word ${spoken}`)
    expect(await rowOf(folderTarget(folder).name)).toMatchObject({ state: 'published', detail: null })
  })

  it('is made wholly anew when the first publication of a build was incomplete', async () => {
    expect((await publishHere(failingOn('/404'))).state).toBe('failed')
    expect((await contents()).has('404.html')).toBe(false)
    expect((await publishHere()).state).toBe('published')
    expect((await contents()).has('404.html')).toBe(true)
  })

  it('leaves whole files wherever writing breaks off, and the next run finishes the work', async () => {
    await publishHere()
    const complete = await temporaryFolder()
    for (let survivors = 0; survivors < 5; survivors += 1) {
      await speak()
      const before = await contents()
      const { state } = await publishTo(breakingAfter(survivors))
      expect(state).toBe('failed')
      await publishTo(folderTarget(complete))
      const wanted = await contents(complete)
      for (const [path, text] of await contents()) expect([before.get(path), wanted.get(path)], path).toContain(text)
      expect((await publishHere()).state).toBe('published')
      expect((await contents()).get('index.html')).toBe(wanted.get('index.html'))
    }
  })

  const breakingAfter = (survivors: number): Target => {
    const target = folderTarget(folder)
    let left = survivors
    return {
      ...target,
      async write(files, edition) {
        const written = await target.write(files.slice(0, left), edition)
        left -= files.length
        if (left < 0) throw new Error('no space left')
        return written
      },
    }
  }
})

describe('two publishers', () => {
  it('exclude each other on the same target, and not on different ones', async () => {
    let enter = () => {}
    const entered = new Promise<void>((resolve) => {
      enter = resolve
    })
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    const slow: Renderer = {
      ...plainRenderer(),
      render: async (route, data, language) => {
        enter()
        await released
        return plainRenderer().render(route, data, language)
      },
    }
    const first = publishHere(slow)
    await entered
    expect((await publishHere()).state).toBe('busy')
    expect((await publishTo(folderTarget(await temporaryFolder()))).state).toBe('published')
    release()
    expect((await first).state).toBe('published')
  })

  it('never put an older page over a newer one, even without knowing of each other', async () => {
    await publishHere()
    const target = { ...folderTarget(folder), key: async () => 'the same folder under another key' }
    const overtaken: Renderer = {
      ...plainRenderer(),
      render: async (route, data, language) => {
        const html = await plainRenderer().render(route, data, language)
        if (route === '/incident' && language === 'en') await speakAndPublish()
        return html
      },
    }
    const speakAndPublish = async () => {
      await speak()
      await publishHere()
    }
    await speak()
    expect(await publishTo(target, overtaken)).toMatchObject({ state: 'unchanged', written: [] })
    expect((await contents()).get('index.html')).toContain(`Word ${spoken}`)
  })

  it('all at once end with the newest revision in place', async () => {
    await publishHere()
    await speak()
    const states = (await Promise.all(Array.from({ length: 4 }, () => publishHere()))).map(({ state }) => state)
    expect(states.filter((state) => state === 'published')).toHaveLength(1)
    expect((await contents()).get('index.html')).toContain(`Word ${spoken}`)
  })
})
