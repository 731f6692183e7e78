import { eq, sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { newId } from '../../db/ids.ts'
import { subscribers, suppressions } from '../../db/schema.ts'
import { testReceiver } from '../support/receiver.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { follow, pageWords, published, soon } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const receiver = await testReceiver()
const story = await startStory({ ...carriedBy(smtp, twilio), WEBHOOK_ALLOW: receiver.allowed })
const lena = 'lena@customer.example'
await follow(story, 'email', lena)
await follow(story, 'sms', '+4915112345678')
const arabic = await follow(story, 'sms', '+4915187654321')
await story.db.execute(sql`update subscribers set locale = 'ar' where id = ${arabic}`)
await story.api('POST', '/subscriptions', { channel: 'webhook', address: receiver.url('/crm') })
await soon(async () => expect(await story.db.$count(subscribers, eq(subscribers.channel, 'webhook'))).toBe(1))
const silenced = await follow(story, 'email', 'gone@customer.example')
const blocked = { channel: 'email', addressKey: 'gone@customer.example', addressHash: silenced } as const
await story.db.insert(suppressions).values({ id: newId(), ...blocked, reason: 'bounce', source: 'smtp' })
const login = (await story.api('POST', '/components', { name: 'Login' })).body

let id = ''
let told = 0
beforeEach(async () => {
  // Hours apart, so that nobody takes the many for a flood.
  await story.clock.set(new Date(Date.UTC(2026, 10, 12, 3 * told)))
  const components = [{ id: login.id, status: 'partial_outage' }]
  const opened = { title: 'Sign-in fails', severity: 'SEV2', body: 'Some customers cannot sign in.', components }
  id = (await story.api('POST', '/incidents', opened)).body.id
  told += 1
  await everybodyTold()
  await story.clock.advance(10 * 60_000)
})

const everybodyTold = () =>
  soon(() => {
    expect(smtp.received).toHaveLength(told)
    expect(twilio.sent).toHaveLength(2 * told)
    expect(events()).toHaveLength(told)
  })
const events = () => receiver.at('/crm').filter(({ body }) => body.type === 'incident.update')
const preview = (body: object, more?: { headers: Record<string, string> }) =>
  story.api('POST', `/incidents/${id}/updates/preview`, body, more)
const post = (body: object) => story.api('POST', `/incidents/${id}/updates`, body)

/** What is a reader's own, or the update's own: their links, its id. */
const masked = (text: string, updateId: string) =>
  text
    .replaceAll('\r\n', '\n')
    .replace(/(subscriptions\/\w+\?token=)[\w.…-]+/g, '$1…')
    .replaceAll(updateId, '<update>')
    .trim()

/** The id of the update that a webhook tells; it lived as long as the preview. */
const updateIn = (body: string): string => JSON.parse(body).incident.incident_updates[0].id

describe.each([
  ['the next word', { body: 'The EU has recovered. Use “single sign-on” meanwhile.', status: 'identified' }],
  [
    'a raised severity with other components and a headline',
    {
      body: 'Most customers cannot sign in.\n\n- Passwords fail.\n- [Details](https://status.example.com/x)',
      headline: 'Sign-in fails for most',
      severity: 'SEV1',
      severity_reason: 'It spreads.',
      next_update_in: 'PT10M',
    },
  ],
  ['the end', { body: 'Sign-in works again for everyone.', status: 'resolved' }],
  ['no material change', { no_change: true }],
])('%s', (_, input) => {
  it('reads in the preview exactly as it is sent and published afterwards', async () => {
    const seen = (await preview(input)).body
    const { body: said } = await post(input)
    expect(seen.next_update_due_at).toBe(said.next_update_due_at)
    told += 1
    await everybodyTold()
    const { mail } = smtp.received.at(-1)!
    const own = updateIn(seen.webhook.body)
    expect(seen.email.subject).toBe(mail.subject)
    expect(masked(seen.email.text, own)).toBe(masked(mail.text!, said.id))
    expect(masked(seen.email.html, own)).toBe(masked(mail.html!, said.id))
    const text = twilio.sent.findLast(({ to }) => to === '+4915112345678')!
    expect(seen.sms.text).toBe(text.body)
    expect(masked(seen.webhook.body, own)).toBe(masked(events().at(-1)!.raw, said.id))
    await soon(async () => expect(await pageWords(story, `/incidents/${id}`)).toContain(said.headline.slice(0, 20)))
    expect(masked(seen.page.html, own)).toBe(masked(await published(story, `/incidents/${id}`), said.id))
  })
})

it('counts those who would be sent it, by channel, and how long their messages take', async () => {
  const { body: seen } = await preview({ body: 'Short.' })
  expect(seen.email.recipients).toBe(1)
  expect(seen.webhook.recipients).toBe(1)
  expect(seen.sms).toMatchObject({ recipients: 2, encoding: 'GSM-7', segments: 1 })
  expect(seen.sms.estimated).toBe('PT1S')
  const { body: untold } = await preview({ body: 'Short.', notify: false })
  expect([untold.email, untold.sms, untold.webhook].map(({ recipients }) => recipients)).toEqual([0, 0, 0])
  expect(untold.sms.estimated).toBe('PT0S')
})

it('sends nothing and changes nothing, and hands out no working link', async () => {
  const state = async () => ({
    incident: (await story.api('GET', `/incidents/${id}`)).body,
    timeline: (await story.api('GET', `/incidents/${id}/timeline`)).body,
    rows: [
      ...(await story.db.execute(sql`
        select (select count(*) from announcements) as announcements, (select count(*) from deliveries) as deliveries,
               (select count(*) from audit_log) as audited, (select count(*) from subscribers) as subscribers,
               (select revision from site_revision) as revision`)),
    ],
  })
  const before = await state()
  const { body: seen } = await preview({ body: 'Not yet.', status: 'monitoring', internal_note: 'Aside.' })
  expect(await state()).toEqual(before)
  for (const text of [seen.email.text, seen.email.html, seen.webhook.body]) {
    expect(text).toContain('token=…')
    expect(text).not.toMatch(/token=[\w-]/)
  }
})

it('is refused as the post would be', async () => {
  const stale = { headers: { 'if-match': '"1"' } }
  for (const [wrong, more] of [
    [{ body: 'Later.', next_update_in: 'PT1H' }],
    [{ body: 'Worse.', severity: 'SEV1' }],
    [{}],
    [{ body: 'x', unknown: 1 }],
    [{ body: 'Fresh?' }, stale],
  ] as const) {
    const refused = await preview(wrong, more)
    const posted = await story.api('POST', `/incidents/${id}/updates`, wrong, more)
    expect(refused.status).toBeGreaterThanOrEqual(412)
    expect([refused.status, refused.body]).toEqual([posted.status, posted.body])
  }
  expect((await story.api('POST', '/incidents/aaaaaaaaaaaa/updates/preview', { body: 'x' })).status).toBe(404)
})

it('warns of words without refusing them, and says where they stand', async () => {
  const body = 'Db-03 is slow. Sign-in will be back in 10 minutes; next update by 14:40 UTC.'
  const { warnings } = (await preview({ body })).body
  expect(warnings).toEqual([
    { code: 'host_name', field: 'body', message: expect.stringContaining('name of a machine'), at: [0, 5] },
    { code: 'fix_time', field: 'body', message: expect.stringContaining('when it will be over'), at: [23, 49] },
  ])
  expect(body.slice(23, 49)).toBe('will be back in 10 minutes')
  expect((await preview({ body: 'An outage of Login.' })).body.warnings).toMatchObject([{ code: 'outage', at: [3, 9] }])
  const total = { body: 'An outage of Login.', components: [{ id: login.id, status: 'major_outage' }] }
  expect((await preview(total)).body.warnings).toEqual([])
  const end = (await preview({ body: 'Resolved.', status: 'resolved' })).body.warnings
  expect(end.map(({ code, at }: { code: string; at: null }) => [code, at])).toEqual(
    ['recovery_unconfirmed', 'effects_unsaid', 'duration_unsaid', 'follow_up_unsaid'].map((code) => [code, null]),
  )
  expect((await preview({ no_change: true })).body.warnings).toEqual([])
})

it('of an internal incident shows that nobody outside is told', async () => {
  const inside = { title: 'Exports lag', severity: 'SEV3', body: 'We look.', visibility: 'internal' }
  const quiet = (await story.api('POST', '/incidents', inside)).body.id
  const { status, body } = await story.api('POST', `/incidents/${quiet}/updates/preview`, { body: 'Still.' })
  expect(status).toBe(200)
  expect(body).toMatchObject({ page: null, email: null, sms: null, webhook: null, warnings: [] })
  expect(body.next_update_due_at).not.toBeNull()
})
