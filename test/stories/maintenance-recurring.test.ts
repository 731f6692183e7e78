import { expect, it } from 'vitest'
import { DAY, HOUR, plus } from '../../api/domain/duration.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { follow, soon } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const story = await startStory(carriedBy(smtp, twilio))
await follow(story, 'email', 'lena@customer.example')
const begin = new Date('2026-10-20T00:30:00.000Z')
await story.clock.set(plus(begin, -2 * DAY))
interface Occurrence {
  id: string
  status: string
  scheduled_for: string
  series_id: string
  sequence: number
  updates: { step: string; announcement_id: string | null }[]
}
const plan = (more: object = {}) =>
  story.api('POST', '/maintenances', {
    title: 'Weekly restart',
    body: 'We restart the queue.',
    scheduled_for: begin.toISOString(),
    scheduled_until: plus(begin, HOUR).toISOString(),
    rrule: 'FREQ=WEEKLY;BYDAY=TU',
    time_zone: 'Europe/Berlin',
    reminders: ['-PT1H'],
    ...more,
  })
const list = async (query = 'state=upcoming'): Promise<Occurrence[]> =>
  (await story.api('GET', `/maintenances?${query}`)).body.data.toReversed()
const stepsOf = ({ updates }: Occurrence) =>
  updates.map(({ step, announcement_id }) => `${step}${announcement_id ? ' !' : ''}`).reverse()

it('refuses a rule that cannot be kept, by its field', async () => {
  for (const rrule of ['FREQ=HOURLY', 'every Tuesday', 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30']) {
    const refused = await plan({ rrule })
    expect(refused.status).toBe(422)
    expect(refused.body.errors).toEqual([{ field: 'rrule', code: 'invalid', message: expect.stringMatching(/\w/) }])
  }
})

it('plans the weeks ahead at the same time of day in its zone, and announces the first only', async () => {
  const first = await plan()
  expect(first.status).toBe(201)
  await soon(async () => expect(await list()).toHaveLength(5))
  const all = await list()
  expect(all.map(({ scheduled_for }) => scheduled_for)).toEqual([
    '2026-10-20T00:30:00.000Z',
    '2026-10-27T01:30:00.000Z',
    '2026-11-03T01:30:00.000Z',
    '2026-11-10T01:30:00.000Z',
    '2026-11-17T01:30:00.000Z',
  ])
  expect(new Set(all.map(({ series_id }) => series_id))).toEqual(new Set([first.body.id]))
  expect(all.map(stepsOf)).toEqual([['planned !'], ['planned'], ['planned'], ['planned'], ['planned']])
  await smtp.waitFor(1)
})

it('runs each occurrence by itself, and plans another', async () => {
  await story.clock.set(plus(begin, 7 * DAY))
  await story.later(0)
  await soon(async () => expect(await list('state=past')).toHaveLength(1))
  await soon(async () => expect((await list()).map(stepsOf)[0]).toEqual(['planned', 'reminder !']))
  await soon(async () => expect(await list()).toHaveLength(5))
  await smtp.waitFor(3)
})

it('is called off as a whole with one word, and never planned again', async () => {
  const [next] = await list()
  const cancelled = await story.api('POST', `/maintenances/${next!.id}/cancel`, {
    body: 'The queue needs no restart any more.',
    whole_series: true,
  })
  expect(cancelled.status).toBe(200)
  expect(cancelled.body).toMatchObject({ status: 'cancelled', sequence: 1, rrule: expect.stringMatching(/;UNTIL=/) })
  expect(await list()).toEqual([])
  await smtp.waitFor(4)
  await story.later(60 * DAY)
  await story.later(HOUR)
  expect(await list()).toEqual([])
  const past = await list('state=past')
  expect(past.filter(({ updates }) => updates.some(({ step }) => step === 'cancelled'))).toHaveLength(5)
  expect(smtp.received).toHaveLength(4)
})

it('refuses what does not follow, and who looked at something older', async () => {
  const one = await plan({
    rrule: null,
    scheduled_for: '2027-03-01T00:00:00Z',
    scheduled_until: '2027-03-01T01:00:00Z',
  })
  const path = `/maintenances/${one.body.id}`
  const stale = { headers: { 'if-match': one.headers.get('etag')! } }
  const changed = await story.api('PATCH', path, { title: 'Once' }, stale)
  expect(changed.status).toBe(200)
  expect(changed.headers.get('etag')).not.toBe(one.headers.get('etag'))
  expect((await story.api('PATCH', path, { title: 'Twice' }, stale)).status).toBe(412)
  expect((await story.api('POST', `${path}/cancel`, { body: 'x' }, stale)).status).toBe(412)
  expect((await story.api('POST', `${path}/updates`, { body: 'x', status: 'completed' })).status).toBe(409)
  expect((await story.api('POST', `${path}/cancel`, { body: 'Not needed.' })).status).toBe(200)
  expect(
    (await story.api('POST', `${path}/extend`, { body: 'x', scheduled_until: '2028-01-01T00:00:00Z' })).status,
  ).toBe(409)
  const viewer = { key: await story.key('viewer') }
  expect((await story.api('POST', '/maintenances', {}, viewer)).status).toBe(403)
  expect((await story.api('GET', path, undefined, viewer)).body.status).toBe('cancelled')
})
