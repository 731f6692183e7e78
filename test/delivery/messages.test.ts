import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { and, eq } from 'drizzle-orm'
import fc from 'fast-check'
import PostalMime from 'postal-mime'
import { describe, expect, it } from 'vitest'
import { confirmByCode, confirmByLink } from '../../api/actions/confirm-subscription.ts'
import { subscribe, subscribeInput } from '../../api/actions/subscribe.ts'
import { listMailbox, readMail } from '../../api/delivery/read-mailbox.ts'
import { startDelivery } from '../../api/delivery/start.ts'
import { wordsOfUpdate } from '../../api/delivery/words.ts'
import { sizeOf } from '../../api/domain/sms.ts'
import { smsWords } from '../../api/domain/sms-words.ts'
import { ANYBODY } from '../../api/domain/times.ts'
import { queueTest } from '../../db/queries/announcements.ts'
import { toldUpdate } from '../../db/queries/told.ts'
import { deliveries, incidents, updates } from '../../db/schema.ts'
import { somePerson, templates, URLS } from '../support/acting.ts'
import { carrierTo, delivering, PLAIN_LETTER, someSubscriber } from '../support/delivering.ts'
import { testSmtp } from '../support/smtp.ts'

const world = await delivering()
const { db, clock, folder } = world

const choices = subscribeInput.omit({ channel: true, address: true }).parse({})

const newest = async () => (await listMailbox(folder)).entries
const open = async (id: string) => (await readMail(folder, id))!

describe('the mailbox', () => {
  it('holds each mail as one file: envelope first, named by time and delivery, written once however often', async () => {
    await someSubscriber(world, 'ada@example.com')
    await world.declare({ title: 'Café “München” fails', body: 'Grüße – 京都.' })
    await world.drain()
    const [row] = await world.ledger()
    const [name, ...more] = await readdir(folder)
    expect(more).toEqual([])
    expect(name).toBe(`20261112T140400000Z-${row!.id}.eml`)
    const raw = await readFile(join(folder, name!), 'utf8')
    expect(raw.split('\r\n').slice(0, 2)).toEqual([
      `X-Sitrep-Envelope-From: bounce+${row!.id}@bounce.northwind.example`,
      'X-Sitrep-Envelope-To: ada@example.com',
    ])
    await db.update(deliveries).set({ state: 'queued', nextAttemptAt: row!.queuedAt }).where(eq(deliveries.id, row!.id))
    await world.drain()
    expect(await readdir(folder)).toEqual([name])
    expect(await readFile(join(folder, name!), 'utf8')).toBe(raw)
  })

  it('reads back what an independent parser reads', async () => {
    const [entry] = await newest()
    expect(entry).toMatchObject({
      channel: 'email',
      purpose: 'update',
      to: 'ada@example.com',
      summary: 'Café “München” fails (Northwind Cloud)',
      at: '2026-11-12T14:04:00.000Z',
    })
    const own = await open(entry!.id)
    const parsed = await PostalMime.parse(own.raw)
    expect(own.text.trim()).toBe(parsed.text!.trim())
    expect(own.html!.trim()).toBe(parsed.html!.trim())
    expect(own.headers.find((header) => header.name === 'Subject')?.value).toBe(parsed.subject)
  })

  it('holds each text message as one JSON file with the fields that are promised', async () => {
    await someSubscriber(world, '+4915112345678')
    const incident = await world.declare({ severity: 'SEV2' })
    await world.drain()
    const [row] = await db.select().from(deliveries).where(eq(deliveries.channel, 'sms'))
    const sms = JSON.parse(await readFile(join(folder, `20261112T140400000Z-${row!.id}.json`), 'utf8'))
    expect(sms).toEqual({
      delivery_id: row!.id,
      purpose: 'update',
      to: '+4915112345678',
      from: 'mailbox',
      body: `Northwind SEV2 14:04 UTC: Some customers cannot sign in. Next update by 14:34. Reply STOP to end. ${URLS.site}/i/${incident.id}`,
      encoding: 'GSM-7',
      segments: 1,
      status_callback: `${URLS.api}/hooks/twilio/status?delivery=${row!.id}`,
      validity_period: 1800,
      created_at: '2026-11-12T14:04:00.000Z',
    })
  })
})

describe('a confirmation', () => {
  it('by mail names us and nobody else, comes from an address of its own, and its link confirms', async () => {
    await subscribe(world.acting, { ...choices, channel: 'email', address: 'bob@example.com', consent: false })
    await world.drain()
    const [entry] = (await newest()).filter((each) => each.purpose === 'confirmation')
    const mail = await open(entry!.id)
    const from = mail.headers.find((header) => header.name === 'From')?.value
    expect(from).toBe('Northwind Cloud Status <confirm@status.northwind.example>')
    expect(mail.text).toContain('Please confirm that Northwind Cloud Status may write to this address')
    expect(mail.text).toContain('12 Harbour Street')
    const token = /confirm\?token=([\w-]{43})\s/.exec(mail.text)![1]!
    expect(mail.html).toContain(token)
    await confirmByLink(world.acting, token)
  })

  it('by SMS names us, the code, frequency, HELP and STOP in one segment, and its only six digits confirm', async () => {
    await subscribe(world.acting, { ...choices, channel: 'sms', address: '+4915187654321', consent: true })
    await world.drain()
    const { body, ...sms } = await smsTo('+4915187654321')
    expect(body).toMatch(
      /^Northwind Cloud Status: your code is \d{6}, valid 10 min\. Msg frequency varies\. Msg and data rates may apply\. HELP for help, STOP to end\.$/,
    )
    expect(sms).toMatchObject({ purpose: 'confirmation', segments: 1, validity_period: 600 })
    const [code, ...others] = body.match(/\d{6}/g)!
    expect(others).toEqual([])
    await confirmByCode(world.acting, { channel: 'sms', address: '+4915187654321', code: code! })
  })

  it('is followed by the latest word on what is open', async () => {
    await world.drain()
    const mails = (await newest()).filter((each) => each.to === 'bob@example.com' && each.purpose === 'update')
    expect(mails).toHaveLength(2)
    for (const { id } of mails)
      expect((await open(id)).text).toContain('You are subscribed now. This is the latest word.')
  })

  const smsTo = async (to: string) => {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json'))
    const all = await Promise.all(names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8'))))
    return all.find((sms) => sms.to === to)
  }
})

describe('a test alert', () => {
  it('comes by mail and SMS with a link that proves the address', async () => {
    const person = await somePerson(db, 'responder', 'Priya & Co')
    const channels = await db.transaction(async (tx) => queueTest(tx, person, ['email', 'sms'], await clock(tx)))
    expect(channels).toEqual(['email', 'sms'])
    await world.drain()
    const sent = (await newest()).filter((each) => each.purpose === 'test')
    expect(sent.map((each) => each.to).sort()).toEqual([person.phone!, person.email].sort())
    for (const { id } of sent) expect((await open(id)).text).toContain(`${URLS.api}/console/proof?token=`)
    const mail = await open(sent.find((each) => each.channel === 'email')!.id)
    expect(mail.html).toContain('Priya &amp; Co')
    expect(mail.html).not.toContain('&amp;amp;')
  })
})

describe('recipients that try to be more than one', () => {
  it.each(['"v@a.test <evil@x.test>"', 'v@a.test <evil@x.test>', 'a@b, evil@x', 'a@b\r\nBcc: evil@x', 'g:e@x,f@x;'])(
    '%j, had it got past the door, reaches nobody else',
    async (address) => {
      const smtp = await testSmtp()
      const carrier = carrierTo(smtp)
      await carrier.send({ ...plainMail, to: address }, new AbortController().signal)
      await carrier.close()
      expect(smtp.recipients.filter((each) => /^(evil|e|f)@x(\.test)?$/.test(each))).toEqual([])
      for (const { raw } of smtp.received) expect(raw).not.toMatch(/^Bcc:/im)
    },
  )

  const plainMail = {
    channel: 'email' as const,
    deliveryId: 'd00000000000',
    purpose: 'test' as const,
    lane: 'public' as const,
    to: 'ada@example.com',
    queuedAt: new Date(0),
    envelopeFrom: 'x@example.com',
    messageId: '<x@example.com>',
    letter: PLAIN_LETTER,
    own: {},
  }
})

describe('an SMS', () => {
  const before = 'Northwind SEV1 14:04 UTC: '
  const after = ` Next update by 14:15. ${URLS.site}/i/k3f9a7c2m1qz`

  it.each([
    [null, 'Some cannot sign in. We are looking into it.', 'Some cannot sign in. We are looking into it.'],
    ['Sign-in fails', 'Some cannot sign in.', 'Sign-in fails. Some cannot sign in.'],
    [
      null,
      `Cause found. ${'We roll back region by region. '.repeat(9)}`,
      'Cause found. We roll back region by region.',
    ],
  ])('says the headline %j and of %j what costs no second segment', (headline, body, words) =>
    expect(smsWords(before, headline, body, after)).toBe(words),
  )

  it('never exceeds two segments, whatever is written, and ends with the link', async () => {
    const incident = await world.declare()
    const [update] = await db.select().from(updates).where(eq(updates.incidentId, incident.id))
    const told = await toldUpdate(db, update!.id)
    const { composeSms } = await import('../../api/delivery/compose-sms.ts')
    const organisation = { name: 'Northwind Cloud', shortName: 'Northwind' }
    const delivery = { id: 'd00000000000', address: '+4915112345678', expiresAt: new Date(), queuedAt: new Date() }
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 600 })
    await fc.assert(
      fc.asyncProperty(text, fc.option(text), async (body, headline) => {
        const said = { ...told, update: { ...told.update, body, headline: (headline ?? body).slice(0, 90) } }
        const facts = {
          announcement: { kind: 'update', severity: 'SEV1' },
          told: said,
          organisation,
          delivery,
          now: new Date(),
        }
        const composed = await composeSms(world.carrying, facts as never)
        const sms = 'message' in composed && composed.message.channel === 'sms' ? composed.message.body : ''
        expect(sizeOf(sms).segments).toBeLessThanOrEqual(2)
        expect(sms).toMatch(/^Northwind SEV1 14:04 UTC: /)
        expect(sms.endsWith(`${URLS.site}/i/${incident.id}`)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })
})

describe('the words', () => {
  it('of a template that lack a variable are an error, not a gap', () => {
    expect(() => templates.text('mail/confirmation', { company: { name: 'x' } })).toThrow(/undefined variable/)
    expect(() => templates.text('mail/nothing', {})).toThrow('There is no text template mail/nothing.')
  })

  it('of a mail show HTML that somebody typed as the text it is', async () => {
    const incident = await world.declare({ title: '<b>Bold</b> & "quoted"', body: '<script>alert(1)</script>' })
    const [update] = await db.select().from(updates).where(eq(updates.incidentId, incident.id))
    await world.drain()
    const rows = await db.select().from(deliveries).where(eq(deliveries.updateId, update!.id))
    const { html } = await open(rows.find((row) => row.channel === 'email')!.id)
    expect(html).toContain('&lt;b&gt;Bold&lt;/b&gt; &amp; &#34;quoted&#34;')
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(html).not.toMatch(/<script|<b>Bold/)
  })

  it('of an update without news are marked so beside its number, whatever language its words are in', async () => {
    const incident = await world.declare()
    await world.post(incident.id, { no_change: true })
    await world.drain()
    const [update] = await db
      .select()
      .from(updates)
      .where(and(eq(updates.incidentId, incident.id), eq(updates.noChange, true)))
    const rows = await db.select().from(deliveries).where(eq(deliveries.updateId, update!.id))
    const { text, html } = await open(rows.find((row) => row.channel === 'email')!.id)
    expect(text).toMatch(/ · update 2 · no material change$/m)
    expect(html).toContain(' · no material change</p>')
  })

  it('of the end say that it is over and let everything go', async () => {
    const incident = await world.declare()
    await world.post(incident.id, { body: 'Sign-in works.', status: 'resolved' })
    const rows = await db.select().from(updates).where(eq(updates.incidentId, incident.id))
    const told = await toldUpdate(db, rows.find((row) => row.status === 'resolved')!.id)
    expect(wordsOfUpdate(told, ANYBODY, told.update.publishedAt!)).toMatchObject({
      status: 'resolved',
      state: 'operational',
      promise: null,
    })
  })
})

it('the loops carry what is announced when they are woken, and stop with nothing left in hand', async () => {
  await clock.run()
  const delivery = startDelivery(world.carrying)
  const incident = await world.declare({ title: 'Woken' })
  delivery.kick('fan_out')
  const carried = async () => {
    const rows = await db.select().from(deliveries).where(eq(deliveries.incidentId, incident.id))
    return rows.length > 0 && rows.every((row) => row.state === 'accepted')
  }
  await expect.poll(carried, { timeout: 10_000 }).toBe(true)
  await delivery.stop()
  expect((await world.ledger()).filter((row) => row.state === 'claimed' || row.state === 'sending')).toEqual([])
  expect(await db.select().from(incidents).where(eq(incidents.id, incident.id))).toHaveLength(1)
})
