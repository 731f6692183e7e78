import { expect, it } from 'vitest'
import { MINUTE } from '../../api/domain/duration.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { soon, staff } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const story = await startStory(carriedBy(smtp, twilio))
const ada = await staff(story, 'commander', 'Ada', '+4915112340001')
const bea = await staff(story, 'commander', 'Bea', '+4915112340002')
await story.clock.set(new Date('2026-11-12T14:00:00.000Z'))
const declared = await story.api('POST', '/incidents', {
  title: 'Charts load slowly',
  severity: 'SEV4',
  body: 'Charts load slowly.',
  commander_id: ada.id,
})
const { id } = declared.body
// What promises nothing tires nobody: this one has its clock.
await story.api('POST', `/incidents/${id}/updates`, { body: 'Still slow.', next_update_in: 'PT6H' })

const textsTo = (phone: string | null) => twilio.sent.filter(({ to }) => to === phone).map(({ body }) => body)
const mailsTo = (email: string) => smtp.received.filter(({ to }) => to.includes(email)).map(({ mail }) => mail)

it('whoever has commanded for an hour is reminded to hand over, once, by SMS and mail', async () => {
  await story.later(61 * MINUTE)
  await soon(() => expect(textsTo(ada.phone)).toHaveLength(1))
  expect(textsTo(ada.phone)[0]).toMatch(
    /^Sitrep: you have commanded SEV4 Charts load slowly for 61 min\. Hand it over: http\S+\/console\/incidents\/\w+$/,
  )
  await soon(() => expect(mailsTo(ada.email)).toHaveLength(1))
  expect(mailsTo(ada.email)[0]).toMatchObject({
    subject: 'Hand over: SEV4 Charts load slowly',
    text: expect.stringContaining('since 14:00 UTC, for 61 min'),
  })
})

it('whoever the command goes to has the note by SMS and mail a moment later', async () => {
  const note = 'The cache is being warmed, region by region. Marek watches.'
  const handed = await story.api('POST', `/incidents/${id}/handover`, { to_person_id: bea.id, note })
  expect(handed.status).toBe(201)
  await soon(() => expect(textsTo(bea.phone)).toHaveLength(1))
  expect(textsTo(bea.phone)[0]).toMatch(
    /^Sitrep: you command SEV4 Charts load slowly, update due 20:00 UTC\. Command from Ada to Bea: The cache is being warmed, region by region\. Marek watches\. http\S+$/,
  )
  await soon(() => expect(mailsTo(bea.email)).toHaveLength(1))
  expect(mailsTo(bea.email)[0]).toMatchObject({
    subject: 'You command: SEV4 Charts load slowly',
    text: expect.stringContaining(note),
    html: expect.stringContaining(note),
  })
  expect((await story.api('GET', `/incidents/${id}`)).body.commander_id).toBe(bea.id)
  expect(textsTo(ada.phone)).toHaveLength(1)
})

it('an alert after it says who commands, and after whom, so that the right one is asked', async () => {
  await story.later(305 * MINUTE)
  await soon(() =>
    expect(mailsTo(bea.email).map(({ text }) => text)).toContainEqual(
      expect.stringContaining('Commander: Bea, after Ada.'),
    ),
  )
})
