import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { max } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { siteChanges, siteTargets } from '../../db/schema.ts'
import { startStory } from '../support/service.ts'
import { soon } from '../support/storytelling.ts'

const story = await startStory()
const { api } = story
const acme = (await api('POST', '/audiences', { slug: 'acme', name: 'Acme' })).body
const former = (await api('POST', '/audiences', { slug: 'former', name: 'Former' })).body
const login = (await api('POST', '/components', { name: 'Login' })).body
const vault = (await api('POST', '/components', { name: 'Vault', audience_ids: [acme.id] })).body
const incident = (own: object) =>
  api('POST', '/incidents', { title: 'It is shut', severity: 'SEV2', body: 'Shut.', ...own })

/** What everybody can tell by when everything that has changed is published. */
async function everybodySees() {
  await soon(async () => {
    const [newest] = await story.db.select({ revision: max(siteChanges.revision) }).from(siteChanges)
    const targets = await story.db.select().from(siteTargets)
    expect(targets.map(({ revision }) => revision)).toEqual([newest!.revision])
  })
  const at = (path: string) => join(story.folder, 'site', path)
  const json = async (path: string) => JSON.parse(await readFile(at(path), 'utf8'))
  return {
    revision: (await json('heartbeat.json')).revision,
    status: await json('status.json'),
    page: [await readFile(at('index.html'), 'utf8'), (await stat(at('index.html'))).mtimeMs],
  }
}

it.each([
  ['an incident of a private component', () => incident({ components: [{ id: vault.id, status: 'major_outage' }] })],
  ['an internal incident', () => incident({ visibility: 'internal' })],
  ['a component that is born private', () => api('POST', '/components', { name: 'Safe', audience_ids: [acme.id] })],
  [
    'another name of a private component',
    () => api('PATCH', `/components/${vault.id}`, { name: 'The vault', position: 7 }),
  ],
  [
    'one more audience of a private component',
    () => api('PATCH', `/components/${vault.id}`, { audience_ids: [acme.id, former.id] }),
  ],
  ['an audience that ends', () => api('DELETE', `/audiences/${former.id}`)],
  [
    'planned work on private components',
    () =>
      api('POST', '/maintenances', {
        title: 'New disks',
        body: 'Disks.',
        components: [vault.id],
        scheduled_for: '2099-01-01T02:00:00Z',
        scheduled_until: '2099-01-01T04:00:00Z',
      }),
  ],
])('moves nothing that everybody can see: %s', async (_, work) => {
  const before = await everybodySees()
  expect((await work()).status).toBeLessThan(300)
  expect(await everybodySees()).toEqual(before)
})

it('moves with what everybody sees', async () => {
  const before = await everybodySees()
  await incident({ components: [{ id: login.id, status: 'major_outage' }] })
  const after = await everybodySees()
  expect(after.revision).toBeGreaterThan(before.revision)
  expect(after.status.incidents).toHaveLength(1)
})

it.each([
  [
    'an incident',
    async () => {
      const { body } = await incident({ title: 'For all to see' })
      return () =>
        api('POST', `/incidents/${body.id}/updates`, { body: 'It is the vault.', components: [{ id: vault.id }] })
    },
  ],
  [
    'planned work',
    async () => {
      const { body } = await api('POST', '/maintenances', {
        title: 'For all to see',
        body: 'Disks.',
        scheduled_for: '2099-02-01T02:00:00Z',
        scheduled_until: '2099-02-01T04:00:00Z',
      })
      return () => api('PATCH', `/maintenances/${body.id}`, { components: [vault.id] })
    },
  ],
])('moves forward when %s that everybody saw comes to concern private components alone', async (_, begin) => {
  const hide = await begin()
  const before = await everybodySees()
  expect(JSON.stringify(before.status)).toContain('For all to see')
  expect((await hide()).status).toBeLessThan(300)
  const after = await everybodySees()
  expect(JSON.stringify(after.status)).not.toContain('For all to see')
  expect(after.revision).toBeGreaterThan(before.revision)
  expect(after.status.revision).toBeGreaterThan(before.status.revision)
})
