import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { MINUTE } from '../../api/domain/duration.ts'
import { readFeed } from '../support/feed-reader.ts'
import { fieldsOf, wordsOf } from '../support/forms.ts'
import { startStory } from '../support/service.ts'
import { post, publishedJson, signIn, soon, staff } from '../support/storytelling.ts'

const story = await startStory()
const { api } = story
const link = (await api('POST', '/staff-links', { name: 'Support' })).body
const audience = (await api('POST', '/audiences', { slug: 'acme', name: 'Acme GmbH' })).body
const vault = (await api('POST', '/components', { name: 'Vault', audience_ids: [audience.id] })).body
await api('POST', '/components', { name: 'Login' })
const page = (token = link.token) => story.visit(`/staff?token=${token}`)
const words = async () => wordsOf(await (await page()).text())
const declare = async (own: object) => (await api('POST', '/incidents', { severity: 'SEV2', ...own })).body.id as string
const said = await declare({ title: 'Sign-in fails', body: 'Some cannot sign in.' })
const hidden = await declare({ title: 'The vault is shut', body: 'Use the spare.', components: [{ id: vault.id }] })
const inside = await declare({ title: 'A disk is full', body: 'Nobody notices.', visibility: 'internal' })
const unsaid = await declare({ title: 'Mail is slow' })
const NOTES = [
  { kind: 'answer', text: 'Please try again at noon.' },
  { kind: 'workaround', text: 'API keys keep working.' },
  { kind: 'note', text: 'Promise no credits.' },
]
for (const note of NOTES) await api('POST', `/incidents/${said}/staff-notes`, note)

describe('the staff page', () => {
  it('holds what is public, what is private, what is internal, and what is meant for staff', async () => {
    const text = await words()
    for (const title of ['Sign-in fails', 'The vault is shut', 'A disk is full', 'Mail is slow'])
      expect(text).toContain(title)
    for (const note of NOTES) expect(text).toContain(note.text)
    expect(text).toMatch(/Vault ?: Partial outage, only for Acme GmbH/)
    expect(text).toContain('Internal: customers know nothing of it.')
    expect(text).toContain('Customers have not been told anything yet.')
    expect(text).toContain('Seen by some customers only.')
    expect(text).not.toContain('Nobody notices.')
  })

  it('offers an answer to be copied, with the page that customers see', async () => {
    const html = await (await page()).text()
    const answers = [...html.matchAll(/data-copy="([^"]*)"/g)].map(([, text]) => text)
    expect(answers).toContain('Please try again at noon.')
    expect(answers).toContain(`Some cannot sign in.\n\n${story.url}/incidents/${said}`)
    expect(answers.filter((text) => text!.includes(hidden))).toEqual([])
  })

  it('is made on request, kept by nobody and found by nobody', async () => {
    const { headers } = await page()
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('x-robots-tag')).toContain('noindex')
    await soon(async () => expect((await publishedJson(story, '/status.json')).incidents).toHaveLength(1))
    const folder = join(story.folder, 'site')
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    for (const entry of entries.filter((each) => each.isFile())) {
      const text = await readFile(join(entry.parentPath, entry.name), 'utf8')
      for (const word of [link.token, inside, unsaid, 'A disk is full', ...NOTES.map((note) => note.text)])
        expect(text, entry.name).not.toContain(word)
    }
    expect(story.logged.filter((line) => line.includes(link.token))).toEqual([])
  })

  it('has feeds of its own, by the same token', async () => {
    const atom = await story.visit(`/staff/feed.atom?token=${link.token}`)
    expect(atom.headers.get('content-type')).toContain('application/atom+xml')
    const entries = await readFeed(await atom.text())
    expect(entries.map((entry) => entry.title)).toEqual(expect.arrayContaining(['Sign-in fails', 'The vault is shut']))
    const json = await (await story.visit(`/staff/feed.json?token=${link.token}`)).json()
    const titles = json.items.map((item: { title: string }) => item.title)
    expect(titles).toContain('Sign-in fails: Answer for customers')
    expect(json.items.every((item: { url: string }) => item.url.startsWith(`${story.url}/staff?token=`))).toBe(true)
    expect((await story.visit('/staff/feed.atom')).status).toBe(303)
  })
})

describe('whoever comes', () => {
  it('signs in first, and is let in as a viewer, but not as an executive', async () => {
    const asked = await story.visit('/staff')
    expect(asked.status).toBe(303)
    expect(asked.headers.get('location')).toBe('/console/sign-in?to=%2Fstaff')
    const viewer = await signIn(story, (await staff(story, 'viewer', 'Vera Viewer')).email)
    expect(await (await story.visit('/staff', { headers: { cookie: viewer } })).text()).toContain('A disk is full')
    const executive = await signIn(story, (await staff(story, 'executive', 'Eva Executive')).email)
    const refused = await story.visit('/staff', { headers: { cookie: executive } })
    expect(refused.status).toBe(403)
    expect(await refused.text()).not.toContain('A disk is full')
  })

  it.each([
    ['an altered token', () => `${link.token}x`, 404],
    [
      'the token of an audience',
      async () => (await api('POST', `/audiences/${audience.id}/links`, { name: 'x' })).body.token,
      404,
    ],
    [
      'an expired token',
      async () => {
        const expires_at = new Date((await story.clock(story.db)).getTime() + MINUTE).toISOString()
        const { token } = (await api('POST', '/staff-links', { name: 'Short', expires_at })).body
        await story.later(2 * MINUTE)
        return token
      },
      410,
    ],
    [
      'a revoked token',
      async () => {
        const made = (await api('POST', '/staff-links', { name: 'Gone' })).body
        expect((await page(made.token)).status).toBe(200)
        await api('DELETE', `/staff-links/${made.id}`)
        return made.token
      },
      410,
    ],
  ])('gets nothing by %s', async (_, token, status) => {
    const answer = await page(await token())
    expect(answer.status).toBe(status)
    expect(await answer.text()).not.toContain('Sign-in fails')
  })
})

describe('the room', () => {
  it('tells staff by a form that works without script, and keeps what was refused', async () => {
    const cookie = await signIn(story, (await staff(story, 'responder', 'Rita Responder')).email)
    const path = `/console/incidents/${said}`
    const from = { cookie, origin: story.url, 'sec-fetch-site': 'same-origin' }
    const html = await (await story.visit(path, { headers: from })).text()
    const fields = fieldsOf(html, `${path}/staff-notes`)
    const refused = await post(story, `${path}/staff-notes`, { ...fields, kind: 'workaround', text: ' ' }, from)
    expect(refused.status).toBe(422)
    const told = await post(
      story,
      `${path}/staff-notes`,
      { ...fields, kind: 'workaround', text: 'Use the old page.' },
      from,
    )
    expect(told.headers.get('location')).toBe(`${path}?notice=noted_for_staff`)
    expect(await words()).toContain('Use the old page.')
    expect(await words()).toContain('Rita Responder')
  })

  it('leaves the notes as they were written, for ever', async () => {
    const { body } = await api('GET', `/incidents/${said}/staff-notes`)
    expect(body.data.map((note: { kind: string }) => note.kind)).toEqual(['workaround', 'note', 'workaround', 'answer'])
    expect((await api('POST', `/incidents/${said}/staff-notes`, { kind: 'rumour', text: 'x' })).status).toBe(422)
    expect((await api('POST', '/incidents/aaaaaaaaaaaa/staff-notes', NOTES[0])).status).toBe(404)
  })
})
