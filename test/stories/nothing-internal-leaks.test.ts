import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { MINUTE } from '../../api/domain/duration.ts'
import { routes } from '../../api/http/routes.ts'
import { pathOf } from '../../api/http/routing.ts'
import { announcements } from '../../db/schema.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { follow, publishedJson, soon, staff } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const story = await startStory(carriedBy(smtp, twilio))
const LENA = 'lena@customer.example'
const KAI = '+4915112345671'
await follow(story, 'email', LENA)
await follow(story, 'sms', KAI)
const ada = await staff(story, 'commander', 'Canary Ada', '+4915112340001')
const executive = await story.key('executive')
const login = (await story.api('POST', '/components', { name: 'Login' })).body
const made = (await story.api('POST', '/keys', { name: 'CANARY key', role: 'responder', person_id: ada.id })).body
const CANARIES = ['canary', ada.email, ada.phone!, ada.id, made.key, made.id]

/** Which of the strings that nobody outside may read stand in a text. */
const found = (text: string) => CANARIES.filter((canary) => text.toLowerCase().includes(canary.toLowerCase()))
const WAR_ROOM = {
  bridge_url: 'https://meet.example/CANARY-bridge',
  channel_url: 'https://chat.example/CANARY-channel',
  documents: [{ name: 'CANARY graphs', url: 'https://graphs.example/CANARY' }],
}
const as = { key: made.key }

/** An internal incident whose every word is a canary, brought through its whole life. */
async function tellInside(): Promise<string> {
  const { body } = await story.api(
    'POST',
    '/incidents',
    {
      title: 'CANARY internal title',
      severity: 'SEV1',
      visibility: 'internal',
      body: 'CANARY internal body.',
      headline: 'CANARY internal headline',
      components: [{ id: login.id, status: 'major_outage' }],
      war_room: WAR_ROOM,
    },
    as,
  )
  const path = `/incidents/${body.id}`
  await story.api('POST', `${path}/updates`, { body: 'CANARY second.', internal_note: 'CANARY aside' }, as)
  await story.api('POST', `${path}/timeline`, { text: 'CANARY note' }, as)
  await story.api('PATCH', path, { severity: 'SEV2', severity_reason: 'CANARY reason' }, as)
  return body.id
}

/** A public incident with canaries wherever only staff look. */
async function tellOutside(): Promise<string> {
  const words = { title: 'Search is slow', severity: 'SEV3', body: 'Search is slow for some.', war_room: WAR_ROOM }
  const { body } = await story.api('POST', '/incidents', words, as)
  const path = `/incidents/${body.id}`
  const raise = { severity: 'SEV2', severity_reason: 'CANARY reason', internal_note: 'CANARY aside' }
  await story.api('POST', `${path}/updates`, { body: 'It is slower now.', ...raise }, as)
  await story.api('POST', `${path}/timeline`, { text: 'CANARY note' }, as)
  return body.id
}

let internal = ''
let open = ''

it('publishes and sends nothing of an internal incident', async () => {
  internal = await tellInside()
  open = await tellOutside()
  await soon(async () => expect((await publishedJson(story, '/status.json')).incidents[0].updates).toHaveLength(2))
  await soon(() => expect(smtp.received.at(-1)?.mail.text).toContain('It is slower now.'))
  await soon(() => expect(twilio.sent.at(-1)?.body).toContain('It is slower now.'))
  expect((await publishedJson(story, '/status.json')).components).toMatchObject([
    { name: 'Login', status: 'operational' },
  ])
  const told = await story.db.select().from(announcements)
  expect(told.filter((row) => row.incidentId === internal && row.audience === 'public')).toEqual([])
})

it('keeps its clock inside: late and alarmed, it changes nothing outside', async () => {
  await story.later(40 * MINUTE)
  await soon(() => expect(smtp.received.map(({ mail }) => mail.subject)).toContain('Late: SEV2 CANARY internal title'))
  await soon(async () => {
    const [entry, ...others] = (await publishedJson(story, '/status.json')).incidents
    expect(others).toEqual([])
    expect(entry).toMatchObject({ id: open, overdue: true })
  })
})

it('holds no canary in any published file', async () => {
  const folder = join(story.folder, 'site')
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  expect(files.length).toBeGreaterThan(6)
  for (const file of files) {
    expect(found(await readFile(file, 'utf8')), file).toEqual([])
    expect(file).not.toContain(internal)
  }
  expect(found(files.join('\n'))).toEqual([])
})

it('tells customers nothing of it by mail or SMS', () => {
  const mails = smtp.received.filter(({ to }) => to.includes(LENA))
  const texts = twilio.sent.filter(({ to }) => to === KAI)
  expect(mails.length).toBeGreaterThan(0)
  expect(texts.length).toBeGreaterThan(0)
  for (const { raw, mail } of mails) expect(found(raw + mail.text + mail.html)).toEqual([])
  for (const { params } of texts) expect(found(JSON.stringify(params))).toEqual([])
  expect(smtp.received.filter(({ raw }) => raw.includes('CANARY')).flatMap(({ to }) => to)).not.toContain(LENA)
})

const ANYBODY: Record<string, string> = {}

it('answers nothing of it to nobody and to executives, whatever they ask', async () => {
  for (const id of [internal, open])
    for (const route of routes) {
      const path = pathOf(route).replace(':id', id).replace(':incident', id).replace(/:\w+/, id)
      const body = route.method === 'GET' ? {} : { body: '{}' }
      for (const who of [ANYBODY, { authorization: `Bearer ${executive}` }]) {
        const answer = await story.visit(path, {
          method: route.method,
          ...body,
          headers: { 'content-type': 'application/json', ...who },
        })
        const text = (await answer.text()) + JSON.stringify([...answer.headers])
        expect(found(text), `${route.method} ${path}`).toEqual([])
      }
    }
})

it.each(['/incidents/ID', '/i/ID', '/incidents/ID/', '/api/v2/incidents/ID.json', '/incidents/ID/index.html'])(
  'has no page at %s for it',
  async (path) => {
    const answer = await story.visit(path.replace('ID', internal))
    expect(answer.status).toBe(404)
    expect(found(await answer.text())).toEqual([])
  },
)

it('says nothing of it in a refusal', async () => {
  const refusals = [
    await story.api('DELETE', `/components/${login.id}`),
    await story.api('POST', `/incidents/${internal}/updates`, { body: 'x', next_update_in: 'P1D' }, as),
    await story.api('PATCH', `/incidents/${open}`, { visibility: 'internal' }, as),
    await story.api('POST', '/keys', { name: 'x', role: 'viewer', person_id: 'aaaaaaaaaaaa' }),
  ]
  for (const { status, body } of refusals) {
    expect([409, 422]).toContain(status)
    expect(found(JSON.stringify(body))).toEqual([])
  }
})

it('leaves none of it in the logs', () => {
  expect(story.logged.length).toBeGreaterThan(20)
  const secrets = ['CANARY', ada.email, ada.phone!, made.key, LENA, KAI]
  for (const line of story.logged)
    expect(
      secrets.filter((secret) => line.includes(secret)),
      line,
    ).toEqual([])
})
