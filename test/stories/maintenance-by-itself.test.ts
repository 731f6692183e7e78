import { expect, it } from 'vitest'
import { DAY, HOUR, plus } from '../../api/domain/duration.ts'
import { announcements } from '../../db/schema.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { follow, pageWords, publishedJson, secondService, soon } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const carriers = carriedBy(smtp, twilio)
const story = await startStory(carriers)
/** A second service on the same database: whatever the clock does, both try to. */
await secondService(story, carriers)
await follow(story, 'email', 'lena@customer.example')
await story.clock.set(new Date('2026-11-12T14:00:00.000Z'))
const key = await story.key('responder')
const post = (path: string, body: unknown) => story.api('POST', path, body, { key })
const storage = (await story.api('POST', '/components', { name: 'Storage EU' })).body.id
const begin = new Date('2026-11-17T02:00:00.000Z')
const end = new Date('2026-11-17T04:00:00.000Z')

const planned = await post('/maintenances', {
  title: 'Storage upgrade',
  body: 'We replace disks. Uploads pause for a few minutes.',
  components: [storage],
  scheduled_for: begin.toISOString(),
  scheduled_until: end.toISOString(),
})
const id: string = planned.body.id
const page = `/maintenance/${id}`
const read = async () => (await story.api('GET', `/maintenances/${id}`)).body
const steps = async () => (await read()).updates.map(({ step }: { step: string }) => step).reverse()
const shown = async () => (await story.api('GET', `/components/${storage}`)).body.status
const goTo = async (at: Date) => story.later(at.getTime() - (await story.clock.now()).getTime())
/** Waits until `step` is on record and its mail has come; then nothing else has. */
async function comes(step: string, all: string[]) {
  await soon(async () => expect((await steps()).at(-1)).toBe(step))
  expect(await steps()).toEqual(all)
  await smtp.waitFor(all.length)
  expect(smtp.received).toHaveLength(all.length)
  expect(await story.db.$count(announcements)).toBe(all.length)
}

it('is announced and shown when it is planned', async () => {
  expect(planned.status).toBe(201)
  expect(planned.body).toMatchObject({
    status: 'scheduled',
    components: [storage],
    reminders: ['-PT24H', '-PT1H'],
    url: `${story.url}/maintenance/${id}`,
    short_url: `${story.url}/m/${id}`,
  })
  await comes('planned', ['planned'])
  await soon(async () => expect(await pageWords(story, page)).toContain('Storage upgrade'))
  await soon(async () => expect(await pageWords(story, '/maintenance')).toContain('Storage upgrade'))
})

it('reminds a day and an hour before', async () => {
  await goTo(plus(begin, -DAY))
  await comes('reminder', ['planned', 'reminder'])
  await goTo(plus(begin, -HOUR))
  await soon(async () => expect(await steps()).toHaveLength(3))
  await comes('reminder', ['planned', 'reminder', 'reminder'])
  expect(await pageWords(story, page)).not.toContain('A reminder')
})

it('begins by itself, and its components show it', async () => {
  await goTo(begin)
  await comes('started', ['planned', 'reminder', 'reminder', 'started'])
  expect(await shown()).toBe('under_maintenance')
  await soon(async () => {
    const file = await publishedJson(story, '/status.json')
    expect(file.components.find((each: { id: string }) => each.id === storage).status).toBe('under_maintenance')
    expect(file.status).toMatchObject({ description: 'Service Under Maintenance' })
  })
})

it('is put off with a word, and ends by itself at its new end', async () => {
  const later = plus(end, HOUR)
  await goTo(plus(end, -HOUR / 4))
  const extended = await post(`/maintenances/${id}/extend`, { scheduled_until: later, body: 'A disk is slow.' })
  expect(extended.status).toBe(200)
  expect(extended.body.sequence).toBe(1)
  await comes('extended', ['planned', 'reminder', 'reminder', 'started', 'extended'])
  await goTo(later)
  await comes('completed', ['planned', 'reminder', 'reminder', 'started', 'extended', 'completed'])
  expect(await shown()).toBe('operational')
  expect(await read()).toMatchObject({ started_at: begin.toISOString(), ended_at: later.toISOString() })
  await soon(async () => expect(await pageWords(story, page)).toContain('The planned work is complete.'))
  await soon(async () => {
    const file = await publishedJson(story, '/status.json')
    expect(file.status).toMatchObject({ description: 'All Systems Operational' })
  })
})
