import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { plus } from '../../api/domain/duration.ts'
import { openSite } from '../../api/http/site.ts'
import { publish } from '../../api/publish/publisher.ts'
import { loadRenderer } from '../../api/publish/renderer.ts'
import { folderTarget } from '../../api/publish/targets/folder.ts'
import { componentGroups } from '../../db/schema.ts'
import { testDatabase } from '../support/database.ts'
import { addComponent, addIncident, addUpdate, setUpOrganisation, temporaryFolder } from '../support/published.ts'
import { ADDRESS } from '../support/snapshots.ts'

const { db } = await testDatabase()
const NOON = new Date('2026-11-12T12:00:00.000Z')
const OPEN = 'inc000000001'
const OVER = 'inc000000002'
const folder = await temporaryFolder()
const renderer = await loadRenderer(resolve(import.meta.dirname, '../..'))

await setUpOrganisation(db, NOON)
await db.insert(componentGroups).values({ id: 'grp000000001', name: 'Console', position: 1 })
for (let n = 1; n <= 30; n += 1)
  await addComponent(db, NOON, {
    id: `cmp${String(n).padStart(9, '0')}`,
    name: `Part ${n}`,
    position: n,
    groupId: n < 9 ? 'grp000000001' : null,
  })
const over = { status: 'resolved' as const, resolvedAt: NOON }
await addIncident(db, plus(NOON, -86_400_000), { id: OVER, title: 'Webhooks were <late>', ...over })
await addIncident(db, NOON, { id: OPEN, nextUpdateDueAt: plus(NOON, 900_000), holds: ['cmp000000001'] })
await addUpdate(db, OPEN, plus(NOON, 60_000), { seq: 2, body: 'Shown **bold**, never <script>alert(1)</script>.' })
const publication = await publish({ db, renderer, target: folderTarget(folder), address: ADDRESS })
const html = (path: string) => readFile(join(folder, path), 'utf8')

describe('the site as it is published', () => {
  it('is made by the compiled pages, whole and without trouble', async () => {
    expect(publication).toMatchObject({ state: 'published', trouble: null })
    expect(await html('index.html')).toContain('Shown <strong>bold</strong>, never &lt;script&gt;')
    expect(await html(`incidents/${OVER}/index.html`)).toContain('Webhooks were &lt;late&gt;')
  })

  it('links to nothing of its own that a plain web server would not find', async () => {
    for (const page of publication.written.filter((path) => path.endsWith('.html'))) {
      const base = new URL(page.replace(/index\.html$/, ''), 'http://site.invalid/')
      for (const [, href] of (await html(page)).matchAll(/(?:href|src)="([^"#]+)"/g)) {
        const url = new URL(href!.replaceAll('&amp;', '&'), base)
        if (url.host !== 'site.invalid') continue
        const at = join(folder, url.pathname)
        expect(existsSync(url.pathname.includes('.') ? at : join(at, 'index.html')), `${page} → ${href}`).toBe(true)
      }
    }
  })

  it('brings its own styles, which its policy allows, and no style attribute, which it would not', async () => {
    const site = await openSite(folder, { site: ADDRESS.publicUrl, api: ADDRESS.apiUrl })
    for (const path of ['/', `/incidents/${OPEN}`, '/subscribe', '/nothing']) {
      const response = await site.fetch(new Request(new URL(path, 'http://localhost')))
      expect(response!.headers.get('content-security-policy')).toMatch(/style-src 'sha256-/)
      expect(await response!.text()).not.toMatch(/<[^>]+\sstyle=/)
    }
  })

  it('shows everything on the first screen within 14,000 bytes, with 30 components and an incident', async () => {
    expect(brotliCompressSync(await html('index.html')).length).toBeLessThanOrEqual(14_000)
  })
})
