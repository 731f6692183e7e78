import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { openIncident } from '../../api/actions/open-incident.ts'
import { postUpdate } from '../../api/actions/post-update.ts'
import { routes } from '../../api/http/routes.ts'
import { pathOf } from '../../api/http/routing.ts'
import { testWorld } from '../support/world.ts'

/** What a phone may have to fetch before a commander can act: page, style, script and pictures, compressed. */
const MOST_BYTES = 60 * 1024

const house = await testWorld()
const admin = await house.person('admin')
const browser = await house.signIn(admin)
const { id } = await openIncident(house.acting(), { title: 'Sign-in fails', severity: 'SEV1', body: 'It fails.' })
for (let n = 0; n < 40; n += 1) {
  await house.clock.advance(60_000)
  await postUpdate(house.acting(), id, { body: `Word ${n}: we are on it, and this is what we know by now. `.repeat(5) })
}

/** What needs the link of a mail, and a file to be kept. */
const OTHERS = ['/console/invitation', '/console/proof', '/console/subscribers/export']
const screens = routes
  .filter(({ door, method }) => door === 'page' && method === 'GET')
  .map(pathOf)
  .filter((path) => /^\/console(\/[a-z-]+)*$/.test(path) && !OTHERS.includes(path))
const compressed = async (path: string) => {
  const answer = await browser.get(path, { 'accept-encoding': 'gzip' })
  const body = Buffer.from(await answer.arrayBuffer())
  return { answer, body }
}
const script = (await compressed('/console.js')).body.length

it.each([...screens, `/console/incidents/${id}`])('%s is light enough for a bad connection', async (path) => {
  const { answer, body } = await compressed(path)
  if (answer.status === 303) return
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-encoding')).toBe('gzip')
  const page = gunzipSync(body).toString()
  expect(page).toContain('</html>')
  expect([...page.matchAll(/<(?:img|link|script)[^>]+(?:src|href)="([^"#]+)"/g)].map(([, url]) => url)).toEqual(
    expect.arrayContaining(['/console.js']),
  )
  expect(body.length + script).toBeLessThan(MOST_BYTES)
})

it('a browser that takes nothing compressed gets the page as it is', async () => {
  const answer = await browser.get('/console')
  expect(answer.headers.get('content-encoding')).toBeNull()
  expect(await answer.text()).toContain('</html>')
})
