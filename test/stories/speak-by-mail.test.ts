import { generateKeyPairSync } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { createTransport } from 'nodemailer'
import { expect, it } from 'vitest'
import { timelineEntries } from '../../db/schema.ts'
import { somePerson } from '../support/acting.ts'
import { changesNothing, codeIn, nearlyDue, updatesOf } from '../support/answering.ts'
import { testNameServer } from '../support/name-server.ts'
import { freePort } from '../support/port.ts'
import { BOUNCE_DOMAIN } from '../support/returns.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { headersOf, type ReceivedMail, testSmtp } from '../support/smtp.ts'
import { soon } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const DOMAIN = 'northwind.example'
const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})
const record = `v=DKIM1; k=rsa; p=${publicKey.replace(/-----[^-]+-----|\s/g, '')}`
const names = await testNameServer({
  [`s1._domainkey.${DOMAIN}`]: { txt: record },
  [`s1._domainkey.mail.${DOMAIN}`]: { txt: record },
  's1._domainkey.evil.example': { txt: record },
  [`s1._domainkey.away.${DOMAIN}`]: { untold: true },
})
const smtp = await testSmtp()
const port = await freePort()
const KEY = 'the key of inbound mail'
const settings = { BOUNCE_DOMAIN, BOUNCE_SMTP_PORT: String(port), INBOUND_MAIL_KEY: KEY }
const story = await startStory({ ...carriedBy(smtp, await testTwilio()), ...settings }, undefined, [names])
const lee = await somePerson(story.db, 'responder', 'Lee', {
  email: `lee@${DOMAIN}`,
  phone: null,
  timeZone: 'Asia/Tokyo',
})
const vera = await somePerson(story.db, 'viewer', 'Vera', { email: `vera@${DOMAIN}`, phone: null })
await somePerson(story.db, 'responder', 'Ola', { email: 'ola@evil.example', phone: null })

interface Written {
  from: string
  /** The domain that signs; null: nobody. */
  signedBy: string | null
  text: string
  headers: Record<string, string>
  to: string
  envelopeFrom: string
}

let written = 0
const mailOf = ({ to, from, text, headers = {} }: Pick<Written, 'to'> & Partial<Written>) => ({
  from: from ?? `Lee <lee@${DOMAIN}>`,
  to,
  subject: 'Re: Update due',
  text: text ?? 'The EU is back.',
  headers,
  messageId: `<reply-${written++}@${DOMAIN}>`,
})
const signing = (domain: string | null) =>
  domain === null ? {} : { dkim: { domainName: domain, keySelector: 's1', privateKey } }

/** Writes to the receiver as a mail server does; answers what it was told. */
async function write(mail: Pick<Written, 'to'> & Partial<Written>): Promise<string> {
  const { signedBy = DOMAIN, envelopeFrom = `lee@${DOMAIN}` } = mail
  const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true, ...signing(signedBy) })
  const envelope = { from: envelopeFrom, to: [mail.to] }
  const { response } = await transport.sendMail({ ...mailOf(mail), envelope })
  transport.close()
  return response
}

const mailsTo = (address: string) => smtp.received.filter(({ to }) => to.includes(address))

/** An incident whose promise is nearly due, and the mail that alerts its commander. */
async function alerted(commander = lee): Promise<{ id: string; mail: ReceivedMail; replyTo: string; code: string }> {
  const id = await nearlyDue(story, commander)
  const mail = await soon(() => {
    const found = mailsTo(commander.email).find(
      ({ raw, mail }) => mail.text?.includes(id) && raw.includes('Update due'),
    )
    expect(found).toBeDefined()
    return found!
  })
  const code = codeIn(mail.mail.text!)
  return { id, mail, code, replyTo: headersOf(mail, 'reply-to')[0]! }
}

const answersTo = (address: string) =>
  mailsTo(address).filter(({ mail }) => /^(Done|Not done)/.test(mail.subject ?? ''))

/** What somebody is answered by mail. */
async function answered(address: string, act: () => Promise<unknown>): Promise<string> {
  const before = answersTo(address).length
  await act()
  return soon(() => {
    expect(answersTo(address)).toHaveLength(before + 1)
    return answersTo(address)[before]!.mail.text!
  })
}

it('publishes what a responder answers to the mail, and tells them so by mail', async () => {
  const { id, mail, code, replyTo } = await alerted()
  expect(replyTo).toBe(`reply+${code.toLowerCase()}@${BOUNCE_DOMAIN}`)
  expect(mail.mail.html).toContain(`Reply ${code} and your text`)
  const quoted = mail.mail.text!.replace(/^/gm, '> ')
  const text = `The EU is back.\r\nThe US follows.\r\n\r\nOn Thu, 12 Nov 2026 at 15:16, Northwind Status <status@${DOMAIN}> wrote:\r\n\r\n${quoted}`
  const told = await answered(lee.email, async () => expect(await write({ to: replyTo, text })).toMatch(/^250/))
  const [update] = await updatesOf(story, id)
  expect(update).toMatchObject({
    seq: 2,
    body: 'The EU is back.\nThe US follows.',
    author_id: lee.id,
    promise_kept: true,
  })
  expect(told).toMatch(
    /^Sitrep SEV1 Sign-in fails: posted as update 2: "The EU is back\."\. Next update by \d\d:\d\d UTC( on [^.]+)? \(/,
  )
  const rows = await story.db.select().from(timelineEntries).where(eq(timelineEntries.incidentId, id))
  expect(rows).toContainEqual(expect.objectContaining({ text: 'Answered an alert by mail.', personId: lee.id }))
})

it('publishes what a responder answers whatever its wording, and tells them by mail what customers are better off without', async () => {
  const { id, replyTo, code } = await alerted()
  const told = await answered(lee.email, () => write({ to: replyTo, text: `${code} Fixed by 15:00 UTC. Lee.` }))
  expect((await updatesOf(story, id))[0]).toMatchObject({ seq: 2, body: 'Fixed by 15:00 UTC. Lee.' })
  expect(told).toContain('About the wording, should you want to correct it:\n- This says when it will be over.')
})

it.each([
  ['signature', 'It is back.\n\n-- \nLee Fox\n+49 151 1234567'],
  ['phone signature', 'It is back.\n\nSent from my iPhone'],
  ['code in front', 'CODE It is back.'],
  [
    'quote of Outlook',
    'It is back.\n\n________________________________\nFrom: Northwind\nSent: Thursday\nTo: Lee\nSubject: Late\n\nLate',
  ],
])('takes the words alone: %s', async (_what, text) => {
  const { id, replyTo, code } = await alerted()
  await answered(lee.email, () => write({ to: replyTo, text: text.replace('CODE', code) }))
  expect((await updatesOf(story, id))[0]).toMatchObject({ seq: 2, body: 'It is back.' })
})

it('takes a mail to another address of ours by the code in front', async () => {
  const { id, code } = await alerted()
  await answered(lee.email, () => write({ to: `anything@${BOUNCE_DOMAIN}`, text: `${code} SAME` }))
  expect((await updatesOf(story, id))[0]).toMatchObject({ seq: 2, no_change: true })
})

it('takes a mail that its server hands to the hook, and hears it once', async () => {
  const { id, replyTo } = await alerted()
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows', ...signing(DOMAIN) })
  const { message } = await transport.sendMail(mailOf({ to: replyTo }))
  const hook = () =>
    story.visit(`/hooks/email/mime?key=${encodeURIComponent(KEY)}`, { method: 'POST', body: String(message) })
  const told = await answered(lee.email, async () => {
    expect((await hook()).status).toBe(202)
    expect((await hook()).status).toBe(202)
  })
  expect(told).toContain('posted as update 2')
  expect(await updatesOf(story, id)).toHaveLength(2)
})

it('publishes nothing of the alert itself, where a mail program put it between the words', async () => {
  const { id, mail, replyTo } = await alerted()
  const told = await answered(lee.email, () => write({ to: replyTo, text: `It is back.\n\n${mail.mail.text}` }))
  expect(told).toContain('A part of the alert stands in your text')
  expect(await updatesOf(story, id)).toHaveLength(1)
})

it('believes a domain above the one of From, and no signature of anybody else', async () => {
  const { id, replyTo } = await alerted()
  const ola = { to: replyTo, from: 'ola@evil.example' }
  await changesNothing(story, id, async () => {
    await write({ to: replyTo, signedBy: null })
    await write({ to: replyTo, signedBy: 'evil.example' })
    await write({ ...ola, signedBy: DOMAIN })
    await write({ to: replyTo, signedBy: 'unknown.example' })
    await write({ to: replyTo, from: `stranger@${DOMAIN}` })
    await write({ to: replyTo, from: `Lee <lee@${DOMAIN}>, Ola <ola@evil.example>` })
  })
  await answered(lee.email, () => write({ to: replyTo, signedBy: `mail.${DOMAIN}` }))
  expect(await updatesOf(story, id)).toHaveLength(2)
})

it('believes no mail that was changed on its way', async () => {
  const { id, replyTo } = await alerted()
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows', ...signing(DOMAIN) })
  const { message } = await transport.sendMail(mailOf({ to: replyTo }))
  await changesNothing(story, id, () =>
    story.visit(`/hooks/email/mime?key=${encodeURIComponent(KEY)}`, {
      method: 'POST',
      body: String(message).replace('The EU is back.', 'All is lost.'),
    }),
  )
})

it('asks a server to come again while the key cannot be asked of the DNS', async () => {
  const { id, replyTo } = await alerted()
  await changesNothing(story, id, () =>
    expect(write({ to: replyTo, signedBy: `away.${DOMAIN}` })).rejects.toThrow('451 4.3.0'),
  )
})

it('answers no machine', async () => {
  const { id, replyTo } = await alerted()
  await changesNothing(story, id, async () => {
    await write({ to: replyTo, headers: { 'Auto-Submitted': 'auto-replied' } })
    await write({ to: replyTo, headers: { Precedence: 'bulk' } })
    await write({ to: replyTo, headers: { 'List-Id': '<list.example>' } })
    await write({ to: replyTo, envelopeFrom: '' })
  })
})

it('tells whoever is proven to be of staff what is wrong', async () => {
  const { id, replyTo, code } = await alerted()
  const wrong = `reply+${code === 'BBBB' ? 'cccc' : 'bbbb'}@${BOUNCE_DOMAIN}`
  expect(await answered(lee.email, () => write({ to: wrong }))).toContain('no code of yours')
  expect(await answered(lee.email, () => write({ to: `x@${BOUNCE_DOMAIN}` }))).toContain('Begin with the code')
  expect(await answered(lee.email, () => write({ to: replyTo, text: '> quoted\n' }))).toContain(
    'no text behind the code',
  )
  const veras = { to: replyTo, from: vera.email, envelopeFrom: vera.email }
  expect(await answered(vera.email, () => write(veras))).toContain('responders post')
  expect(await updatesOf(story, id)).toHaveLength(1)
})

it('takes an incident by mail, and gives another code for the words', async () => {
  const { id, replyTo } = await alerted()
  const before = answersTo(lee.email).length
  expect(await answered(lee.email, () => write({ to: replyTo, text: 'Take' }))).toContain('you have it')
  const next = headersOf(answersTo(lee.email)[before]!, 'reply-to')[0]!
  expect(next).toMatch(new RegExp(`^reply\\+[a-z]{4}@${BOUNCE_DOMAIN}$`))
  expect(next).not.toBe(replyTo)
  await answered(lee.email, () => write({ to: next }))
  expect(await updatesOf(story, id)).toHaveLength(2)
})

it('logs nobody who wrote', () => {
  const logged = story.logged.join('')
  expect(logged).toContain('no signature proves its sender')
  expect(logged).not.toMatch(/lee@northwind|stranger@|ola@evil/)
})
