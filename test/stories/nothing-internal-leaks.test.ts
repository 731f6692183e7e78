import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeAlertSource, makeAlertSourceInput } from '../../api/actions/make-alert-source.ts'
import { MINUTE } from '../../api/domain/duration.ts'
import { routes } from '../../api/http/routes.ts'
import { pathOf } from '../../api/http/routing.ts'
import { newId } from '../../db/ids.ts'
import { announcements, inboundMessages, subscriberLinks, webhookEndpoints } from '../../db/schema.ts'
import { actingAs } from '../support/acting.ts'
import { DECISIONS, withoutCanary, wordyColumns } from '../support/canaries.ts'
import { setTerms } from '../support/holding.ts'
import { testReceiver } from '../support/receiver.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { follow, post, publishedJson, signIn, soon, staff } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const receiver = await testReceiver()
const story = await startStory({ ...carriedBy(smtp, twilio), WEBHOOK_ALLOW: receiver.allowed })
const LENA = 'lena@customer.example'
const KAI = '+4915112345671'
await follow(story, 'email', LENA)
await follow(story, 'sms', KAI)
const ada = await staff(story, 'commander', 'Canary Ada', '+4915112340001')
await story.api('PATCH', `/people/${ada.id}`, { webhook_url: receiver.url('/canary-of-ada') })
const executive = await story.key('executive')
await follow(story, 'email', 'canary-reader@customer.example')
const endpoint = { channel: 'webhook', address: receiver.url('/public'), contact: 'canary-owner@customer.example' }
await story.api('POST', '/subscriptions', endpoint)
await soon(async () => expect(await story.db.$count(webhookEndpoints)).toBe(1))
const login = (await story.api('POST', '/components', { name: 'Login' })).body
const eve = await staff(story, 'executive', 'Eve', '+4915112340009')
await story.api('PUT', '/briefing-rules', [{ to: [eve.id] }])
const made = (await story.api('POST', '/keys', { name: 'CANARY key', role: 'responder', person_id: ada.id })).body

/** What executives alone are told. */
const SECRETLY = 'Peregrine'
/** `canary`: internal. `magpie`: of one audience alone, whose own page shows it. */
const CANARIES = ['canary', 'magpie', SECRETLY, ada.email, ada.phone!, ada.id, made.key, made.id]

/** Which of the strings that nobody outside may read stand in a text. */
const found = (text: string) => CANARIES.filter((canary) => text.toLowerCase().includes(canary.toLowerCase()))
const WAR_ROOM = {
  bridge_url: 'https://meet.example/CANARY-bridge',
  channel_url: 'https://chat.example/CANARY-channel',
  documents: [{ name: 'CANARY graphs', url: 'https://graphs.example/CANARY' }],
}
const as = { key: made.key }

const audience = (await story.api('POST', '/audiences', { slug: 'magpie', name: 'MAGPIE GmbH' })).body
const link = (await story.api('POST', `/audiences/${audience.id}/links`, { name: 'CANARY desk' })).body
const globex = (await story.api('POST', '/audiences', { slug: 'globex', name: 'Globex' })).body
const theirs = (await story.api('POST', `/audiences/${globex.id}/links`, { name: 'CANARY globex' })).body
const NORA = 'nora@globex.example'
const nora = await follow(story, 'email', NORA)
await story.db.insert(subscriberLinks).values({ subscriberId: nora, linkId: theirs.id })
const support = (await story.api('POST', '/staff-links', { name: 'CANARY support' })).body
const sales = (await story.api('POST', '/staff-links', { name: 'CANARY sales' })).body
const group = { name: 'MAGPIE rack', description: 'MAGPIE rack of theirs' }
const rack = (await story.api('POST', '/component-groups', group)).body
const vault = (
  await story.api('POST', '/components', {
    name: 'MAGPIE vault',
    description: 'MAGPIE only',
    group_id: rack.id,
    audience_ids: [audience.id],
  })
).body

/** Somebody of support hears what is meant for staff. */
const DESK = 'desk@house.example'
await post(
  story,
  `/staff/subscriptions?token=${support.token}`,
  { channel: 'email', address: DESK },
  { origin: story.url },
)
const asked = await soon(() => {
  const found = smtp.received.find(({ to }) => to.includes(DESK))
  expect(found).toBeDefined()
  return found!.mail.text!
})
const confirming = /https?:\S+confirm\?token=\S+/.exec(asked)![0].replace(story.url, '')
expect((await story.visit(confirming, { method: 'POST' })).status).toBe(200)

/** Of what is internal, what even support and sales are not told. */
const NOT_FOR_STAFF = [
  'CANARY internal body',
  'CANARY second',
  'CANARY aside',
  'CANARY reason',
  'CANARY waits',
  'CANARY-bridge',
  'CANARY-channel',
  'CANARY graphs',
  'CANARY held',
  'CANARY comment',
  'CANARY alert',
  'CANARY half',
  'CANARY reply',
  'CANARY globex',
  'CANARY sales',
  SECRETLY,
  ada.email,
  ada.phone!,
  made.key,
  LENA,
  KAI,
]

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
  await story.api('POST', `${path}/staff-notes`, { kind: 'answer', text: 'CANARY answer' }, as)
  await story.api('POST', `${path}/snoozes`, { for: 'PT5M', reason: 'CANARY waits' }, as)
  const [newest] = (await story.api('GET', path)).body.updates
  const correction = { body: 'CANARY corrected.', reason: 'CANARY was wrong', notify: true }
  await story.api('POST', `${path}/updates/${newest.id}/corrections`, correction, as)
  return body.id
}

/** An internal incident that was none. */
async function retractInside(): Promise<void> {
  const { body } = await story.api('POST', '/incidents', { ...INSIDE, title: 'CANARY false alarm' }, as)
  const retraction = { reason: 'CANARY mistake', body: 'CANARY it was nothing.', notify: true }
  await story.api('POST', `/incidents/${body.id}/retraction`, retraction, as)
}
const INSIDE = { severity: 'SEV3', visibility: 'internal', body: 'CANARY nothing.' }

/** What concerns a private component alone: only its audience knows, and never a word of what is internal beside it. */
async function tellPrivately(): Promise<string> {
  const held = [{ id: vault.id, status: 'major_outage' }]
  const words = { title: 'MAGPIE is shut', severity: 'SEV2', body: 'MAGPIE lost the key.', war_room: WAR_ROOM }
  const { body } = await story.api('POST', '/incidents', { ...words, components: held }, as)
  await story.api('POST', `/incidents/${body.id}/staff-notes`, { kind: 'note', text: 'CANARY note' }, as)
  const window = { scheduled_for: '2099-01-01T02:00:00Z', scheduled_until: '2099-01-01T04:00:00Z' }
  await story.api('POST', '/maintenances', {
    title: 'MAGPIE work',
    body: 'MAGPIE disks',
    components: [vault.id],
    ...window,
  })
  return body.id
}

/** What waits or came in, and is nobody's outside. */
async function leaveTraces(): Promise<void> {
  const acting = actingAs(story.db, story.clock)
  const source = makeAlertSourceInput.parse({ kind: 'generic', name: 'CANARY monitor' })
  const { key } = await makeAlertSource(acting, source)
  const alert = { group: 'g', status: 'firing', title: 'CANARY alert', url: 'https://graphs.example/CANARY' }
  await story.visit(`/hooks/alerts/generic?key=${key}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alert),
  })
  const cookie = await signIn(story, ada.email)
  const typing = { form: `incident:${internal}`, body: 'CANARY half a sentence' }
  await post(story, '/console/drafts', typing, { cookie, origin: story.url, 'sec-fetch-site': 'same-origin' })
  const reply = { id: newId(), providerId: newId(), channel: 'sms' as const, addressKey: KAI }
  await story.db.insert(inboundMessages).values({ ...reply, body: 'CANARY reply', meaning: 'unmatched' })
  await post(story, '/subscriptions', { channel: 'email', address: 'canary-new@customer.example' })
  const ready = { name: 'CANARY words', moment: 'update', headline: 'CANARY lead', body: 'CANARY: {{what we know}}.' }
  expect((await story.api('POST', '/message-templates', ready)).status).toBe(201)
}

/** A public incident with canaries wherever only staff look. */
async function tellOutside(): Promise<string> {
  const words = { title: 'Search is slow', severity: 'SEV3', body: 'Search is slow for some.', war_room: WAR_ROOM }
  const { body } = await story.api('POST', '/incidents', words, as)
  const path = `/incidents/${body.id}`
  const acting = actingAs(story.db, story.clock)
  await setTerms(acting, { approval: 'PT5M' })
  const waits = await story.api('POST', `${path}/updates`, { body: 'It is a little faster.' }, as)
  const glass = await story.api('POST', `${path}/updates/${waits.body.id}/break-glass`, { reason: 'CANARY glass' }, as)
  expect(glass.body.state).toBe('published')
  await setTerms(acting, { approval: null })
  const raise = { severity: 'SEV2', severity_reason: 'CANARY reason', internal_note: 'CANARY aside' }
  const both = { body: 'It is slower now.', ...raise, briefing: briefed('beside an update') }
  expect((await story.api('POST', `${path}/updates`, both)).body.briefing_id).toMatch(/^\w{12}$/)
  const alone = await story.api('POST', `${path}/briefings`, briefed('alone'))
  const answer = { answer: 'comment', comment: 'CANARY comment' }
  const decided = await story.api('POST', `${path}/briefings/${alone.body.id}/decision`, answer, {
    key: await story.key('executive', eve.id),
  })
  expect([alone.status, decided.status]).toEqual([201, 201])
  const held = { body: 'CANARY held back', severity: 'SEV1', severity_reason: 'CANARY held reason', hold: 'PT5M' }
  const recalled = await story.api('POST', `${path}/updates`, held, as)
  expect((await story.api('DELETE', `${path}/updates/${recalled.body.id}`, undefined, as)).status).toBe(204)
  await story.api('POST', `${path}/timeline`, { text: 'CANARY note' }, as)
  return body.id
}

/** A briefing whose every field is a word of its own, with a decision. */
const briefed = (about: string) => ({
  headline: `${SECRETLY} headline ${about}`,
  situation: `${SECRETLY} situation`,
  customer_impact: `${SECRETLY} customers`,
  customers_affected: 774411,
  business_impact: `${SECRETLY} money`,
  support_load: `${SECRETLY} tickets`,
  actions: [{ what: `${SECRETLY} action`, owner: `${SECRETLY} owner` }],
  eta: '2031-03-07T03:33:00.000Z',
  confidence: 'low',
  decision_needed: {
    question: `${SECRETLY} question`,
    by_person_id: eve.id,
    by: '2031-03-07T03:31:00.000Z',
    advice: `${SECRETLY} advice`,
  },
})

let internal = ''
let open = ''
let privately = ''

it('has a decision for every column that can hold words', () => {
  expect(wordyColumns().toSorted()).toEqual(Object.keys(DECISIONS).toSorted())
})

it('publishes and sends nothing of an internal incident', async () => {
  internal = await tellInside()
  await retractInside()
  privately = await tellPrivately()
  open = await tellOutside()
  await leaveTraces()
  await soon(async () => expect((await publishedJson(story, '/status.json')).incidents[0].updates).toHaveLength(3))
  await soon(() =>
    expect(smtp.received.filter(({ to }) => to.includes(LENA)).at(-1)?.mail.text).toContain('It is slower now.'),
  )
  await soon(() => expect(twilio.sent.filter(({ to }) => to === KAI).at(-1)?.body).toContain('It is slower now.'))
  expect((await publishedJson(story, '/status.json')).components).toMatchObject([
    { name: 'Login', status: 'operational' },
  ])
  await soon(() => expect(receiver.at('/public').at(-1)?.raw ?? '').toContain('It is slower now.'))
  const told = await story.db.select().from(announcements)
  expect(told.filter((row) => row.incidentId === internal && row.audience === 'public')).toEqual([])
})

it('has planted a canary in everything that is internal', async () => {
  expect(await withoutCanary(story.db)).toEqual([])
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
    for (const id of [internal, privately, vault.id, rack.id]) expect(file).not.toContain(id)
  }
  expect(found(files.join('\n'))).toEqual([])
})

it('tells the executive, by mail and by SMS', async () => {
  await soon(() =>
    expect(smtp.received.filter(({ to }) => to.includes(eve.email)).at(-1)?.mail.text).toContain(SECRETLY),
  )
  await soon(() => expect(twilio.sent.filter(({ to }) => to === eve.phone).at(-1)?.body).toContain(SECRETLY))
})

it('tells customers nothing of it by mail or SMS', () => {
  const mails = smtp.received.filter(({ to }) => to.includes(LENA))
  const texts = twilio.sent.filter(({ to }) => to === KAI)
  expect(mails.length).toBeGreaterThan(0)
  expect(texts.length).toBeGreaterThan(0)
  for (const { raw, mail } of mails) expect(found(raw + mail.text + mail.html)).toEqual([])
  for (const { params } of texts) expect(found(JSON.stringify(params))).toEqual([])
  const telling = smtp.received.filter(({ raw }) => /CANARY|MAGPIE/.test(raw)).flatMap(({ to }) => to)
  expect(telling).not.toContain(LENA)
  expect(telling).not.toContain('canary-reader@customer.example')
})

it('tells endpoints of customers nothing of it', () => {
  const hooks = receiver.at('/public')
  expect(hooks.length).toBeGreaterThan(1)
  for (const { raw, headers } of hooks) expect(found(raw + JSON.stringify(headers))).toEqual([])
})

it('shows an audience what is theirs, and nothing that is internal', async () => {
  const paths = ['', '/history', '/subscribe', '/maintenance', `/incidents/${privately}`, `/components/${vault.id}`]
  const files = ['/history.atom', '/history.rss', '/updates.rss', '/feed.json', '/calendar.ics', '/status.json']
  for (const path of [...paths, ...files]) {
    const text = await (await story.visit(`/private/magpie${path}?token=${link.token}`)).text()
    expect(found(text), path).toEqual(['magpie'])
  }
})

it('shows another audience nothing of it, on any page and in any file of theirs', async () => {
  const paths = ['', '/history', '/subscribe', '/maintenance', `/components/${login.id}`, `/incidents/${open}`]
  const files = ['/history.atom', '/history.rss', '/updates.rss', '/feed.json', '/calendar.ics', '/status.json']
  const others = [`/incidents/${privately}`, `/incidents/${internal}`, `/components/${vault.id}`, `/i/${privately}`]
  for (const path of [...paths, ...files, ...others]) {
    const answer = await story.visit(`/private/globex${path}?token=${theirs.token}`)
    expect(answer.status, path).toBe(others.includes(path) ? 404 : 200)
    expect(found((await answer.text()) + JSON.stringify([...answer.headers])), path).toEqual([])
  }
  for (const path of ['', ...files]) {
    const answer = await story.visit(`/private/magpie${path}?token=${theirs.token}`)
    expect(answer.status, path).toBe(404)
    expect(found((await answer.text()).replaceAll('/private/magpie', '')), path).toEqual([])
  }
})

it('tells a reader of another audience nothing of it', async () => {
  const mails = await soon(() => {
    const all = smtp.received.filter(({ to }) => to.includes(NORA))
    expect(all.at(-1)?.mail.text).toContain('It is slower now.')
    return all
  })
  for (const { raw, mail } of mails) expect(found(raw + mail.text + mail.html)).toEqual([])
})

it('shows and sends support what is meant for them, and nothing beyond', async () => {
  for (const path of ['/staff', '/staff/feed.atom', '/staff/feed.json', '/staff/calendar.ics', '/staff/subscribe']) {
    const answer = await story.visit(`${path}?token=${support.token}`)
    expect(answer.status, path).toBe(200)
    const text = await answer.text()
    expect(
      [...NOT_FOR_STAFF, sales.token].filter((secret) => text.includes(secret)),
      path,
    ).toEqual([])
  }
  const mails = await soon(() => {
    const all = smtp.received.filter(({ to }) => to.includes(DESK))
    expect(all.map(({ mail }) => mail.text).join()).toContain('CANARY answer')
    expect(all.map(({ mail }) => mail.text).join()).toContain('It is slower now.')
    return all
  })
  const text = mails.map(({ raw, mail }) => raw + mail.text + mail.html).join()
  expect([...NOT_FOR_STAFF, support.token, sales.token].filter((secret) => text.includes(secret))).toEqual([])
})

it('measures nothing of it', async () => {
  const answer = await story.visit('/metrics')
  expect(answer.status).toBe(200)
  const text = await answer.text()
  expect(text).toContain('sitrep_deliveries_total')
  expect(found(text)).toEqual([])
  for (const secret of [LENA, KAI, NORA, DESK]) expect(text).not.toContain(secret)
})

const ANYBODY: Record<string, string> = {}

it('answers nothing of it to nobody and to executives, whatever they ask', async () => {
  for (const id of [internal, open, privately])
    for (const route of routes) {
      const path = pathOf(route).replace(':id', id).replace(':incident', id).replace(/:\w+/, id)
      const body = route.method === 'GET' ? {} : { body: '{}' }
      for (const who of [ANYBODY, { authorization: `Bearer ${executive}` }]) {
        // What they alone are told, executives read.
        if (who !== ANYBODY && /\/brief/.test(path)) continue
        const answer = await story.visit(path, {
          method: route.method,
          ...body,
          headers: { 'content-type': 'application/json', ...who },
        })
        const text = (await answer.text()) + JSON.stringify([...answer.headers])
        expect(found(text), `${route.method} ${path}`).toEqual([])
      }
    }
}, 180_000)

/** What opens something, or reaches somebody: shown once, to admins, or to nobody. */
const OPENING = () => [made.key, link.token, theirs.token, support.token, sales.token, LENA, KAI, NORA, DESK]

it('answers nothing of a briefing, no token and no address in full to viewers and responders, whatever they ask', async () => {
  for (const role of ['viewer', 'responder'] as const) {
    const headers = { authorization: `Bearer ${await story.key(role)}`, 'content-type': 'application/json' }
    for (const route of routes) {
      const path = pathOf(route).replace(':id', open).replace(':incident', open).replace(/:\w+/, open)
      const body = route.method === 'GET' ? {} : { body: '{}' }
      const answer = await story.visit(path, { method: route.method, ...body, headers })
      const text = (await answer.text()) + JSON.stringify([...answer.headers])
      for (const secret of [SECRETLY, '774411', '774,411', '2031-03-07', '03:33', ...OPENING()])
        expect(text.includes(secret), `${role}: ${route.method} ${path}: ${secret}`).toBe(false)
    }
  }
}, 180_000)

it.each(['/incidents/ID', '/i/ID', '/incidents/ID/', '/api/v2/incidents/ID.json', '/incidents/ID/index.html'])(
  'has no page at %s for it',
  async (path) => {
    for (const id of [internal, privately]) {
      const answer = await story.visit(path.replace('ID', id))
      expect(answer.status).toBe(404)
      expect(found(await answer.text())).toEqual([])
    }
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
  const secrets = ['CANARY', 'MAGPIE', SECRETLY, ada.email, ada.phone!, ...OPENING()]
  for (const line of story.logged)
    expect(
      secrets.filter((secret) => line.includes(secret)),
      line,
    ).toEqual([])
})
