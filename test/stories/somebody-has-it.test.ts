import { expect, it } from 'vitest'
import { MINUTE } from '../../api/domain/duration.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { askForNoBriefings, pageWords, soon, staff } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const story = await startStory(carriedBy(smtp, twilio))
const ada = await staff(story, 'commander', 'Ada', '+4915112340001')
const dan = await staff(story, 'responder', 'Dan', '+4915112340002')
const boss = await staff(story, 'admin', 'Bea', '+4915112340003')
await askForNoBriefings(story)
const keys = { ada: await story.key('commander', ada.id), dan: await story.key('responder', dan.id) }

await story.clock.set(new Date('2026-11-12T14:00:00.000Z'))
const words = { title: 'Sign-in fails', severity: 'SEV1', body: 'It fails.', commander_id: ada.id }
const { id } = (await story.api('POST', '/incidents', words)).body
const incident = async () => (await story.api('GET', `/incidents/${id}`)).body
const alerts = async (): Promise<{ rung: string; state: string; late_by: string | null }[]> =>
  (await story.api('GET', `/incidents/${id}/alerts`)).body.data
const states = async () => Object.fromEntries((await alerts()).map(({ rung, state }) => [rung, state]))
const heard = () => twilio.sent.map(({ to, body }) => [to, /LATE/.test(body) ? 'late' : 'due'])

it('"I have it" holds the next rungs, while the page says as ever that the update is late', async () => {
  await story.later(10 * MINUTE)
  const taken = await story.api('POST', `/incidents/${id}/acknowledgements`, { for: 'PT12M' }, { key: keys.dan })
  expect(taken).toMatchObject({ status: 201, body: { by: dan.id, until: '2026-11-12T14:22:00.000Z' } })
  await story.later(5.1 * MINUTE)
  await soon(async () => expect(await states()).toEqual({ due: 'acknowledged' }))
  await soon(async () => expect(await pageWords(story, '/')).toContain('is late'))
  expect(await pageWords(story, '/')).not.toContain('has been alerted')
  expect(await incident()).toMatchObject({ overdue: true, next_update_due_at: '2026-11-12T14:15:00.000Z' })
})

it('a snooze is for the commander, with a reason, and no longer than the cadence allows', async () => {
  const snooze = (key: string, body: object) => story.api('POST', `/incidents/${id}/snoozes`, body, { key })
  await story.later(1000)
  const asked = { for: 'PT5M', reason: 'On the phone with the provider' }
  expect((await snooze(keys.dan, asked)).status).toBe(403)
  expect((await snooze(keys.ada, { for: 'PT5M' })).body.errors).toMatchObject([{ field: 'reason' }])
  expect((await snooze(keys.ada, { ...asked, for: 'PT20M' })).body).toMatchObject({
    status: 422,
    errors: [{ field: 'for', code: 'snooze_exceeded' }],
  })
  const quiet = await snooze(keys.ada, asked)
  expect(quiet).toMatchObject({ status: 201, body: { by: ada.id, until: '2026-11-12T14:20:07.000Z' } })
  expect(quiet.body).toMatchObject({ id: expect.stringMatching(/^[a-z0-9]{12}$/), reason: asked.reason })
  const { body } = await story.api('GET', `/incidents/${id}/timeline`)
  expect(body.data[0]).toMatchObject({ by: ada.id, text: `Alerts snoozed until 14:20 UTC: ${asked.reason}` })
})

it('when nobody has spoken at the end of it, the present stage is told once, and says how late it is', async () => {
  await story.later(5 * MINUTE)
  await soon(async () => expect(await states()).toMatchObject({ deputy: 'acknowledged' }))
  expect(heard()).toEqual([])
  await story.later(2 * MINUTE)
  await soon(() => expect(heard()).toEqual([[boss.phone, 'late']]))
  expect(twilio.sent.at(-1)!.body).toContain('promised 14:15 UTC, 7 min ago')
  expect(await states()).toEqual({ due: 'acknowledged', deputy: 'alerted' })
  expect((await alerts()).find(({ rung }) => rung === 'deputy')!.late_by).toMatch(/^PT2M/)
  await soon(async () => expect(await pageWords(story, '/')).toContain('has been alerted'))
})

it('an update ends whatever was held: its own promise is watched from the first rung', async () => {
  await story.api('POST', `/incidents/${id}/acknowledgements`, { for: 'PT15M' }, { key: keys.dan })
  await story.api('POST', `/incidents/${id}/updates`, { body: 'We found it.', status: 'identified' })
  await story.later(12 * MINUTE)
  await soon(() => expect(heard().at(-1)).toEqual([ada.phone, 'due']))
  expect(heard()).toHaveLength(2)
})
