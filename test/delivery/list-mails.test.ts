import { eq } from 'drizzle-orm'
import { afterAll, describe, expect, it } from 'vitest'
import { addComponent } from '../../api/actions/add-component.ts'
import { cancelMaintenance } from '../../api/actions/cancel-maintenance.ts'
import { correctUpdate } from '../../api/actions/correct-update.ts'
import { planMaintenance } from '../../api/actions/plan-maintenance.ts'
import { MINUTE } from '../../api/domain/duration.ts'
import { sizeOf } from '../../api/domain/sms.ts'
import { updatesOf } from '../../db/queries/incidents.ts'
import { deliveries } from '../../db/schema.ts'
import { URLS } from '../support/acting.ts'
import { carrierTo, carrierToTwilio, delivering, someSubscriber } from '../support/delivering.ts'
import { headersOf, type ReceivedMail, testSmtp } from '../support/smtp.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const email = carrierTo(smtp)
const sms = carrierToTwilio(twilio)
afterAll(() => Promise.all([email.close(), sms.close()]))
const world = await delivering({ email, sms })
const { db, clock, acting } = world
const login = (await addComponent(acting, { name: 'Login & more' })).id
await someSubscriber(world, 'ada@example.com', { timeZone: 'Europe/Berlin' })
await someSubscriber(world, '+4915112345678')

const incident = await world.declare({ body: 'All is **back**.\n\nWe keep watching.', components: [{ id: login }] })
await world.drain()
const [update] = await updatesOf(db, incident.id)
await clock.advance(20 * MINUTE)
await world.post(incident.id, { body: 'We found the cause.', status: 'identified' })
await world.drain()
await clock.advance(2 * MINUTE)
await correctUpdate(acting, incident.id, update!.id, {
  body: 'The EU is back. The **US** still fails.',
  reason: 'Lena <lena@customer.example> saw that the US still fails.',
})
await world.drain()
const work = await planMaintenance(acting, {
  title: 'Storage upgrade',
  body: 'Writes may pause *twice*, 60 s each.\n\nReads work.',
  components: [login],
  scheduled_for: new Date('2026-11-15T22:00:00Z'),
  scheduled_until: new Date('2026-11-16T00:30:00Z'),
})
await world.drain()
await clock.advance(MINUTE)
await cancelMaintenance(acting, work.id, { body: 'It is not needed any more.' })
await world.drain()
const [first, , correction, planned, cancelled] = smtp.received as [ReceivedMail, ...ReceivedMail[]]
const texts = twilio.sent.map((each) => each.body)

/** What a mail shows, without what only machines read. */
const shownIn = ({ mail }: ReceivedMail): string =>
  mail.html!.replace(/<style>.*?<\/style>/s, '').replace(/<!--.*?-->/gs, '')

describe('every mail to subscribers', () => {
  it('says the same facts in text and HTML', () => {
    expect(smtp.received).toHaveLength(5)
    for (const each of smtp.received) {
      const shown = shownIn(each)
      for (const number of shown.replace(/<[^>]+>/g, ' ').match(/\d+(:\d\d)?/g) ?? [])
        expect(each.mail.text).toContain(number)
      for (const [, url] of shown.matchAll(/href="([^"]+)"/g))
        expect(each.mail.text).toContain(url!.replaceAll('&amp;', '&'))
    }
  })

  it('can be left by one click, comes from one list, loads nothing', () => {
    expect(new Set(smtp.received.map((each) => headersOf(each, 'list-id')[0])).size).toBe(1)
    for (const each of smtp.received) {
      expect(headersOf(each, 'list-unsubscribe-post')).toEqual(['List-Unsubscribe=One-Click'])
      expect(headersOf(each, 'list-unsubscribe')[0]).toContain(`${URLS.api}/subscriptions/unsubscribe?token=`)
      expect(headersOf(each, 'auto-submitted')).toEqual(['auto-generated'])
      expect(each.mail.html).not.toMatch(/<img|<script|<link|src=|url\(/)
      expect(each.mail.text).toContain(
        'You get every update of every incident and news of planned maintenance by email.',
      )
      for (const part of [each.mail.text!, each.mail.html!]) expect(part).toContain('12 Harbour Street, Rotterdam')
    }
  })
})

describe('a mail of a correction', () => {
  it('says first that it is one', () => {
    expect(correction!.mail.text!.split('\n')[0]).toBe('Correction to what we wrote at 14:04 UTC (15:04 in your zone)')
    expect(
      shownIn(correction!)
        .replace(/<[^>]+>/g, ' ')
        .trim(),
    ).toMatch(/Correction to what we wrote at 14:04 UTC/)
  })

  it('says the new words, what stood there before, and why', () => {
    const { text, html } = correction!.mail
    const order = ['The EU is back. The US still fails.', 'It said before', '> All is back.', '> We keep watching.']
    const places = [...order, 'What was wrong', 'Lena <lena@customer.example> saw'].map((words) => text!.indexOf(words))
    expect(places.every((place) => place > 0)).toBe(true)
    expect(places).toEqual(places.toSorted((one, other) => one - other))
    expect(html).toMatch(/<del[^>]*>.*All is <strong>back<\/strong>\..*<\/del>/s)
    expect(html).toContain('Lena &lt;lena@customer.example&gt; saw')
  })

  it('leaves to the page how the incident stands: it may arrive after later news', () => {
    expect(correction!.mail.text).toContain(`How things stand now: ${URLS.site}/incidents/${incident.id}`)
    for (const said of [correction!.mail.text!, shownIn(correction!)])
      expect(said).not.toMatch(/SEV1|Identified|next update|outage/i)
  })

  it('stays in the incident’s thread under its subject', () => {
    expect(correction!.mail.subject).toBe(first.mail.subject)
    expect(headersOf(correction!, 'references')).toEqual(headersOf(first, 'references'))
    expect(correction!.mail.messageId).not.toBe(first.mail.messageId)
  })
})

describe('a mail of planned work', () => {
  it('leads with step and window, in UTC and in the reader’s zone', () => {
    const window = 'Sun 15 Nov 2026, 22:00 – Mon 16 Nov 2026, 00:30 UTC'
    const local = '23:00–01:30 in your zone'
    expect(planned!.mail.text!.split('\n')[0]).toBe(`Planned maintenance · ${window} (${local})`)
    expect(cancelled!.mail.text!.split('\n')[0]).toBe(`Maintenance is cancelled · ${window} (${local})`)
  })

  it('says what will happen, to what, and where to look', () => {
    const { text, html } = planned!.mail
    expect(text).toContain('Writes may pause twice, 60 s each.\n\nReads work.')
    expect(text).toContain('Concerns: Login & more')
    expect(text).toContain(`See this maintenance: ${URLS.site}/maintenance/${work.id}`)
    expect(text).toContain(`${URLS.site}/calendar.ics`)
    expect(html).toContain('Login &amp; more')
    expect(html!.match(/class="act"/g)).toHaveLength(1)
    expect(cancelled!.mail.text).not.toContain('calendar.ics')
  })

  it('has a thread of its own, under one subject to the end', () => {
    for (const each of [planned!, cancelled!]) {
      expect(each.mail.subject).toBe('Storage upgrade (Northwind Cloud)')
      expect(headersOf(each, 'references')).toEqual([`<maintenance-${work.id}@status.northwind.example>`])
    }
    expect(planned!.mail.messageId).not.toBe(cancelled!.mail.messageId)
  })
})

describe('a text message', () => {
  it('of a correction says so, when, what, what stood there, and where', () => {
    expect(texts[2]).toBe(
      `Northwind CORRECTION 14:26 UTC: The EU is back. The US still fails. At 14:04 we said "All is back." ${URLS.site}/i/${incident.id}`,
    )
  })

  it('of a long correction gives its room to the new words', async () => {
    const long = 'The EU is back, and the US still fails in every region but the last one.'
    const body = 'The EU is back and the US still fails. '.repeat(4).trim()
    for (const each of [long, body]) {
      await clock.advance(1000)
      await correctUpdate(acting, incident.id, update!.id, { body: each, reason: 'We counted.' })
      await world.drain()
    }
    const [before, sent] = twilio.sent.slice(-2).map((each) => each.body) as [string, string]
    expect(before).toContain(`${long} At 14:26 we said "The EU is back." https:`)
    expect(sent).toContain(`${body} This corrects what we said at 14:27. https:`)
    expect([before, sent].map((each) => sizeOf(each).segments)).toEqual([2, 2])
  })

  it('of planned work says step, window, title, and where', () => {
    expect(texts[3]).toBe(
      `Northwind PLANNED Sun 15 Nov 22:00 - Mon 16 Nov 00:30 UTC: Storage upgrade. Writes may pause twice, 60 s each. ${URLS.site}/m/${work.id}`,
    )
    expect(texts[4]).toMatch(
      /^Northwind CANCELLED Sun 15 Nov 22:00 - Mon 16 Nov 00:30 UTC: Storage upgrade\. It is not/,
    )
  })

  it('fits two segments and ends with the link, however much was written', async () => {
    await correctUpdate(acting, incident.id, update!.id, { body: 'Dvořák '.repeat(300), reason: 'x'.repeat(300) })
    await planMaintenance(acting, {
      title: 'Umbau '.repeat(20).trim(),
      body: '京都。'.repeat(500),
      scheduled_for: new Date('2026-11-15T22:00:00Z'),
      scheduled_until: new Date('2026-11-16T00:30:00Z'),
    })
    await world.drain()
    for (const body of twilio.sent.slice(7).map((each) => each.body)) {
      expect(sizeOf(body).segments).toBeLessThanOrEqual(2)
      expect(body).toMatch(/\/[im]\/[a-z0-9]{12}$/)
    }
    expect(twilio.sent.some(({ body }) => /^Northwind CORRECTION 14:27 UTC: Dvořák /.test(body))).toBe(true)
    expect(twilio.sent).toHaveLength(9)
  })

  it('is kept by the carrier no longer than it is news', async () => {
    const rows = await db.select().from(deliveries).where(eq(deliveries.channel, 'sms'))
    expect(rows.map((row) => row.state)).toEqual(rows.map(() => 'accepted'))
    const kept = twilio.sent.map((each) => Number(each.params.ValidityPeriod))
    expect(kept.slice(0, 7)).toEqual([900, 900, 900, 36000, 36000, 900, 900])
    // These two were carried at the same time.
    expect(new Set(kept.slice(7))).toEqual(new Set([900, 36000]))
  })
})
