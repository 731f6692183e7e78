import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { authenticate } from 'mailauth'
import { afterAll, describe, expect, it } from 'vitest'
import { verifySigned } from '../../api/domain/signature.ts'
import { SECRETS, URLS } from '../support/acting.ts'
import { carrierTo, delivering, someSubscriber } from '../support/delivering.ts'
import { headersOf, testSmtp } from '../support/smtp.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})
const smtp = await testSmtp()
const email = carrierTo(smtp, { dkim: { domain: 'status.northwind.example', selector: 's1', privateKey } })
afterAll(() => email.close())
const world = await delivering({ email })
world.carrying.sender = { ...world.carrying.sender, unsubscribeMailto: 'leave@northwind.example' }
const reader = await someSubscriber(world, 'ada@example.com', { timeZone: 'Europe/Berlin' })
await someSubscriber(world, 'bob@example.com')
const incident = await world.declare({
  body: 'Some **customers** cannot sign in. [Status of the EU](https://example.com/eu)',
})
await world.drain()
await world.clock.advance(16 * 60_000)
await world.post(incident.id, { status: 'identified', body: 'The cause is known. We are rolling back.' })
await world.drain()
const mails = smtp.received
const first = mails.find((each) => each.to[0] === 'ada@example.com')!
const second = mails.findLast((each) => each.to[0] === 'ada@example.com')!

describe('a status mail', () => {
  it('goes to one recipient only, each in a transaction of its own', () => {
    expect(mails).toHaveLength(4)
    for (const mail of mails) {
      expect(mail.to).toHaveLength(1)
      expect(headersOf(mail, 'to')).toEqual([mail.to[0]])
      expect(headersOf(mail, 'cc').concat(headersOf(mail, 'bcc'))).toEqual([])
    }
  })

  it('comes from a bounce address of its own delivery', async () => {
    const rows = await world.ledger()
    expect(new Set(mails.map((mail) => mail.from)).size).toBe(4)
    for (const mail of mails)
      expect(rows.map((row) => `bounce+${row.id}@bounce.northwind.example`)).toContain(mail.from)
  })

  it.each([
    ['list-unsubscribe', 1],
    ['list-unsubscribe-post', 1],
    ['list-id', 1],
    ['auto-submitted', 1],
    ['precedence', 1],
    ['message-id', 1],
    ['in-reply-to', 1],
    ['references', 1],
    ['dkim-signature', 1],
    ['reply-to', 1],
    ['x-mailer', 0],
  ])('has the field %s exactly %d times', (name, times) => {
    for (const mail of mails) expect(headersOf(mail, name)).toHaveLength(times)
  })

  it('can be left by one click: one https address that names the subscriber, one mailto, no space within', () => {
    const [value] = headersOf(first, 'list-unsubscribe')
    expect(value).toMatch(/^<https:[^\s<>]+>, <mailto:leave@northwind\.example\?subject=[^\s<>]+>$/)
    const url = new URL(/<(https:[^>]+)>/.exec(value!)![1]!)
    expect(url.href).toContain(`${URLS.api}/subscriptions/unsubscribe?token=`)
    expect(verifySigned('unsubscribe', url.searchParams.get('token')!, SECRETS)).toBe(reader.id)
    expect(headersOf(first, 'list-unsubscribe-post')).toEqual(['List-Unsubscribe=One-Click'])
  })

  it('says that a machine wrote it, to one list that never changes its name', () => {
    expect(new Set(mails.map((mail) => headersOf(mail, 'list-id')[0])).size).toBe(1)
    expect(headersOf(first, 'list-id')[0]).toMatch(/^"Northwind Cloud" <[a-z0-9]{12}\.status\.northwind\.example>$/)
    expect(headersOf(first, 'auto-submitted')).toEqual(['auto-generated'])
    expect(headersOf(first, 'precedence')).toEqual(['bulk'])
    expect(headersOf(first, 'reply-to')).toEqual(['support@northwind.example'])
  })

  it('stays in one thread under one subject through the incident', () => {
    const root = `<incident-${incident.id}@status.northwind.example>`
    for (const mail of mails) {
      expect(mail.mail.subject).toBe('Sign-in fails (Northwind Cloud)')
      expect(headersOf(mail, 'in-reply-to')).toEqual([root])
      expect(headersOf(mail, 'references')).toEqual([root])
    }
    expect(new Set(mails.map((mail) => mail.mail.messageId)).size).toBe(4)
  })

  it('leads with severity, status and promise, text before HTML', () => {
    expect(first.mail.text!.split('\n')[0]).toBe(
      'SEV1 Critical · Investigating · next update by 14:19 UTC (15:19 in your zone)',
    )
    expect(first.raw.indexOf('text/plain')).toBeLessThan(first.raw.indexOf('text/html'))
    expect(headersOf(first, 'content-type')[0]).toMatch(/^multipart\/alternative/)
  })

  it('says the same facts in text and HTML', () => {
    for (const { mail } of mails) {
      const shown = mail.html!.replace(/<style>.*?<\/style>/s, '').replace(/<!--.*?-->/gs, '')
      const words = shown.replace(/<[^>]+>/g, ' ')
      for (const number of words.match(/\d+(:\d\d)?/g) ?? []) expect(mail.text).toContain(number)
      for (const [, url] of shown.matchAll(/href="([^"]+)"/g))
        expect(mail.text).toContain(url!.replaceAll('&amp;', '&'))
    }
  })

  it('tells what was said before, and that it is late', () => {
    expect(second.mail.text).toContain('This update is 1 min late. Sorry.')
    expect(second.mail.html).toContain('This update is 1 min late. Sorry.')
    expect(second.mail.text).toMatch(/Said before\n14:04 UTC \(15:04 in your zone\) · Some customers cannot sign in\./)
    expect(first.mail.text).not.toContain('Said before')
  })

  it('shows the way out and the postal address in both parts', () => {
    for (const part of [first.mail.text!, first.mail.html!]) {
      expect(part).toContain('/subscriptions/unsubscribe?token=')
      expect(part).toContain('12 Harbour Street, Rotterdam')
    }
  })

  it('links to nobody else but what its author linked, and loads nothing', () => {
    expect(first.mail.html).not.toMatch(/<img|<script|<link|src=|url\(/)
    const links = [...first.mail.html!.matchAll(/href="([^"]+)"/g)].map(([, url]) => new URL(url!).origin)
    expect([...new Set(links)].sort()).toEqual(['https://example.com', URLS.api, URLS.site].sort())
  })

  it('is signed so that an independent verifier agrees, the one-click fields included', async () => {
    const key = createPublicKey(publicKey).export({ type: 'spki', format: 'der' }).toString('base64')
    const resolver = async (name: string) => (name.startsWith('s1._domainkey.') ? [[`v=DKIM1; k=rsa; p=${key}`]] : [])
    for (const mail of mails) {
      const { dkim } = await authenticate(mail.raw, { resolver, trustReceived: false, ip: '127.0.0.1' })
      expect(dkim.results.map((result) => result.status.result)).toEqual(['pass'])
      const signed = /\sh=([^;]+);/
        .exec(headersOf(mail, 'dkim-signature')[0]!)![1]!
        .toLowerCase()
        .replace(/\s/g, '')
        .split(':')
      expect(signed).toEqual(
        expect.arrayContaining(['list-unsubscribe', 'list-unsubscribe-post', 'auto-submitted', 'from']),
      )
    }
  })

  it('is accepted in the ledger, at its first attempt', async () => {
    for (const row of await world.ledger())
      expect(row).toMatchObject({ state: 'accepted', attempts: 1, leaseUntil: null, nextAttemptAt: null })
  })

  it('leaves no address, token or secret in the log', () => {
    const log = world.logged.join('\n')
    expect(log).not.toMatch(/ada@|bob@|token=|BEGIN/)
    expect(log).not.toContain(SECRETS[0])
  })
})
