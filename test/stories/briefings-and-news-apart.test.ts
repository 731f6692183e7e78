import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { MINUTE } from '../../api/domain/duration.ts'
import { deliveries } from '../../db/schema.ts'
import { BRIEFING } from '../support/briefings.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { follow, pageWords, soon, staff } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const story = await startStory(carriedBy(smtp, await testTwilio()))
const priya = await staff(story, 'commander', 'Priya')
const ana = await staff(story, 'executive', 'Ana')
const lena = 'lena@customer.example'
await follow(story, 'email', lena)
await story.api('PUT', '/briefing-rules', [{ to: [ana.id] }])

const opened = { title: 'Sign-in fails', severity: 'SEV1', body: 'Some cannot sign in.', commander_id: priya.id }
const { id } = (await story.api('POST', '/incidents', opened)).body
const mailsTo = (address: string) =>
  smtp.received.filter(({ to }) => to.includes(address)).map(({ mail }) => mail.text!)
const hears = (address: string, words: string) =>
  soon(() => expect(mailsTo(address).some((text) => text.includes(words))).toBe(true))
const refuse = (refused: (to: string | null) => boolean) => {
  smtp.temper = (step, to) => (step === 'rcpt' && refused(to) ? { code: 451, message: '4.7.1 Try again later' } : null)
}

/** So many have been put off, by the clock as it stands: what is under way still would wait from a later time on. */
const putOff = (messages: number) =>
  soon(async () => expect(await story.db.$count(deliveries, eq(deliveries.state, 'failed_for_now'))).toBe(messages))

/** One submit that carries both. */
async function sayBoth(body: string, headline: string): Promise<void> {
  const { status } = await story.api('POST', `/incidents/${id}/updates`, { body, briefing: { ...BRIEFING, headline } })
  expect(status).toBe(201)
}

it('customers hear the news while the mail server refuses every executive, who are briefed once it does not', async () => {
  refuse((to) => to === ana.email)
  await sayBoth('The EU is back.', 'Europe works again.')
  await hears(lena, 'The EU is back.')
  await soon(async () => expect(await pageWords(story, `/incidents/${id}`)).toContain('The EU is back.'))
  await putOff(1)
  expect(mailsTo(ana.email)).toEqual([])
  refuse(() => false)
  await story.later(10 * MINUTE)
  await hears(ana.email, 'Europe works again.')
})

it('executives are briefed while it refuses every customer, who hear the news once it does not', async () => {
  refuse((to) => to === lena)
  await sayBoth('The US is back.', 'America works again.')
  await hears(ana.email, 'America works again.')
  expect(mailsTo(lena).some((text) => text.includes('The US is back.'))).toBe(false)
  await soon(async () => expect(await pageWords(story, `/incidents/${id}`)).toContain('The US is back.'))
  await putOff(1)
  refuse(() => false)
  await story.later(10 * MINUTE)
  await hears(lena, 'The US is back.')
})

it('neither is lost while it refuses everybody', async () => {
  refuse(() => true)
  await sayBoth('Asia is back.', 'Asia works again.')
  await soon(async () => expect(await pageWords(story, `/incidents/${id}`)).toContain('Asia is back.'))
  await putOff(2)
  refuse(() => false)
  await story.later(10 * MINUTE)
  await hears(lena, 'Asia is back.')
  await hears(ana.email, 'Asia works again.')
})
