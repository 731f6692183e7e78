import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { deliveries } from '../../db/schema.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { follow, soon } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const story = await startStory(carriedBy(smtp, twilio))
const textsTo = (address: string) => twilio.sent.filter(({ to }) => to === address)
let readers = 0

it.each([
  [['sent', 'delivered', 'queued'], 'delivered'],
  [['delivered', 'sent', 'sending', 'queued'], 'delivered'],
  [['queued', 'undelivered', 'sent', 'delivered'], 'failed'],
  [['delivered', 'delivered', 'undelivered'], 'delivered'],
])('ends in the same place when news come as %j', async (news, end) => {
  const number = `+49151123457${10 + readers++}`
  await follow(story, 'sms', number)
  await story.api('POST', '/incidents', { title: 'It fails', severity: 'SEV3', body: 'It fails.' })
  await soon(() => expect(textsTo(number)).toHaveLength(1))
  const own = async () => {
    const rows = await story.db.select().from(deliveries).where(eq(deliveries.address, number))
    return rows[0]!
  }
  await soon(async () => expect((await own()).state).toBe('accepted'))
  for (const status of news) {
    const extra: Record<string, string> = status === 'undelivered' ? { ErrorCode: '30006' } : {}
    const { url, params, signature } = twilio.statusCallback(textsTo(number)[0]!, status, extra)
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature }
    const told = await fetch(url, { method: 'POST', headers, body: new URLSearchParams(params) })
    expect(told.status).toBe(202)
    const forged = await fetch(url, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ ...params, MessageStatus: 'failed' }),
    })
    expect(forged.status).toBe(403)
  }
  expect((await own()).state).toBe(end)
})
