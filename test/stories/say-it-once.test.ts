import { expect, it } from 'vitest'
import { newId } from '../../db/ids.ts'
import { subscribers } from '../../db/schema.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { soon } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const story = await startStory(carriedBy(smtp, twilio))

/** Somebody outside who has confirmed already. */
const follow = (channel: 'email' | 'sms', address: string) =>
  story.db.insert(subscribers).values({
    id: newId(),
    channel,
    address,
    addressKey: address,
    state: 'active',
    confirmedAt: new Date('2026-01-01T00:00:00Z'),
  })

const page = async (path: string) => (await story.visit(path)).text()

it('one post reaches the page, a mailbox, a phone and a feed', async () => {
  await follow('email', 'lena@customer.example')
  await follow('sms', '+4915112345670')
  const login = (await story.api('POST', '/components', { name: 'Login' })).body
  const opened = await story.api('POST', '/incidents', {
    title: 'Sign-in fails for most customers',
    severity: 'SEV1',
    body: 'Some customers cannot sign in. We are looking into it.',
    components: [{ id: login.id }],
  })
  expect(opened.status).toBe(201)
  expect(opened.body.updates).toHaveLength(1)

  const [mail] = await smtp.waitFor(1)
  expect(mail!.to).toEqual(['lena@customer.example'])
  expect(mail!.mail.subject).toBe('Sign-in fails for most customers (Northwind Cloud)')
  expect(mail!.mail.text).toContain('Some customers cannot sign in.')
  const [text] = await twilio.waitFor(1)
  expect(text!.to).toBe('+4915112345670')
  expect(text!.body).toContain('SEV1')

  await soon(async () => expect(await page('/')).toContain('Sign-in fails for most customers'))
  expect(await page(`/incidents/${opened.body.id}`)).toContain('Some customers cannot sign in.')
  expect(await page('/history.rss')).toContain('Sign-in fails for most customers')
  const status = JSON.parse(await page('/status.json'))
  expect(status.incidents[0]).toMatchObject({ id: opened.body.id, severity: 'SEV1', overdue: false })
  const summary = JSON.parse(await page('/api/v2/summary.json'))
  expect(summary.status).toEqual({ indicator: 'critical', description: 'Major Service Outage' })
  expect(summary.components[0]).toMatchObject({ name: 'Login', status: 'major_outage' })
})
