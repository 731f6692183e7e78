import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { MINUTE } from '../../api/domain/duration.ts'
import { briefingClockOf } from '../../db/queries/briefing-clocks.ts'
import { alerts, subscribers } from '../../db/schema.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { follow, pageWords, published, publishedJson, soon } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const story = await startStory(carriedBy(smtp, await testTwilio()))
const component = async (name: string) => (await story.api('POST', '/components', { name })).body.id as string
const [login, api] = [await component('Login'), await component('API')]
const open = async (title: string, severity: string, components: object[], more = {}) => {
  const input = { title, severity, body: `${title}, we look.`, components, notify: false, ...more }
  return (await story.api('POST', '/incidents', input)).body.id as string
}
const worse = await open('Sign-in fails', 'SEV1', [{ id: login, status: 'partial_outage' }])
const part = await open('The API is slow', 'SEV2', [{ id: login, status: 'major_outage' }, { id: api }])
const boss = { name: 'Ana', email: 'ana@northwind.example', role: 'executive' }
await story.api('PUT', '/briefing-rules', [{ to: [(await story.api('POST', '/people', boss)).body.id] }])
/** Follows the one incident alone, and another reader hears everything. */
const follower = await follow(story, 'email', 'lena@customer.example')
await story.db.update(subscribers).set({ followedIncidentIds: [part], onlyFollowed: true })
await follow(story, 'email', 'mark@customer.example')
const path = `/incidents/${part}`
const merge = (into: string, of = part) => story.api('POST', `/incidents/${of}/merge`, { into })
const incident = async (id: string) => (await story.api('GET', `/incidents/${id}`)).body

it('is refused into itself, into what is over or unlike it, and while an update is held', async () => {
  const over = await open('Over', 'SEV3', [])
  await story.api('POST', `/incidents/${over}/updates`, { body: 'Over.', status: 'resolved', notify: false })
  const inside = await open('CANARY inside', 'SEV3', [], { visibility: 'internal' })
  const silent = (await story.api('POST', '/incidents', { title: 'Silent', severity: 'SEV3' })).body.id
  const codes = async (into: string, of = part) => {
    const { status, body } = await merge(into, of)
    return [status, body.errors[0].field, body.errors[0].code]
  }
  expect(await codes(part)).toEqual([422, 'into', 'itself'])
  expect(await codes('a'.repeat(12))).toEqual([422, 'into', 'unknown'])
  expect(await codes(over)).toEqual([409, 'into', 'illegal_transition'])
  expect(await codes(worse, over)).toEqual([409, '', 'illegal_transition'])
  expect(await codes(inside)).toEqual([409, 'into', 'visibility_differs'])
  expect(await codes(silent)).toEqual([409, 'into', 'not_public_yet'])
  const held = (await story.api('POST', `/incidents/${worse}/updates`, { body: 'Held.', hold: 'PT5M' })).body.id
  expect(await codes(worse)).toEqual([409, '', 'update_held'])
  await story.api('DELETE', `/incidents/${worse}/updates/${held}`)
  expect(await incident(part)).toMatchObject({ status: 'investigating', merged_into: null })
})

it('ends the incident, voids its promises though they were broken, and nothing seems mended by it', async () => {
  await story.later(35 * MINUTE)
  await soon(async () => expect((await incident(part)).overdue).toBe(true))
  const answer = await merge(worse)
  expect(answer.status).toBe(200)
  expect(answer.body).toMatchObject({
    status: 'resolved',
    merged_into: worse,
    next_update_due_at: null,
    overdue: false,
    mitigated_at: null,
  })
  expect(answer.body.updates[0]).toMatchObject({ promise_kept: null, late_by: null })
  const owed = async () => (await briefingClockOf(story.db, part))?.dueAt ?? null
  await soon(async () => expect(await owed()).toBeNull())
  const fired = await story.db.$count(alerts, eq(alerts.incidentId, part))
  await story.later(120 * MINUTE)
  expect(await story.db.$count(alerts, eq(alerts.incidentId, part))).toBe(fired)
  const held = (await incident(worse)).components.map(({ name, status }: { name: string; status: string }) => [
    name,
    status,
  ])
  expect(held).toEqual([
    ['Login', 'major_outage'],
    ['API', 'partial_outage'],
  ])
  await soon(async () => expect(await pageWords(story, path)).toContain('Part of another incident'))
  const { components } = await publishedJson(story, '/status.json')
  expect(components.map(({ status }: { status: string }) => status)).toEqual(['major_outage', 'partial_outage'])
  expect((await merge(worse)).status).toBe(409)
})

it('leads the readers of its page to the other, in every language, and says nowhere that it is mended', async () => {
  const page = await published(story, path)
  expect(page).toContain(`href="/incidents/${worse}"`)
  const words = await pageWords(story, path)
  expect(words).toContain('This turned out to be part of another incident. We tell about it there.')
  expect(words).not.toMatch(/Resolved|resolved/)
  expect(await pageWords(story, `/ar${path}`)).toContain('انتقل إلى ذلك الحادث')
  expect(await published(story, `/ar${path}`)).toContain(`href="/ar/incidents/${worse}"`)
  expect(await pageWords(story, '/')).toContain('The API is slow')
  expect(await pageWords(story, '/history')).toContain('The API is slow')
})

it('stands in the JSON twins and the feeds, in the shapes that they have', async () => {
  const { recent_incidents: recent } = await publishedJson(story, '/status.json')
  expect(recent.find(({ id }: { id: string }) => id === part)).toMatchObject({ status: 'resolved', merged_into: worse })
  const twin = await publishedJson(story, `/api/v2/incidents/${part}.json`)
  expect(twin.incident).toMatchObject({ status: 'resolved', incident_updates: [{ status: 'resolved' }, {}] })
  expect(twin.incident.incident_updates[0].deliver_notifications).toBe(false)
  const feed = await publishedJson(story, '/feed.json')
  expect(feed.items.map(({ title }: { title: string }) => title)).toContain('The API is slow: Part of another incident')
})

it('tells nobody anything twice: the next word on the other reaches whoever followed either, once', async () => {
  expect(smtp.received).toHaveLength(0)
  await story.api('POST', `/incidents/${worse}/updates`, { body: 'The cause is known.' })
  const mails = await smtp.waitFor(2)
  expect(mails.flatMap(({ to }) => to).toSorted()).toEqual(['lena@customer.example', 'mark@customer.example'])
  const [lena] = await story.db.select().from(subscribers).where(eq(subscribers.id, follower))
  expect(lena!.followedIncidentIds).toEqual([part, worse])
})

it('is on both timelines, and undone by reopening', async () => {
  const lines = async (id: string) =>
    (await story.api('GET', `/incidents/${id}/timeline`)).body.data.map(({ text }: { text: string }) => text)
  expect(await lines(part)).toContain(`Merged into “Sign-in fails” (${worse}).`)
  expect(await lines(worse)).toContain(`“The API is slow” (${part}) was merged into this; what it held is held here.`)
  await story.api('POST', `${path}/reopening`, { body: 'It was another matter.' })
  expect(await incident(part)).toMatchObject({ status: 'investigating', merged_into: null })
  await soon(async () => expect(await pageWords(story, path)).toContain('It was another matter.'))
  expect(await pageWords(story, path)).not.toContain('We tell about it there.')
})

it('two incidents that are merged into each other at once end in one', async () => {
  const [one, other] = [await open('One', 'SEV3', []), await open('Other', 'SEV3', [])]
  const answers = await Promise.all([merge(one, other), merge(other, one)])
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409])
})
