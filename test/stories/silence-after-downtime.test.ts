import { expect, it } from 'vitest'
import { HOUR } from '../../api/domain/duration.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { askForNoBriefings, secondService, soon, staff } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const carriers = carriedBy(smtp, twilio)
const story = await startStory(carriers)
await askForNoBriefings(story)
const boss = await staff(story, 'admin', 'Bea', '+4915112340003')
const key = await story.key('viewer')

it('tells after two hours of downtime one alert that says how late, not one for each missed rung', async () => {
  const opened = await story.api('POST', '/incidents', {
    title: 'Sign-in fails',
    severity: 'SEV1',
    body: 'Some customers cannot sign in.',
    commander_id: boss.id,
  })
  await story.service.stop()
  await story.clock.advance(2 * HOUR)
  const url = await secondService(story, carriers)
  const alerts = async () => {
    const headers = { authorization: `Bearer ${key}` }
    return (await (await fetch(`${url}/api/v1/incidents/${opened.body.id}/alerts`, { headers })).json()).data
  }
  // The commander has commanded for two hours as well, which is told beside it.
  await smtp.waitFor(2)
  await twilio.waitFor(2)
  const mails = smtp.received.toSorted((a, b) => (a.mail.subject! < b.mail.subject! ? -1 : 1))
  expect(mails.map(({ mail }) => mail.subject)).toEqual(['Hand over: SEV1 Sign-in fails', 'Late: SEV1 Sign-in fails'])
  expect(mails[1]!.mail.text).toContain('105 min ago')
  expect(twilio.sent.filter(({ body }) => body.includes('105 min ago'))).toHaveLength(1)
  await soon(async () => expect(await alerts()).toMatchObject([{ rung: 'sponsor', late_by: /^PT1H30M/ }].map(late)))
  const headers = { authorization: `Bearer ${key}` }
  const page = async () => (await fetch(`${url}/`, { headers })).text()
  await soon(async () => expect(await page()).toContain('has been alerted'))
  expect(smtp.received.map(({ to }) => to)).toEqual([[boss.email], [boss.email]])
  expect(twilio.sent).toHaveLength(2)
})

const late = ({ rung, late_by }: { rung: string; late_by: RegExp }) => ({
  rung,
  state: 'alerted',
  late_by: expect.stringMatching(late_by),
})
