import { createHash } from 'node:crypto'
import { readFile, rm, stat, utimes } from 'node:fs/promises'
import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { openSite } from '../../api/http/site.ts'
import { publish } from '../../api/publish/publisher.ts'
import { folderTarget } from '../../api/publish/targets/folder.ts'
import { testDatabase } from '../support/database.ts'
import { addIncident, addUpdate, plainRenderer, setUpOrganisation, temporaryFolder } from '../support/published.ts'

const { db } = await testDatabase()
const NOON = new Date('2026-11-12T12:00:00.000Z')
const OPEN = 'inc000000001'
const HOSTS = { site: 'https://status.example.com', api: 'https://console.example.com' }
const folder = await temporaryFolder()
await setUpOrganisation(db, NOON)
await addIncident(db, NOON, { id: OPEN })
const publishAgain = async () => {
  const address = { publicUrl: HOSTS.site, apiUrl: HOSTS.api }
  const { revision } = await publish({ db, renderer: plainRenderer(), target: folderTarget(folder), address })
  return String(revision)
}
await publishAgain()
const site = openSite(folder, HOSTS)

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  site.fetch(new Request(`http://localhost:3000${path}`, { method, headers }))
const get = async (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> =>
  (await ask(path, headers, method))!

describe('the published site', () => {
  it('serves pages without a suffix, and files under their names, each with its type', async () => {
    const types = {
      '/': 'text/html; charset=utf-8',
      '/?from=mail': 'text/html; charset=utf-8',
      '/subscribe': 'text/html; charset=utf-8',
      '/subscribe/': 'text/html; charset=utf-8',
      [`/incidents/${OPEN}`]: 'text/html; charset=utf-8',
      '/status.json': 'application/json; charset=utf-8',
      '/api/v2/summary.json': 'application/json; charset=utf-8',
      '/history.rss': 'application/rss+xml; charset=utf-8',
      '/history.atom': 'application/atom+xml; charset=utf-8',
      '/feed.json': 'application/feed+json; charset=utf-8',
      '/calendar.ics': 'text/calendar; charset=utf-8',
      '/sitemap.xml': 'application/xml; charset=utf-8',
      '/heartbeat.json': 'application/json; charset=utf-8',
      '/ar': 'text/html; charset=utf-8',
      '/robots.txt': 'text/plain; charset=utf-8',
    }
    for (const [path, type] of Object.entries(types)) {
      const response = await get(path)
      expect([path, response.status, response.headers.get('content-type')]).toEqual([path, 200, type])
    }
  })

  it('forwards short links', async () => {
    const response = await get(`/i/${OPEN}`)
    expect([response.status, response.headers.get('location')]).toEqual([302, `/incidents/${OPEN}`])
  })

  it('lets caches keep everything for seconds, and for a day while we are down', async () => {
    for (const path of ['/', '/status.json', '/history.rss'])
      expect((await get(path)).headers.get('cache-control')).toBe(
        'public, max-age=15, stale-while-revalidate=30, stale-if-error=86400',
      )
  })

  it('answers 304 without a body to whoever has the same bytes, by tag or by time', async () => {
    const first = await get('/')
    const etag = first.headers.get('etag')!
    expect(etag).toMatch(/^"[^"]+"$/)
    const lastModified = first.headers.get('last-modified')!
    expect(lastModified).toBe('Thu, 12 Nov 2026 12:00:00 GMT')
    for (const known of [etag, `"other", ${etag}`, `W/${etag}`, '*']) {
      const response = await get('/', { 'if-none-match': known })
      expect([known, response.status, await response.text()]).toEqual([known, 304, ''])
      expect(response.headers.get('etag')).toBe(etag)
    }
    expect((await get('/', { 'if-modified-since': lastModified })).status).toBe(304)
    expect((await get('/', { 'if-none-match': '"other"', 'if-modified-since': lastModified })).status).toBe(200)
    expect((await get('/', { 'if-modified-since': 'Thu, 12 Nov 2026 13:00:00 GMT' })).status).toBe(200)
  })

  it('answers HEAD as GET, without the body', async () => {
    const asked = await get('/', {}, 'HEAD')
    const [body, length] = [await asked.text(), asked.headers.get('content-length')]
    expect([asked.status, body]).toEqual([200, ''])
    expect(length).toBe(String((await (await get('/')).arrayBuffer()).byteLength))
    expect((await get('/api/v2/summary.json', {}, 'HEAD')).status).toBe(200)
  })

  it('compresses as the client can take it, under a tag of its own for each coding', async () => {
    const plain = await get('/')
    const text = await plain.text()
    const br = await get('/', { 'accept-encoding': 'gzip, deflate, br' })
    expect(br.headers.get('content-encoding')).toBe('br')
    expect(brotliDecompressSync(Buffer.from(await br.arrayBuffer())).toString()).toBe(text)
    const gzip = await get('/', { 'accept-encoding': 'gzip, br;q=0' })
    expect(gzip.headers.get('content-encoding')).toBe('gzip')
    expect(gunzipSync(Buffer.from(await gzip.arrayBuffer())).toString()).toBe(text)
    expect(new Set([plain, br, gzip].map((response) => response.headers.get('etag'))).size).toBe(3)
    expect(br.headers.get('vary')).toBe('Accept-Encoding')
  })

  it('sends the twin that stands beside a file, and none that is of other bytes', async () => {
    const bytes = async () => Buffer.from(await (await get('/subscribe', { 'accept-encoding': 'br' })).arrayBuffer())
    const before = await bytes()
    const place = `${folder}/subscribe/index.html`
    const { mtime } = await stat(place)
    const body = await readFile(place)
    await folderTarget(folder).polish('subscribe/index.html', body, {
      br: brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_LGWIN]: 10 } }),
      gz: gzipSync(body),
    })
    site.forget('subscribe/index.html')
    const polished = await bytes()
    expect(polished.equals(before)).toBe(false)
    expect(brotliDecompressSync(polished).equals(body)).toBe(true)
    await utimes(`${place}.br`, mtime, new Date(mtime.getTime() - 1000))
    site.forget('subscribe/index.html')
    expect((await bytes()).equals(before)).toBe(true)
  })

  it('has a real page for what is not there, with status 404', async () => {
    for (const path of [
      '/nothing',
      '/incidents/inc999999999',
      '/.sitrep/manifest.json',
      '/index.html.br',
      '/subscribe/.hidden',
      '/%2e%2e/etc/passwd',
      '/__proto__',
    ]) {
      const response = await get(path)
      expect([path, response.status]).toEqual([path, 404])
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(await response.text()).toContain('/404')
    }
  })

  it('says so in the language of the address', async () => {
    expect(await (await get('/ar/nothing')).text()).toContain('"language":"ar"')
    expect(await (await get('/nothing')).text()).toContain('"language":"en"')
  })

  it('leaves other doors’ paths and methods alone', async () => {
    expect(await ask('/api/v1/nothing')).toBeNull()
    expect(await ask('/hooks/nothing')).toBeNull()
    expect(await ask('/console/nothing')).toBeNull()
    expect(await ask('/nothing', {}, 'POST')).toBeNull()
    expect((await get('/', {}, 'DELETE')).status).toBe(405)
  })

  it('lets other sites’ scripts read JSON and feeds, and nothing else', async () => {
    for (const path of ['/status.json', '/api/v2/summary.json', '/history.rss'])
      expect((await get(path)).headers.get('access-control-allow-origin')).toBe('*')
    for (const path of ['/', '/subscribe', '/robots.txt'])
      expect((await get(path)).headers.get('access-control-allow-origin')).toBeNull()
    expect((await get('/status.json', {}, 'OPTIONS')).headers.get('access-control-allow-origin')).toBe('*')
  })

  it('carries security headers; styles are allowed by their hash, and forms go to us alone', async () => {
    const { headers } = await get('/')
    const style = createHash('sha256').update('p{color:red}').digest('base64')
    expect(headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${style}'; img-src 'self' data:; ` +
        "form-action 'self' https://console.example.com; base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
    )
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('strict-origin-when-cross-origin')
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains')
    const plain = openSite(folder, { site: 'http://localhost:3000', api: 'http://localhost:3000' })
    const insecure = await plain.fetch(new Request('http://localhost:3000/'))
    expect(insecure!.headers.get('strict-transport-security')).toBeNull()
  })

  const KINDS: [kind: string, path: string, method: string, status: number][] = [
    ['a page', '/', 'GET', 200],
    ['JSON', '/status.json', 'GET', 200],
    ['a feed', '/history.rss', 'GET', 200],
    ['text', '/robots.txt', 'HEAD', 200],
    ['a short link', `/i/${OPEN}`, 'GET', 302],
    ['a missing page', '/nothing', 'GET', 404],
    ['a missing feed', '/components/nothing.rss', 'GET', 404],
    ['a method that is none of a page', '/', 'POST', 405],
    ['a method that is none of JSON', '/status.json', 'DELETE', 405],
    ['a question before reading', '/status.json', 'OPTIONS', 204],
  ]
  it.each(KINDS)('%s carries the headers of every answer', async (_, path, method, status) => {
    const answer = await get(path, {}, method)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('referrer-policy')).toBe('strict-origin-when-cross-origin')
    expect(answer.headers.get('content-security-policy')).toMatch(
      /^default-src 'none';.* form-action .*frame-ancestors 'none'$/,
    )
  })

  it('lets other sites’ scripts learn that a file of theirs to read is missing', async () => {
    for (const suffix of ['json', 'rss', 'atom', 'ics']) {
      const missing = await get(`/nothing.${suffix}`)
      expect([missing.status, missing.headers.get('access-control-allow-origin')]).toEqual([404, '*'])
      const asked = await get(`/nothing.${suffix}`, {}, 'OPTIONS')
      expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([204, '*'])
    }
    expect((await get('/nothing')).headers.get('access-control-allow-origin')).toBeNull()
    expect(await ask('/api/v1/nothing.json', {}, 'OPTIONS')).toBeNull()
  })

  it('serves new bytes as soon as it is told of them, under another tag and a later time', async () => {
    const before = await get('/')
    await addUpdate(db, OPEN, NOON, { seq: 2, body: 'The second word.' })
    site.refresh(await publishAgain())
    const after = await get('/')
    expect(await after.text()).toContain('The second word.')
    expect(after.headers.get('etag')).not.toBe(before.headers.get('etag'))
    expect(after.headers.get('last-modified')).toBe('Thu, 12 Nov 2026 12:00:01 GMT')
  })

  it('keeps serving what it has when the file is gone from the disk', async () => {
    const before = await (await get('/subscribe')).text()
    await rm(`${folder}/subscribe`, { recursive: true })
    expect(await (await get('/subscribe')).text()).toBe(before)
  })

  it('has nothing to say before anything is published', async () => {
    const empty = openSite(await temporaryFolder(), HOSTS)
    expect(await empty.fetch(new Request('http://localhost:3000/'))).toBeNull()
  })
})
