import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, test } from 'vitest'
import { makeKey } from '../../api/actions/make-key.ts'
import { contentSecurityPolicy } from '../../api/http/security-headers.ts'
import { publish } from '../../api/publish/publisher.ts'
import { loadRenderer } from '../../api/publish/renderer.ts'
import { folderTarget } from '../../api/publish/targets/folder.ts'
import { components, incidents, people, updates } from '../../db/schema.ts'
// @ts-expect-error It is part of the build, which is plain JavaScript.
import { liveScript } from '../../site/adapter/live-script.mjs'
import { elementsIn, wordsOf } from '../support/forms.ts'
import { temporaryFolder } from '../support/published.ts'
import { testWorld } from '../support/world.ts'

const house = await testWorld()
const { key } = await makeKey(house.acting(), { name: 'tests', role: 'admin' })
const post = async (path: string, body: unknown) => {
  const answer = await house.app.request(`http://localhost:3000/api/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: answer.status, body: await answer.json() }
}

const IN_A_LINE = {
  'a line feed': 'Fails\nBcc: evil@x.test',
  'a carriage return': 'Fails\r\nSubject: other',
  'a NUL': 'Fails\0',
  'an escape': 'Fails\u001b[31m',
  'a delete': 'Fails\u007f',
  'a C1 control': 'Fails\u0085x',
  'a line separator': 'Fails\u2028x',
  'an override of direction': 'Fails \u202egnp.exe',
  'an isolate of direction': 'Fails \u2066x\u2069',
  'half a surrogate': 'Fails \ud800',
}

test.each(Object.entries(IN_A_LINE))('%s is refused wherever one line is asked for', async (_, text) => {
  const { body: opened } = await post('/incidents', { title: 'Sign-in fails', severity: 'SEV3' })
  const before = await counts()
  const places: [string, object, string][] = [
    ['/incidents', { title: text, severity: 'SEV1' }, 'title'],
    ['/incidents', { title: 'x', severity: 'SEV1', body: 'x', headline: text }, 'headline'],
    [`/incidents/${opened.id}/updates`, { body: 'x', headline: text }, 'headline'],
    [`/incidents/${opened.id}/updates`, { body: 'x', severity: 'SEV1', severity_reason: text }, 'severity_reason'],
    ['/components', { name: text }, 'name'],
    ['/component-groups', { name: text }, 'name'],
    ['/people', { name: text, email: 'a@b.example', role: 'viewer' }, 'name'],
    ['/people', { email: `${text}@b.example`, role: 'viewer' }, 'email'],
    ['/keys', { name: text, role: 'viewer' }, 'name'],
  ]
  for (const [path, body, field] of places) {
    const answer = await post(path, body)
    expect(answer.status, `${path} ${field}`).toBe(422)
    expect(answer.body.errors.map((error: { field: string }) => error.field)).toEqual([field])
  }
  expect(await counts()).toEqual(before)
})

const counts = () => Promise.all([incidents, updates, components, people].map((table) => house.db.$count(table)))

test.each(['\0', '\u001b', '\u0008', '\u202e', '\u2067', '\ud800'])(
  'a text of several lines is refused with %j, and kept with line breaks and tabs',
  async (control) => {
    const title = 'Sign-in fails'
    expect((await post('/incidents', { title, severity: 'SEV1', body: `x${control}y` })).status).toBe(422)
    const { body } = await post('/incidents', { title, severity: 'SEV4', body: 'one\r\ntwo\tthree\n\nfour 💥 שלום' })
    expect(body.updates[0].body).toBe('one\ntwo\tthree\n\nfour 💥 שלום')
    expect((await post(`/incidents/${body.id}/timeline`, { text: `x${control}y` })).status).toBe(422)
  },
)

const HOSTILE = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '[link](javascript:alert(1))',
  '[data](data:text/html;base64,PHNjcmlwdD4=)',
  '![image](https://evil.example/pixel.png)',
  '<a href="https://evil.example" onclick="x()">here</a>',
  '"><svg/onload=alert(1)>',
  ']]><script>alert(1)</script>',
  '&lt;script&gt; {% raw %}',
]

/** Every script as a browser would run it: written with any letters, and to the end where it is not closed. */
const SCRIPT = /<script[\s/>][\s\S]*?(<\/script\s*>|$)/gi
const sha256 = (text: string) => createHash('sha256').update(text).digest('base64')

it('shows HTML that a person typed as text, on the page, in the feed and in what the API renders', async () => {
  const body = HOSTILE.join('\n\n')
  const { body: opened } = await post('/incidents', {
    title: '<b>Bold</b> & "quoted" <script>',
    severity: 'SEV1',
    body,
  })
  expect(opened.updates[0].body).toBe(body)
  const folder = await temporaryFolder()
  const renderer = await loadRenderer<never>(join(import.meta.dirname, '../..'))
  const address = { publicUrl: 'http://localhost:3000', apiUrl: 'http://localhost:3000' }
  await publish({ db: house.db, renderer: renderer as never, target: folderTarget(folder), address })
  const page = await readFile(join(folder, 'incidents', opened.id, 'index.html'), 'utf8')
  const feed = await readFile(join(folder, 'history.rss'), 'utf8')
  const item = /<item>[\s\S]*?<\/item>/.exec(feed)![0]
  const described = /<description><!\[CDATA\[([\s\S]*?)\]\]><\/description>/.exec(item)![1]!
  const [script, ...others] = [...page.matchAll(SCRIPT)].map(([element]) => element)
  expect(script).toBe(`<script>${await liveScript()}</script>`)
  expect(others).toEqual([])
  const policy = contentSecurityPolicy(page, { apiUrl: address.apiUrl, script: 'inline' })
  expect(policy).toContain(`script-src 'sha256-${sha256(await liveScript())}';`)
  for (const html of [page.replace(script!, ''), opened.updates[0].body_html as string, described]) {
    const elements = elementsIn(html)
    expect(elements.filter(({ attributes }) => Object.keys(attributes).some((name) => name.startsWith('on')))).toEqual(
      [],
    )
    expect(elements.filter(({ name }) => name === 'img' || name === 'script')).toEqual([])
    for (const { attributes } of elements.filter(({ name }) => name === 'a'))
      expect(attributes.href).toMatch(/^(https?:\/\/|\/|#)/)
    for (const text of HOSTILE.slice(0, 2)) expect(wordsOf(html)).toContain(text)
    expect(html).toContain('{% raw %}')
  }
  expect(page).toContain('&lt;b&gt;Bold&lt;/b&gt;')
  expect(page).not.toContain('<b>Bold</b>')
})
