import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { DAY, HOUR, plus } from '../../api/domain/duration.ts'
import { announcements, incidents } from '../../db/schema.ts'
import { fieldsOf } from '../support/forms.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { follow, pageWords, post, publishedJson, signIn, soon, staff } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const story = await startStory(carriedBy(smtp, await testTwilio()))
await follow(story, 'email', 'lena@customer.example')
const login = (await story.api('POST', '/components', { name: 'Login', start_date: '2026-01-01' })).body.id as string
const now = await story.clock.now()
const [began, ended] = [plus(now, -3 * DAY), plus(now, -3 * DAY + 2 * HOUR)]
const past = {
  title: 'Sign-in failed',
  severity: 'SEV1',
  body: 'For two hours nobody could sign in. It was mended before anybody wrote it down.',
  started_at: began.toISOString(),
  resolved_at: ended.toISOString(),
  components: [{ id: login }],
  backfill: true,
}
const record = (more: object = {}) => story.api('POST', '/incidents', { ...past, ...more })

it('is refused without words or times, with what only the living have, and changes nothing', async () => {
  const codes = async (more: object) => {
    const { status, body } = await record(more)
    return [status, body.errors[0].field, body.errors[0].code]
  }
  expect(await codes({ body: undefined })).toEqual([422, 'body', 'required'])
  expect(await codes({ started_at: undefined })).toEqual([422, 'started_at', 'required'])
  expect(await codes({ resolved_at: undefined })).toEqual([422, 'resolved_at', 'required'])
  expect(await codes({ resolved_at: began.toISOString() })).toEqual([422, 'resolved_at', 'not_after_start'])
  expect(await codes({ resolved_at: plus(now, DAY).toISOString() })).toEqual([422, 'resolved_at', 'in_the_future'])
  expect(await codes({ status: 'monitoring' })).toEqual([422, 'status', 'contradiction'])
  expect(await codes({ notify: true })).toEqual([422, 'notify', 'contradiction'])
  expect(await codes({ backfill: undefined })).toEqual([422, 'resolved_at', 'contradiction'])
  expect(await story.db.$count(incidents)).toBe(0)
})

it('stands on the page, in the history and in the bars with its own times, and nobody hears of it', async () => {
  const answer = await record()
  expect(answer.status).toBe(201)
  const { id } = answer.body
  expect(answer.body).toMatchObject({
    status: 'resolved',
    backfilled: true,
    started_at: past.started_at,
    resolved_at: past.resolved_at,
    first_public_update_at: null,
    next_update_due_at: null,
    overdue: false,
    updates: [
      { seq: 1, status: 'resolved', published_at: past.resolved_at, announcement_id: null, promise_kept: null },
    ],
  })
  await soon(async () => expect(await pageWords(story, `/incidents/${id}`)).toContain('nobody could sign in'))
  await soon(async () => expect(await pageWords(story, '/')).toContain('Sign-in failed'))
  expect(await pageWords(story, `/history/${past.started_at.slice(0, 7)}`)).toContain('Sign-in failed')
  const { components, recent_incidents: recent } = await publishedJson(story, '/status.json')
  expect(recent).toMatchObject([{ id, started_at: past.started_at, resolved_at: past.resolved_at }])
  expect(components[0].status).toBe('operational')
  const down = components[0].days.map(({ down_seconds: seconds }: { down_seconds: number }) => seconds)
  expect(down.reduce((sum: number, each: number) => sum + each, 0)).toBe(2 * 3600)
  expect(components[0].uptime_90d).toBeLessThan(100)
  const twin = await publishedJson(story, `/api/v2/incidents/${id}.json`)
  expect(twin.incident).toMatchObject({
    status: 'resolved',
    started_at: past.started_at,
    resolved_at: past.resolved_at,
  })
  await story.later(2 * DAY)
  expect(await story.db.$count(announcements)).toBe(0)
  expect((await story.api('GET', `/incidents/${id}/alerts`)).body.data).toEqual([])
})

it('counts in the figures with what is known of it, and with no promise', async () => {
  const { body } = await story.api('GET', '/metrics/incidents')
  expect(body.total.incidents).toBe(1)
  expect(body.total.cadence).toMatchObject({ deadlines_due: 0, deadlines_met: 0, longest_silence: 'PT0S' })
  expect(body.total.time_to_first_update).toMatchObject({ known: 0, unknown: 1 })
  expect(body.total.time_to_resolve).toMatchObject({ known: 1 })
})

it('takes its downtime back when it is retracted', async () => {
  const [{ id } = { id: '' }] = await story.db.select().from(incidents)
  await story.api('POST', `/incidents/${id}/retraction`, {
    reason: 'It was a test.',
    body: 'Nothing failed.',
    notify: false,
  })
  await soon(async () => {
    const { components } = await publishedJson(story, '/status.json')
    expect(components[0].uptime_90d).toBe(100)
  })
})

it('kept inside stays inside', async () => {
  const { body } = await record({ title: 'CANARY', visibility: 'internal' })
  expect(body).toMatchObject({ visibility: 'internal', status: 'resolved' })
  expect((await story.visit(`/incidents/${body.id}`)).status).toBe(404)
  const { components } = await publishedJson(story, '/status.json')
  expect(components[0].uptime_90d).toBe(100)
})

it('is recorded on the form that declares', async () => {
  const cookie = await signIn(story, (await staff(story, 'responder', 'Ada')).email)
  const form = '/console/declare'
  const html = await (await story.visit(form, { headers: { cookie } })).text()
  const fields = {
    ...fieldsOf(html, form),
    title: 'Exports were late',
    severity: 'SEV3',
    body: 'They were late.',
    started_at: past.started_at.slice(0, 16),
    backfill: 'on',
  }
  const send = (more: object) => post(story, form, { ...fields, ...more }, { cookie, origin: story.url })
  const refused = await send({ resolved_at: '' })
  expect(refused.status).toBe(422)
  expect(await refused.text()).toContain('id="resolved_at-error"')
  const done = await send({ resolved_at: past.resolved_at.slice(0, 16) })
  expect(done.headers.get('location')).toMatch(/\?notice=recorded$/)
  const [recorded] = await story.db.select().from(incidents).where(eq(incidents.title, 'Exports were late'))
  expect(recorded).toMatchObject({ backfilled: true, status: 'resolved', commanderId: null })
  expect(smtp.received).toHaveLength(0)
})
