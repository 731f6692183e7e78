import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { MINUTE } from '../../api/domain/duration.ts'
import { wordsOf } from '../support/forms.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { post, published, publishedJson, soon } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const story = await startStory(carriedBy(smtp, await testTwilio()))
const { api } = story
const audience = (await api('POST', '/audiences', { slug: 'acme', name: 'Acme GmbH' })).body
const other = (await api('POST', '/audiences', { slug: 'globex', name: 'Globex' })).body
const link = (await api('POST', `/audiences/${audience.id}/links`, { name: 'Their desk' })).body
const login = (await api('POST', '/components', { name: 'Login' })).body
const group = (await api('POST', '/component-groups', { name: 'Only for Acme' })).body
const vault = (await api('POST', '/components', { name: 'Vault', group_id: group.id, audience_ids: [audience.id] }))
  .body
const SECRETS = ['Vault', 'vault', 'Only for Acme', 'Acme GmbH', vault.id]
const page = (path = '', token = link.token) => story.visit(`/private/acme${path}?token=${token}`)
const words = async (path = '') => wordsOf(await (await page(path)).text())

/** Every file that is published, with its path. */
async function files(): Promise<string[]> {
  const entries = await readdir(join(story.folder, 'site'), { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(paths.map(async (path) => `${path}\n${await readFile(path, 'utf8')}`))
}
const leaks = async (): Promise<string[]> => {
  const all = await files()
  return SECRETS.filter((secret) => all.some((text) => text.includes(secret)))
}

let incident = ''

describe('a private component', () => {
  it('stands on the page of its audience and nowhere else', async () => {
    await soon(async () => expect((await publishedJson(story, '/status.json')).components).toHaveLength(1))
    expect(await words()).toContain('Vault')
    expect(await words()).toContain('Only for Acme')
    expect(await words()).toContain('Login')
    expect(await leaks()).toEqual([])
  })

  it('has incidents that no public file knows of', async () => {
    const before = await published(story, '/status.json')
    const declared = await api('POST', '/incidents', {
      title: 'The vault is shut',
      severity: 'SEV1',
      body: 'Nobody can open it.',
      components: [{ id: vault.id, status: 'major_outage' }],
    })
    incident = declared.body.id
    SECRETS.push(incident)
    await api('POST', `/incidents/${incident}/updates`, { body: 'We have the spare key.', status: 'identified' })
    await story.later(40 * MINUTE)
    await api('POST', '/incidents', {
      title: 'Login is slow',
      severity: 'SEV3',
      body: 'Slow.',
      components: [{ id: login.id }],
    })
    await soon(async () => expect((await publishedJson(story, '/status.json')).incidents).toHaveLength(1))
    expect(await leaks()).toEqual([])
    expect(JSON.parse(before).incidents).toEqual([])
    expect((await story.visit(`/incidents/${incident}`)).status).toBe(404)
    expect((await story.visit(`/subscriptions/new?incident_id=${incident}`)).status).toBe(404)
  })

  it('has them in full on the page, in the history and in the feeds of its audience', async () => {
    expect(await words()).toContain('The vault is shut')
    expect(await words(`/incidents/${incident}`)).toContain('We have the spare key.')
    expect(await words('/history')).toContain('The vault is shut')
    expect(await words(`/components/${vault.id}`)).toContain('The vault is shut')
    for (const file of [
      '/history.atom',
      '/history.rss',
      '/updates.rss',
      '/feed.json',
      '/status.json',
      `/components/${vault.id}.atom`,
    ]) {
      const answer = await page(file)
      expect(answer.status, file).toBe(200)
      expect(await answer.text(), file).toContain('The vault is shut')
    }
  })
})

describe('the private page', () => {
  it('is kept and told by nobody on the way, and leads only to pages of its own', async () => {
    for (const path of ['', '/history.atom', `/incidents/${incident}`]) {
      const { headers } = await page(path)
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('x-robots-tag')).toContain('noindex')
    }
    const html = await (await page()).text()
    const links = [...html.matchAll(/href="(\/[^"]*)"/g)].map(([, href]) => href!)
    expect(links.length).toBeGreaterThan(8)
    expect(links.filter((href) => !href.startsWith('/private/acme') || !href.includes(`token=${link.token}`))).toEqual(
      [],
    )
    for (const href of new Set(links)) expect((await story.visit(href.replaceAll('&amp;', '&'))).status, href).toBe(200)
  })

  it('speaks the language of its reader', async () => {
    const html = await (await story.visit(`/private/acme?token=${link.token}&locale=ar`)).text()
    expect(html).toContain('<html lang="ar" dir="rtl"')
    expect(html).toContain('Acme GmbH')
  })

  it('leaves no token of its own on a public page', async () => {
    expect((await files()).filter((text) => text.includes(link.token))).toEqual([])
    expect(story.logged.filter((line) => line.includes(link.token))).toEqual([])
  })

  it.each([
    ['altered', () => `${link.token.slice(0, -1)}${link.token.endsWith('A') ? 'B' : 'A'}`],
    ['left out', () => ''],
    ['of the console', () => 'sitrep_AAAAAAAAAAAAAAAAAAAAAAAA'],
  ])('opens nothing by a token that is %s', async (_, token) => {
    const answer = await page('', token())
    expect(answer.status).toBe(404)
    expect(await answer.text()).toContain('This link opens nothing')
  })

  it('opens nothing by the link of another audience', async () => {
    const theirs = (await api('POST', `/audiences/${other.id}/links`, { name: 'Globex' })).body
    expect((await page('', theirs.token)).status).toBe(404)
    const answer = await story.visit(`/private/globex?token=${theirs.token}`)
    expect(answer.status).toBe(200)
    expect(await answer.text()).not.toContain('vault')
    expect((await story.visit(`/private/globex/incidents/${incident}?token=${theirs.token}`)).status).toBe(404)
    const staff = (await api('POST', '/staff-links', { name: 'Support' })).body
    expect((await page('', staff.token)).status).toBe(404)
  })
})

describe('a reader who signs up on the private page', () => {
  const address = 'lena@acme.example'
  const signUp = (fields: Record<string, string>) => post(story, '/subscriptions', { channel: 'email', ...fields })

  it('may choose what is private there, and nobody may elsewhere', async () => {
    expect(await words('/subscribe')).toContain('Vault')
    expect((await signUp({ address, components: vault.id })).status).toBe(422)
    const refused = await signUp({ address: 'nobody', audience_token: link.token })
    expect(refused.status).toBe(422)
    expect(await refused.text()).toContain('Vault')
    expect((await signUp({ address, audience_token: 'forged' })).status).toBe(404)
  })

  it('hears private news after confirming', async () => {
    expect((await signUp({ address, components: vault.id, audience_token: link.token })).status).toBe(202)
    const mail = await soon(() => {
      const found = smtp.received.find(({ to }) => to.includes(address))
      expect(found).toBeDefined()
      return found!
    })
    const confirm = /https?:\S+confirm\?token=\S+/.exec(mail.mail.text!)![0]
    await story.visit(new URL(confirm).pathname + new URL(confirm).search, { method: 'POST' })
    await soon(() =>
      expect(smtp.received.filter(({ to }) => to.includes(address)).at(-1)!.mail.subject).toContain(
        'The vault is shut',
      ),
    )
    const listed = (await api('GET', `/audiences/${audience.id}/links`)).body.data
    expect(listed).toMatchObject([{ name: 'Their desk', readers: 1, last_used_at: expect.any(String) }])
  })
})

describe('a link that is revoked', () => {
  it('says so, and ends page and feeds at once', async () => {
    const answer = await api('DELETE', `/audiences/${audience.id}/links/${link.id}`)
    expect(answer).toMatchObject({ status: 200, body: { readers: 1 } })
    for (const path of ['', '/history.atom']) expect((await page(path)).status).toBe(410)
    expect(await (await page()).text()).toContain('This link has ended')
    expect((await api('DELETE', `/audiences/${audience.id}/links/${link.id}`)).status).toBe(404)
  })

  it('ended one day as well', async () => {
    const short = {
      name: 'Short',
      expires_at: new Date((await story.clock(story.db)).getTime() + MINUTE).toISOString(),
    }
    const made = (await api('POST', `/audiences/${audience.id}/links`, short)).body
    expect((await page('', made.token)).status).toBe(200)
    await story.later(2 * MINUTE)
    expect((await page('', made.token)).status).toBe(410)
    expect((await api('POST', `/audiences/${audience.id}/links`, short)).body.errors).toMatchObject([
      { field: 'expires_at' },
    ])
  })
})

describe('a component that changes sides', () => {
  it('takes its past off every public file when it becomes private', async () => {
    await soon(async () => expect((await story.visit(`/components/${login.id}`)).status).toBe(200))
    await api('PATCH', `/components/${login.id}`, { audience_ids: [audience.id] })
    await soon(async () => expect((await story.visit(`/components/${login.id}`)).status).toBe(404))
    const all = await soon(async () => {
      const texts = await files()
      expect(texts.filter((text) => text.includes(login.id) || text.includes('Login is slow'))).toEqual([])
      return texts
    })
    expect(all.length).toBeGreaterThan(6)
  })

  it('brings it back when it becomes public', async () => {
    await api('PATCH', `/components/${login.id}`, { audience_ids: [] })
    await soon(async () => expect(await published(story, '/history')).toContain('Login is slow'))
    await soon(async () => expect((await publishedJson(story, '/status.json')).components).toHaveLength(1))
  })

  it('takes an incident off the page that comes to name private components alone', async () => {
    const vague = (await api('POST', '/incidents', { title: 'Something is odd', severity: 'SEV4', body: 'We look.' }))
      .body
    await soon(async () => expect((await story.visit(`/incidents/${vague.id}`)).status).toBe(200))
    const only = { body: 'It is the other one.', components: [{ id: vault.id, status: 'partial_outage' }] }
    await api('POST', `/incidents/${vague.id}/updates`, only)
    await soon(async () => expect((await story.visit(`/incidents/${vague.id}`)).status).toBe(404))
    await soon(async () => expect((await files()).filter((text) => text.includes('Something is odd'))).toEqual([]))
  })
})
