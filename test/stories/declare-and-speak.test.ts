import { expect, it } from 'vitest'
import { carriedBy, startStory } from '../support/service.ts'
import { headersOf, testSmtp } from '../support/smtp.ts'
import { follow, pageWords, published, publishedJson, soon } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const story = await startStory(carriedBy(smtp, twilio))
await follow(story, 'email', 'lena@customer.example')
const login = (await story.api('POST', '/components', { name: 'Login' })).body
const billing = (await story.api('POST', '/components', { name: 'Billing' })).body

let id = ''
const minutesAfter = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 60_000
const say = (body: object) => story.api('POST', `/incidents/${id}/updates`, body)

interface Word {
  body: string
  status: string
  severity: string
  indicator: string
  login: string
  count: number
}

/** Page, both JSON files, feed and mailbox tell the same. */
async function everybodyReads({ body, status, severity, indicator, login: state, count }: Word) {
  await soon(async () => {
    const file = await publishedJson(story, '/status.json')
    const entry = [...file.incidents, ...file.recent_incidents].find((each) => each.id === id)
    expect(entry).toMatchObject({ status, severity, overdue: false })
    expect(entry.updates).toHaveLength(count)
    expect(entry.updates[0]).toMatchObject({ seq: count, status, body })
    expect(file.status.indicator).toBe(indicator)
    expect(file.incidents).toHaveLength(status === 'resolved' ? 0 : 1)
  })
  expect(await pageWords(story, `/incidents/${id}`)).toContain(body)
  if (status !== 'resolved') expect(await pageWords(story, '/')).toContain(body)
  const summary = await publishedJson(story, '/api/v2/summary.json')
  expect(summary.status.indicator).toBe(indicator)
  expect(summary.components.find((each: { id: string }) => each.id === login.id).status).toBe(state)
  if (status === 'resolved') expect(summary.incidents).toEqual([])
  else expect(summary.incidents[0]).toMatchObject({ id, status, incident_updates: { length: count } })
  if (status !== 'resolved') expect(summary.incidents[0].incident_updates[0]).toMatchObject({ status, body })
  const feed = await published(story, '/history.rss')
  expect(feed.match(/<item>/g)).toHaveLength(1)
  expect(feed).toContain(`<guid isPermaLink="true">${story.url}/incidents/${id}</guid>`)
  expect(feed).toContain(body)
  const mails = await smtp.waitFor(count)
  expect(mails).toHaveLength(count)
  const { mail } = mails[count - 1]!
  for (const twin of [mail.text!, mail.html!]) expect(twin).toContain(body)
  expect(mail.text).toContain(status === 'resolved' ? 'Resolved' : severity)
}

it('declares with a title and a severity alone: the clock runs and nothing is public yet', async () => {
  const opened = await story.api('POST', '/incidents', { title: 'Sign-in fails', severity: 'SEV2' })
  expect(opened.status).toBe(201)
  id = opened.body.id
  expect(opened.body).toMatchObject({ kind: 'incident', visibility: 'public', status: 'investigating', updates: [] })
  expect(minutesAfter(opened.body.declared_at, opened.body.next_update_due_at)).toBe(5)
  expect(await pageWords(story, '/')).not.toContain('Sign-in fails')
  expect((await story.visit(`/incidents/${id}`)).status).toBe(404)
  expect((await publishedJson(story, '/status.json')).incidents).toEqual([])
  expect(smtp.received).toHaveLength(0)
})

it('tells the first word everywhere', async () => {
  const body = 'Some customers cannot sign in. We are looking into it.'
  const said = await say({ body, components: [{ id: login.id }] })
  expect(said.status).toBe(201)
  expect(said.body).toMatchObject({ seq: 1, state: 'published', promise_kept: true, late_by: null })
  expect(minutesAfter(said.body.published_at, said.body.next_update_due_at)).toBe(30)
  const reads = { body, status: 'investigating', severity: 'SEV2', indicator: 'major', login: 'partial_outage' }
  await everybodyReads({ ...reads, count: 1 })
})

it('takes a raised severity only with its reason, and tells it with the next word', async () => {
  const body = 'Most customers cannot sign in. A database is down.'
  const wanted = {
    body,
    status: 'identified',
    severity: 'SEV1',
    components: [{ id: login.id, status: 'major_outage' }],
  }
  const refused = await say(wanted)
  expect(refused.status).toBe(422)
  expect(refused.body.errors[0]).toMatchObject({ field: 'severity_reason', code: 'required' })
  const said = await say({ ...wanted, severity_reason: 'It reaches everybody now' })
  expect(said.status).toBe(201)
  expect(minutesAfter(said.body.published_at, said.body.next_update_due_at)).toBe(15)
  const reads = { body, status: 'identified', severity: 'SEV1', indicator: 'critical', login: 'major_outage' }
  await everybodyReads({ ...reads, count: 2 })
  const renamed = await story.api('PATCH', `/incidents/${id}`, { title: 'Sign-in is down' })
  expect(renamed.body.title).toBe('Sign-in is down')
  await soon(async () => expect(await pageWords(story, `/incidents/${id}`)).toContain('Sign-in is down'))
})

it('resolves once, releases its components, and is heard to have ended', async () => {
  const body = 'Sign-in works again. We watched it for an hour.'
  const said = await say({ body, status: 'resolved' })
  expect(said.body).toMatchObject({ seq: 3, status: 'resolved', next_update_due_at: null })
  const reads = { body, status: 'resolved', severity: 'SEV1', indicator: 'none', login: 'operational' }
  await everybodyReads({ ...reads, count: 3 })
  const again = await say({ body: 'And another thing.', status: 'monitoring' })
  expect(again.status).toBe(409)
  expect(again.body.errors[0].code).toBe('illegal_transition')
})

it('opens again under the same address, and everybody hears that too', async () => {
  const body = 'Sign-in fails again for some.'
  const again = await story.api('POST', `/incidents/${id}/reopening`, { body })
  expect(again.status).toBe(201)
  expect(again.body).toMatchObject({ seq: 4, incident_id: id, status: 'investigating' })
  const { body: open } = await story.api('GET', `/incidents/${id}`)
  expect(open).toMatchObject({ id, status: 'investigating', resolved_at: null, update_seq: 4 })
  const state = (await publishedJson(story, '/api/v2/summary.json')).components
  expect(state.find((each: { id: string }) => each.id === billing.id).status).toBe('operational')
  expect(open.components).toMatchObject([{ id: login.id, status: 'major_outage' }])
  const reads = { body, status: 'investigating', severity: 'SEV1', indicator: 'critical', login: 'major_outage' }
  await everybodyReads({ ...reads, count: 4 })
})

it('keeps one frozen subject and one thread through all of it', () => {
  const mails = smtp.received
  expect(new Set(mails.map(({ mail }) => mail.subject))).toEqual(new Set(['Sign-in fails (Northwind Cloud)']))
  for (const name of ['references', 'in-reply-to'])
    expect(new Set(mails.flatMap((mail) => headersOf(mail, name))).size, name).toBe(1)
  expect(new Set(mails.flatMap((mail) => headersOf(mail, 'message-id'))).size).toBe(4)
  expect(mails.flatMap(({ to }) => to)).toEqual(Array(4).fill('lena@customer.example'))
})
