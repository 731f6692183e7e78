import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { MINUTE } from '../../api/domain/duration.ts'
import { sizeOf } from '../../api/domain/sms.ts'
import { announcements, holdingNotices, subscribers, webhookEndpoints } from '../../db/schema.ts'
import { actingAs } from '../support/acting.ts'
import { setTerms } from '../support/holding.ts'
import { testReceiver } from '../support/receiver.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { follow, pageWords, published, publishedJson, secondService, soon } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const receiver = await testReceiver()
const settings = { ...carriedBy(smtp, twilio), WEBHOOK_ALLOW: receiver.allowed }
const story = await startStory(settings)
await secondService(story, settings)
const acting = actingAs(story.db, story.clock)
await setTerms(acting, { holding_notice: true, first_briefing: null, briefing: null })
const [LENA, NOUR, MILA, KAI] = [
  'lena@customer.example',
  'nour@customer.example',
  'mila@customer.example',
  '+4915112345671',
]
await follow(story, 'email', LENA)
await story.db
  .update(subscribers)
  .set({ locale: 'ar' })
  .where(eq(subscribers.id, await follow(story, 'email', NOUR)))
await story.db
  .update(subscribers)
  .set({ events: 'milestones' })
  .where(eq(subscribers.id, await follow(story, 'email', MILA)))
await follow(story, 'sms', KAI)
await story.api('POST', '/subscriptions', { channel: 'webhook', address: receiver.url('/crm') })
await soon(async () => expect(await story.db.$count(webhookEndpoints)).toBe(1))

const mailsTo = (address: string) => smtp.received.filter(({ to }) => to.includes(address)).map(({ mail }) => mail)
const textsTo = () => twilio.sent.filter(({ to }) => to === KAI).map(({ body }) => body)
const events = () => receiver.at('/crm').filter(({ body }) => body.type !== 'subscription.challenge')
const incident = async (path: string) => (await story.api('GET', path)).body
const notices = (path: string) => story.db.$count(holdingNotices, eq(holdingNotices.incidentId, path.slice(-12)))
const NOTICE = /We promised an update by \d\d:\d\d UTC and have not given it/

const FIRST =
  /We are aware of this problem\. A first update should have been here by \d\d:\d\d UTC and is not written yet/

/** A SEV1 that has been spoken of, heard by everybody; its promise is in fifteen minutes. */
async function opened(title: string): Promise<string> {
  const texts = textsTo().length
  const input = { title, severity: 'SEV1', body: `${title} for all.` }
  const path = `/incidents/${(await story.api('POST', '/incidents', input)).body.id}`
  await soon(() => expect(textsTo()).toHaveLength(texts + 1))
  await soon(() => expect(mailsTo(MILA).at(-1)?.text).toContain(`${title} for all.`))
  return path
}

let path = ''
it('tells customers once, labelled automatic, that a promised update is late, and counts as none', async () => {
  path = await opened('Sign-in fails')
  const before = await incident(path)
  await story.later(15 * MINUTE + 1000)
  await soon(async () => expect(await pageWords(story, path)).toMatch(NOTICE))
  expect(await pageWords(story, path)).toMatch(/Automatic notice\. We promised/)
  expect(await pageWords(story, '/')).toMatch(/Automatic notice\. We promised/)
  expect(await pageWords(story, path)).toContain('is late')
  const after = await incident(path)
  for (const field of ['update_seq', 'deadline_seq', 'next_update_due_at', 'first_public_update_at'])
    expect([field, after[field]]).toEqual([field, before[field]])
  expect(after.overdue).toBe(true)
  expect(after.updates).toHaveLength(1)
  expect(after.holding_notices).toMatchObject([{ after_seq: 1, body: expect.stringMatching(NOTICE) }])
  const lines = (await story.api('GET', `${path}/timeline`)).body.data.map(({ text }: { text: string }) => text)
  expect(lines.filter((text: string) => text === 'Holding notice published by itself.')).toHaveLength(1)
})

it('says so in Arabic, in feeds and for machines, where Statuspage’s readers see no update', async () => {
  await soon(async () => expect(await pageWords(story, `/ar${path}`)).toMatch(/إشعار آلي\. وعدنا بتحديث بحلول/))
  for (const feed of ['/history.rss', '/history.atom', '/updates.rss', '/feed.json'])
    expect(await published(story, feed), feed).toContain('Automatic notice')
  const [entry] = (await publishedJson(story, '/status.json')).incidents
  expect(entry.updates).toHaveLength(1)
  expect(entry.holding_notices).toMatchObject([{ automatic: true, body: expect.stringMatching(NOTICE) }])
  const [theirs] = (await publishedJson(story, '/api/v2/incidents/unresolved.json')).incidents
  expect(theirs.incident_updates).toHaveLength(1)
})

it('goes to those who want every word, on their channel and in their language', async () => {
  await soon(() => expect(mailsTo(LENA).at(-1)!.text).toMatch(NOTICE))
  const mail = mailsTo(LENA).at(-1)!
  expect(mail.text).toMatch(/^Automatic notice/)
  expect(mail.subject).toBe(mailsTo(LENA)[0]!.subject)
  await soon(() => expect(mailsTo(NOUR).at(-1)!.text).toMatch(/^إشعار آلي/))
  await soon(() =>
    expect(textsTo().at(-1)).toMatch(
      / SEV1 \d\d:\d\d UTC, automatic notice: Sign-in fails: our promised update is late, sorry\./,
    ),
  )
  expect(sizeOf(textsTo().at(-1)!).segments).toBeLessThanOrEqual(2)
  await soon(() => expect(events().at(-1)!.body.type).toBe('incident.holding_notice'))
  const { body } = events().at(-1)!
  expect(body.holding_notice).toMatchObject({ automatic: true, body: expect.stringMatching(NOTICE) })
  expect(body.incident.incident_updates).toHaveLength(1)
  expect(mailsTo(MILA)).toHaveLength(1)
})

it('is told once for one silence, whatever becomes of the promise meanwhile', async () => {
  await story.api('PATCH', path, { severity: 'SEV2', severity_reason: 'Milder.' })
  await story.api('PATCH', path, { severity: 'SEV1', severity_reason: 'Worse again.' })
  await story.later(40 * MINUTE)
  await soon(async () => expect((await incident(path)).overdue).toBe(true))
  expect(await notices(path)).toBe(1)
  expect(mailsTo(LENA).filter(({ text }) => NOTICE.test(text ?? ''))).toHaveLength(1)
})

it('stays in the history, labelled, once we have spoken, and the next silence has one of its own', async () => {
  await story.api('POST', `${path}/updates`, { body: 'The cause is found.', status: 'identified' })
  await soon(async () => expect(await pageWords(story, path)).toContain('The cause is found.'))
  const words = await pageWords(story, path)
  expect(words.indexOf('The cause is found.')).toBeLessThan(words.indexOf('Automatic notice.'))
  expect(words.indexOf('Automatic notice.')).toBeLessThan(words.indexOf('Sign-in fails for all.'))
  expect((await incident(path)).update_seq).toBe(2)
  await story.later(15 * MINUTE + 1000)
  await soon(async () => expect(await notices(path)).toBe(2))
  await story.api('POST', `${path}/updates`, { body: 'It works again.', status: 'resolved' })
  await soon(async () => expect(await pageWords(story, path)).toContain('It works again.'))
  expect((await pageWords(story, path)).split('Automatic notice.')).toHaveLength(3)
})

it('is the first word where nobody has spoken: what was declared for customers, and not a word of ours', async () => {
  const login = (await story.api('POST', '/components', { name: 'Login' })).body.id
  const [lenas, milas, texts] = [mailsTo(LENA).length, mailsTo(MILA).length, textsTo().length]
  const input = { title: 'Nobody can sign in', severity: 'SEV1', components: [{ id: login }] }
  const unsaid = `/incidents/${(await story.api('POST', '/incidents', input)).body.id}`
  await story.api('POST', `${unsaid}/timeline`, { text: 'CANARY of the database.' })
  await story.later(4 * MINUTE)
  expect((await story.visit(unsaid)).status).toBe(404)
  await story.later(MINUTE + 1000)
  await soon(async () => expect(await pageWords(story, unsaid)).toMatch(FIRST))
  const words = await pageWords(story, unsaid)
  for (const said of ['Nobody can sign in', 'Automatic notice', 'Login', 'is late']) expect(words).toContain(said)
  expect(words).not.toContain('CANARY')
  await soon(async () => expect(await pageWords(story, '/')).toMatch(FIRST))
  await soon(async () => expect(await pageWords(story, `/ar${unsaid}`)).toContain('نحن على علم بهذه المشكلة'))
  for (const feed of ['/history.rss', '/feed.json'])
    expect(await published(story, feed), feed).toContain('We are aware of this problem')
  expect(await incident(unsaid)).toMatchObject({
    first_public_update_at: null,
    update_seq: 0,
    overdue: true,
    updates: [],
  })
  const { incidents, components, status } = await publishedJson(story, '/status.json')
  expect(incidents).toMatchObject([
    { title: 'Nobody can sign in', updates: [], holding_notices: [{ automatic: true }] },
  ])
  expect(components).toMatchObject([{ name: 'Login', status: 'major_outage' }])
  expect(status.indicator).toBe('critical')
  const theirs = await publishedJson(story, '/api/v2/summary.json')
  expect([theirs.incidents, theirs.status.indicator]).toEqual([[], 'critical'])

  await soon(() => expect(mailsTo(LENA)).toHaveLength(lenas + 1))
  expect(mailsTo(LENA).at(-1)!.text).toMatch(FIRST)
  expect(mailsTo(LENA).at(-1)!.subject).toContain('Nobody can sign in')
  await soon(() => expect(mailsTo(MILA)).toHaveLength(milas + 1))
  await soon(() => expect(textsTo()).toHaveLength(texts + 1))
  expect(textsTo().at(-1)).toMatch(
    /automatic notice: Nobody can sign in: we are aware of this\. Our first update is late/,
  )
  await soon(() => expect(events().at(-1)!.body).toMatchObject({ type: 'incident.holding_notice' }))
  expect(events().at(-1)!.body.incident).toMatchObject({ name: 'Nobody can sign in', incident_updates: [] })

  await story.later(30 * MINUTE)
  await soon(async () => expect(await notices(unsaid)).toBe(1))
  await story.api('POST', `${unsaid}/updates`, { body: 'Sign-in fails since noon.' })
  await soon(async () => expect(await pageWords(story, unsaid)).toContain('Sign-in fails since noon.'))
  const spoken = await incident(unsaid)
  expect(spoken).toMatchObject({ update_seq: 1, updates: [{ promise_kept: false }] })
  expect(spoken.first_public_update_at).toBe(spoken.updates[0].published_at)
  await soon(() => expect(mailsTo(LENA).at(-1)!.text).toContain('Sign-in fails since noon.'))
  expect(mailsTo(LENA).at(-1)!.subject).toBe(mailsTo(LENA).at(-2)!.subject)
  const [update] = (await publishedJson(story, '/api/v2/incidents/unresolved.json')).incidents[0].incident_updates
  expect(update.affected_components).toMatchObject([{ name: 'Login', new_status: 'major_outage' }])
  await story.api('POST', `${unsaid}/updates`, { body: 'Over.', status: 'resolved' })
})

it('heard of by a notice alone, a false alarm is retracted where it was heard of', async () => {
  const unsaid = `/incidents/${(await story.api('POST', '/incidents', { title: 'A probe', severity: 'SEV1' })).body.id}`
  await story.later(5 * MINUTE + 1000)
  await soon(async () => expect(await pageWords(story, unsaid)).toMatch(FIRST))
  await story.api('POST', `${unsaid}/retraction`, { body: 'Nothing was broken.', reason: 'The probe was.' })
  await soon(async () => expect(await pageWords(story, unsaid)).toContain('Nothing was broken.'))
  await soon(() => expect(mailsTo(LENA).at(-1)!.text).toContain('Nothing was broken.'))
})

it('is not published where the cadence does not ask for it, nor ever of what is inside', async () => {
  const before = await story.db.$count(announcements, eq(announcements.kind, 'holding_notice'))
  const inside = { title: 'Exports', severity: 'SEV1', visibility: 'internal' }
  const ids = []
  for (const input of [inside, { ...inside, body: 'Inside.' }])
    ids.push((await story.api('POST', '/incidents', input)).body.id)
  await story.later(16 * MINUTE)
  for (const id of ids) await soon(async () => expect((await incident(`/incidents/${id}`)).overdue).toBe(true))
  await setTerms(acting, { holding_notice: false })
  const off = await opened('Search is slow')
  ids.push((await story.api('POST', '/incidents', { title: 'Unsaid', severity: 'SEV1' })).body.id)
  await story.later(16 * MINUTE)
  await soon(async () => expect(await pageWords(story, off)).toContain('is late'))
  for (const id of [...ids, off.slice(-12)]) expect([id, await notices(`/incidents/${id}`)]).toEqual([id, 0])
  for (const id of ids) expect((await story.visit(`/incidents/${id}`)).status).toBe(404)
  expect(await story.db.$count(announcements, eq(announcements.kind, 'holding_notice'))).toBe(before)
})
