import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { beforeAll, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE, plus } from '../../api/domain/duration.ts'
import { LANGUAGES } from '../../api/domain/pages.ts'
import { folderTarget } from '../../api/publish/targets/folder.ts'
import { closeDatabase } from '../../db/client.ts'
import { browserForFile } from '../support/browser.ts'
import { serveFiles } from '../support/file-server.ts'
import { tagsOf } from '../support/html.ts'
import { temporaryFolder } from '../support/published.ts'
import { startStory } from '../support/service.ts'
import { soon } from '../support/storytelling.ts'

const SITE = 'https://status.northwind.example'
const API = 'https://sitrep.northwind.example'
const NOON = new Date('2026-11-12T12:00:00.000Z')

const browser = browserForFile()
const folder = await temporaryFolder()
const story = await startStory({ PUBLIC_URL: SITE, API_URL: API, SITE_DIR: folder })
const files = await serveFiles(folder, () => plus(NOON, 4 * HOUR))
const text = (path: string) => readFile(join(folder, path), 'utf8')

async function post(path: string, body: object) {
  const answer = await story.api('POST', path, body)
  expect([path, answer.status], JSON.stringify(answer.body)).toEqual([path, 201])
  return answer.body
}

const plan = (title: string, from: number, until: number, components: string[]) => {
  const window = { scheduled_for: plus(NOON, from).toISOString(), scheduled_until: plus(NOON, until).toISOString() }
  return post('/maintenances', { title, body: `We work on **${title}**.`, components, ...window })
}

/** A morning and an afternoon at Northwind: everything that a page can show, posted through the API. */
async function tell(): Promise<void> {
  await story.clock.set(NOON)
  const group = await post('/component-groups', { name: 'Console' })
  const login = await post('/components', { name: 'Login', group_id: group.id })
  const storage = await post('/components', { name: 'Storage EU' })
  await plan('Disks', HOUR, 2 * HOUR, [storage.id])
  await plan('Network', 2.5 * HOUR, 8 * HOUR, [storage.id])
  await plan('Database upgrade', 21 * DAY, 21 * DAY + HOUR, [login.id])
  const over = await post('/incidents', { title: 'Mail was <late>', severity: 'SEV3', body: 'Mail is late.' })
  await post(`/incidents/${over.id}/updates`, { status: 'resolved', body: 'Mail is on time again.' })
  await story.later(2 * HOUR + 30 * MINUTE)
  const steps = async () =>
    (await story.api('GET', '/maintenances')).body.data.map((each: { status: string }) => each.status).sort()
  await soon(async () => expect(await steps()).toEqual(['completed', 'in_progress', 'scheduled']))
  const open = await post('/incidents', {
    title: 'Sign-in fails',
    severity: 'SEV1',
    body: 'Sign-in fails in the EU.',
    components: [{ id: login.id }],
  })
  await post(`/incidents/${open.id}/updates`, { status: 'identified', body: 'We found out why.' })
  const [said] = open.updates
  const corrected = { body: 'Sign-in fails everywhere.', reason: 'It fails in the US too.' }
  await post(`/incidents/${open.id}/updates/${said.id}/corrections`, corrected)
}

beforeAll(async () => {
  await tell()
  const [row] = await story.db.execute<{ newest: number }>(sql`select max(revision) as newest from site_changes`)
  await soon(async () => expect(JSON.parse(await text('heartbeat.json')).revision).toBe(row!.newest))
  await story.service.stop()
  await closeDatabase(story.db)
}, 60_000)

it('is all that is left: service and database answer nobody any more', async () => {
  await expect(story.visit('/')).rejects.toThrow()
  await expect(story.db.execute(sql`select 1`)).rejects.toThrow()
})

/** An address of ours, as the file server has it; null for others'. */
const served = (address: string): string | null =>
  address === SITE || address.startsWith(`${SITE}/`)
    ? files + address.slice(SITE.length)
    : address.startsWith(files)
      ? address
      : null

/** Everywhere that a page leads: links, files it needs, and where it forwards to. */
function leadsOf(html: string, page: string): string[] {
  return tagsOf(html).flatMap(({ name, attributes }) => {
    const { href, src, content = '' } = attributes
    const forward = name === 'meta' && attributes['http-equiv'] === 'refresh' ? content.split('url=')[1] : undefined
    return [href, src, forward].flatMap((lead) => (lead === undefined ? [] : [new URL(lead, page).href]))
  })
}

it('leads, from page to page in every language, to nothing that is not there', async () => {
  const pages = new Map<string, string>()
  const elsewhere = new Set<string>()
  const broken: string[] = []
  const anchors: { from: string; to: string; id: string }[] = []
  const ahead = LANGUAGES.map((language, index) => ({
    from: 'the door',
    to: index === 0 ? `${files}/` : `${files}/${language}`,
  }))
  for (const { from, to } of ahead) {
    const address = served(to)
    if (address === null) elsewhere.add(to)
    if (address === null) continue
    const [path = '', id] = address.split('#')
    if (id) anchors.push({ from, to: path, id })
    if (pages.has(path)) continue
    const answer = await fetch(path)
    if (!answer.ok) broken.push(`${from} → ${path}`)
    const html = answer.headers.get('content-type')?.startsWith('text/html') ? await answer.text() : ''
    pages.set(path, html)
    ahead.push(...leadsOf(html, path).map((lead) => ({ from: path, to: lead })))
  }
  expect(broken).toEqual([])
  expect(anchors.filter(({ to, id }) => !pages.get(to)!.includes(`id="${id}"`))).toEqual([])
  expect(
    [...elsewhere].filter((each) => !each.startsWith(API) && !each.startsWith('mailto:') && !each.startsWith('data:')),
  ).toEqual([])
  const reached = [...pages.keys()].map((each) => each.slice(files.length + 1).replace(/\/$/, ''))
  const published = (await folderTarget(folder).list()).filter((path) => path.endsWith('index.html'))
  const unreached = published.filter(
    (path) => !/^[im]\//.test(path) && !reached.includes(path.replace(/\/?index\.html$/, '')),
  )
  expect(unreached).toEqual([])
})

it('is where feeds, sitemaps, calendar and machine files say that it is', async () => {
  const named = new Map<string, string>()
  for (const path of await folderTarget(folder).list()) {
    const unfolded = (await text(path)).replaceAll('\r\n ', '').replaceAll('&amp;', '&')
    for (const [address] of unfolded.matchAll(new RegExp(`${SITE}[^\\s"'<>\\\\)]*`, 'g'))) named.set(address, path)
  }
  expect(named.size).toBeGreaterThan(40)
  const broken: string[] = []
  for (const [address, path] of named) if (!(await fetch(served(address)!)).ok) broken.push(`${path} → ${address}`)
  expect(broken).toEqual([])
})

it('says, where script runs, that we may not be able to publish, and how old the last word is', async () => {
  const page = await browser.page()
  await page.goto(`${files}/`)
  await page.getByText('We may not be able to publish.').waitFor()
  expect(await page.locator('#live p').last().innerText()).toBe('We may not be able to publish. Last word 14:30 UTC.')
  expect(await page.title()).toBe('Major outage: Sign-in fails – Northwind Cloud status')
  await page.context().close()
})
