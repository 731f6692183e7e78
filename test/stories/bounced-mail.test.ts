import { eq } from 'drizzle-orm'
import { createTransport } from 'nodemailer'
import { expect, it } from 'vitest'
import { readConfig } from '../../api/config.ts'
import { signedToken } from '../../api/domain/signature.ts'
import { silentLog } from '../../api/log.ts'
import { startService } from '../../api/service.ts'
import { deliveries, subscribers } from '../../db/schema.ts'
import { freePort } from '../support/port.ts'
import { BOUNCE_DOMAIN, returnedMail } from '../support/returns.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { headersOf, testSmtp } from '../support/smtp.ts'
import { follow, soon } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const bouncePort = await freePort()
const story = await startStory({
  ...carriedBy(smtp, twilio),
  BOUNCE_DOMAIN,
  BOUNCE_SMTP_PORT: String(bouncePort),
  INBOUND_MAIL_KEY: 'the key of inbound mail',
})

const declare = () => story.api('POST', '/incidents', { title: 'It fails', severity: 'SEV3', body: 'It fails.' })
const mailsTo = (address: string) => smtp.received.filter(({ to }) => to.includes(address))
const sentTo = async (address: string) => {
  const rows = await story.db.select().from(deliveries).where(eq(deliveries.address, address))
  return rows.map(({ state }) => state)
}

/** A mail server elsewhere returns a message to the sender that it came from. */
async function bounceTo(envelopeFrom: string, sample = 'postfix-unknown-user') {
  const transport = createTransport({ host: '127.0.0.1', port: bouncePort, ignoreTLS: true })
  const id = /\+([a-z0-9]{12})@/.exec(envelopeFrom)![1]!
  const answer = await transport.sendMail({ envelope: { from: '', to: [envelopeFrom] }, raw: returnedMail(sample, id) })
  transport.close()
  return answer.response
}

it('a mail that comes back by SMTP shows on its delivery, and its address is given up', async () => {
  await follow(story, 'email', 'gone@example.com')
  await follow(story, 'email', 'there@example.com')
  await declare()
  await soon(() => expect(smtp.received).toHaveLength(2))
  await soon(async () => expect(await sentTo('gone@example.com')).toEqual(['accepted']))
  const [mail] = mailsTo('gone@example.com')
  expect(mail!.from).toMatch(new RegExp(`^bounce\\+[a-z0-9]{12}@${BOUNCE_DOMAIN}$`))
  expect(await bounceTo(mail!.from)).toMatch(/^250/)
  expect(await sentTo('gone@example.com')).toEqual(['bounced'])
  expect(await sentTo('there@example.com')).toEqual(['accepted'])
  expect(story.logged.join('')).not.toMatch(/gone@example\.com|ada@example\.com/)
})

it('an address that was given up hears nothing more: no update, and no request to confirm', async () => {
  await declare()
  await soon(async () => expect((await sentTo('gone@example.com')).toSorted()).toEqual(['bounced', 'suppressed']))
  for (const address of ['gone@example.com', 'new@example.com'])
    expect((await story.api('POST', '/subscriptions', { channel: 'email', address })).status).toBe(202)
  await soon(() => expect(mailsTo('new@example.com')).toHaveLength(1))
  expect(mailsTo('gone@example.com')).toHaveLength(1)
})

it('a mail to the address of List-Unsubscribe ends the subscription that its subject names, and no other', async () => {
  const id = await follow(story, 'email', 'leaving@example.com')
  const write = async (subject: string) => {
    const transport = createTransport({ host: '127.0.0.1', port: bouncePort, ignoreTLS: true })
    await transport.sendMail({ from: 'leaving@example.com', to: `leave@${BOUNCE_DOMAIN}`, subject, text: '' })
    transport.close()
  }
  const stateOf = async () => (await story.db.select().from(subscribers).where(eq(subscribers.id, id)))[0]!.state
  await write(signedToken('unsubscribe', id, ['somebody else’s secret']))
  await write(`Re: ${id}`)
  expect(await stateOf()).toBe('active')
  await declare()
  await soon(() => expect(mailsTo('leaving@example.com')).toHaveLength(1))
  await write(/token=([\w.-]+)/.exec(headersOf(mailsTo('leaving@example.com')[0]!, 'list-unsubscribe')[0]!)![1]!)
  expect(await stateOf()).toBe('ended')
  expect(story.logged.join('')).not.toContain('leaving@example.com')
})

it('the same by the hook, with its key', async () => {
  await follow(story, 'email', 'spam@example.com')
  await declare()
  await soon(async () => expect(await sentTo('spam@example.com')).toEqual(['accepted']))
  const id = /\+([a-z0-9]{12})@/.exec(mailsTo('spam@example.com')[0]!.from)![1]!
  const hook = (key: string) =>
    story.visit(`/hooks/email/mime?key=${encodeURIComponent(key)}`, {
      method: 'POST',
      body: returnedMail('arf-abuse', id),
    })
  expect((await hook('guess')).status).toBe(403)
  expect((await hook('the key of inbound mail')).status).toBe(202)
  expect(story.logged.join('')).not.toContain('the key of inbound mail')
})

it('a port of bounces that is taken is named, and nothing starts', async () => {
  const config = readConfig({
    PORT: String(await freePort()),
    DATA_DIR: story.folder,
    SECRET: 'a secret for tests, long enough to be one',
    BOUNCE_DOMAIN,
    BOUNCE_SMTP_PORT: String(bouncePort),
  })
  const starting = startService(config, { log: silentLog(), database: { ...story, close: async () => {} } })
  await expect(starting).rejects.toThrow(`BOUNCE_SMTP_PORT: ${bouncePort} cannot be used: another program has it`)
})
