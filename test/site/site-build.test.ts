import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildSiteIfStale, loadRenderer } from '../../api/publish/renderer.ts'
import { siteBuildId } from '../../api/publish/site-build.ts'

const PROJECT = join(import.meta.dirname, '..', '..')
const PAGE = '<html><head></head><body><h1>{(Astro.locals.page as { title: string }).title}</h1></body></html>'
const TINY = 60_000

let root: string

/** A project with one page, built by the same configuration as the real one. */
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sitrep-site-'))
  for (const part of ['astro.config.mjs', 'package-lock.json', 'package.json', 'site/adapter', 'site/middleware.ts'])
    await cp(join(PROJECT, part), join(root, part), { recursive: true })
  await symlink(join(PROJECT, 'node_modules'), join(root, 'node_modules'))
  await cp(join(PROJECT, 'tsconfig.json'), join(root, 'tsconfig.json'))
  await writePage(PAGE)
})
afterAll(() => rm(root, { recursive: true, force: true }))

async function writePage(source: string) {
  await mkdir(join(root, 'site', 'pages'), { recursive: true })
  await writeFile(join(root, 'site', 'pages', 'index.astro'), source)
}

interface Tiny {
  '/': { title: string }
  '/nowhere': null
}

describe('building the site', () => {
  test('two processes that find it stale at once end with one build', { timeout: TINY }, async () => {
    const [one, other] = await Promise.all([buildSiteIfStale(root), buildSiteIfStale(root)])
    expect(one.directory).toBe(other.directory)
    expect(await readdir(join(root, 'dist'))).toEqual([one.buildId])
  })

  test('a site that has not changed is not built again', { timeout: TINY }, async () => {
    await buildSiteIfStale(root)
    const page = join(root, 'site', 'pages', 'index.astro')
    await utimes(page, 0, 0)
    expect((await buildSiteIfStale(root)).built).toBe(false)
  })

  test('the same sources give the same build, byte for byte', { timeout: TINY }, async () => {
    const first = await buildSiteIfStale(root)
    const before = await readFile(join(first.directory, 'server', 'entry.mjs'))
    await rm(first.directory, { recursive: true })
    const second = await buildSiteIfStale(root)
    expect(second).toEqual({ ...first, built: true })
    expect((await readFile(join(second.directory, 'server', 'entry.mjs'))).equals(before)).toBe(true)
  })

  test('a changed page, configuration or lockfile makes it stale', async () => {
    const before = await siteBuildId(root)
    const lockfile = await readFile(join(root, 'package-lock.json'), 'utf8')
    await writeFile(join(root, 'package-lock.json'), `${lockfile}\n`)
    const withLockfile = await siteBuildId(root)
    await writeFile(join(root, 'package-lock.json'), lockfile)
    await writePage(PAGE.replace('h1>', 'h2>'))
    const withPage = await siteBuildId(root)
    await writePage(PAGE)
    expect(new Set([before, withLockfile, withPage]).size).toBe(3)
    expect(await siteBuildId(root)).toBe(before)
  })

  test('the build before the present one is kept for processes that still run it, older ones go', {
    timeout: TINY,
  }, async () => {
    const builds = []
    for (const heading of ['one', 'two', 'three']) {
      await writePage(`<h1>${heading}</h1>`)
      builds.push((await buildSiteIfStale(root)).buildId)
    }
    await writePage(PAGE)
    expect((await readdir(join(root, 'dist'))).toSorted()).toEqual(builds.slice(1).toSorted())
  })

  test('a page that does not compile is refused with its name, and nothing is left behind', {
    timeout: TINY,
  }, async () => {
    await writePage("---\nimport nothing from './nowhere.ts'\n---\n<h1>{nothing}</h1>")
    await expect(buildSiteIfStale(root)).rejects.toThrow(/could not be built[\s\S]*index\.astro/)
    await writePage(PAGE)
    expect((await readdir(join(root, 'dist'))).filter((name) => name.startsWith('.building'))).toEqual([])
  })
})

describe('rendering', () => {
  test('the same data gives the same bytes, and hostile text stays text', { timeout: TINY }, async () => {
    const { render } = await loadRenderer<Tiny>(root)
    const page = { title: '<script>alert(1)</script>' }
    const html = await render('/', page)
    expect(html).toContain('<h1>&lt;script&gt;alert(1)&lt;/script&gt;</h1>')
    expect(await render('/', page)).toBe(html)
  })

  test('a page that does not exist is an error that names the route', { timeout: TINY }, async () => {
    const { render } = await loadRenderer<Tiny>(root)
    await expect(render('/nowhere', null)).rejects.toThrow(/\/nowhere.*404/)
  })

  test('a page that throws is an error that names the route and keeps the reason', { timeout: TINY }, async () => {
    const { render } = await loadRenderer<Tiny>(root)
    const failed = render('/', null as unknown as Tiny['/'])
    await expect(failed).rejects.toThrow('The page / could not be rendered.')
    await expect(failed).rejects.toHaveProperty('cause', expect.any(TypeError))
  })
})
