import { expect, it } from 'vitest'
import { HOUR, MINUTE } from '../../api/domain/duration.ts'
import { wordsOf } from '../support/forms.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { signIn, soon, staff } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const story = await startStory(carriedBy(smtp, twilio))
const ada = await staff(story, 'commander', 'Ada', '+4915112340001')
const boss = await staff(story, 'admin', 'Bea', '+4915112340003')

await story.clock.set(new Date('2026-11-12T07:30:00.000Z'))
const { body: policy } = await story.api('GET', '/cadence')
await story.api('PUT', '/cadence', { ...policy, time_zone: 'Europe/Berlin' })
const open = async (given: object) =>
  (
    await story.api('POST', '/incidents', {
      title: 'Slow charts',
      severity: 'SEV4',
      body: 'Charts are slow.',
      ...given,
    })
  ).body
const alerts = async (id: string): Promise<{ rung: string }[]> =>
  (await story.api('GET', `/incidents/${id}/alerts`)).body.data
const rungs = async (id: string) => (await alerts(id)).map(({ rung }) => rung)
const mails = () => smtp.received.map(({ to, mail }) => [to[0], mail.subject])
const { id } = await open({ commander_id: ada.id })

it('a SEV4 that promises nothing is reminded of at nine where the company is, once a day, by mail to its commander', async () => {
  await story.later(29 * MINUTE)
  await story.later(2 * MINUTE)
  await soon(() => expect(mails()).toEqual([[ada.email, 'Still open: SEV4 Slow charts']]))
  const { text } = smtp.received[0]!.mail
  expect(text).toMatch(
    /^SEV4 Slow charts has been open since 07:30 UTC, and no update is promised\.\nCommander: Ada\.\n/,
  )
  expect(text).toContain('Last said at 07:30 UTC: Charts are slow.')
  expect(text).toContain(`/console/incidents/${id}`)
  await story.later(3 * HOUR)
  await story.later(20 * HOUR + 58 * MINUTE)
  expect(mails()).toHaveLength(1)
  await story.later(2 * MINUTE)
  await soon(() => expect(mails()).toHaveLength(2))
  expect(await rungs(id)).toEqual(['daily_2026-11-13', 'daily_2026-11-12'])
  expect(twilio.sent).toEqual([])
})

it('the room says when the next one comes, and to whom', async () => {
  const cookie = await signIn(story, ada.email)
  const room = await story.visit(`/console/incidents/${id}`, { headers: { cookie } })
  const words = wordsOf(await room.text())
  expect(words).toMatch(/Sat 14 Nov, 08:00 Email to Ada daily reminder/)
  expect(words).toContain('Ada daily reminder · 1 taken by carriers')
})

it('where nobody commands the fallback is told, and after days of downtime once, of the latest', async () => {
  const { id: unled } = await open({ title: 'Odd colours' })
  await story.later(72 * HOUR)
  await soon(async () => expect(await rungs(unled)).toEqual(['daily_2026-11-16']))
  await soon(() => expect(mails()).toContainEqual([boss.email, 'Still open: SEV4 Odd colours']))
  expect((await rungs(id)).length).toBe(3)
})

it('ends with the resolution, and gives way to the ladder of a promise', async () => {
  const before = await rungs(id)
  await story.api('POST', `/incidents/${id}/updates`, { body: 'We work on it.', next_update_in: 'PT26H' })
  await story.later(25 * HOUR)
  await soon(async () => expect((await rungs(id))[0]).toBe('reminder'))
  await story.api('POST', `/incidents/${id}/updates`, { body: 'Fast again.', status: 'resolved' })
  await story.later(48 * HOUR)
  await soon(async () => expect(await rungs(id)).toEqual(['reminder', ...before]))
})
