import { asc, desc, eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { MINUTE } from '../../api/domain/duration.ts'
import { alerts, announcements, auditLog } from '../../db/schema.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { follow, pageWords, published, publishedJson, soon } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const story = await startStory(carriedBy(smtp, twilio))
await follow(story, 'email', 'lena@customer.example')
await follow(story, 'sms', '+4915112345672')

const REASON = 'A test alert <of ours> was taken for a real one.'
const login = (await story.api('POST', '/components', { name: 'Login' })).body.id as string
const opened = await story.api('POST', '/incidents', {
  title: 'Sign-in fails',
  severity: 'SEV1',
  body: 'Nobody can sign in.',
  components: [{ id: login }],
})
const { id } = opened.body
const path = `/incidents/${id}`
const retract = (more: object = {}, of = path) =>
  story.api('POST', `${of}/retraction`, { reason: REASON, body: 'Sign-in has worked all the time.', ...more })
const recordOf = async () => {
  const { components } = await publishedJson(story, '/status.json')
  return components.find((component: { id: string }) => component.id === login)
}

it('is refused without a reason, and changes nothing', async () => {
  await smtp.waitFor(1)
  await twilio.waitFor(1)
  const refused = await retract({ reason: undefined })
  expect(refused.status).toBe(422)
  expect(refused.body.errors).toMatchObject([{ field: 'reason' }])
  expect((await story.api('GET', path)).body).toMatchObject({
    status: 'investigating',
    retracted: false,
    update_seq: 1,
  })
})

it('ends the incident, whose promises are void rather than missed', async () => {
  await story.later(40 * MINUTE)
  const { days } = await soon(async () => {
    const record = await recordOf()
    expect(record.status).toBe('major_outage')
    return record
  })
  expect(days.at(-1).status).toBe('major_outage')
  const answer = await retract()
  expect(answer.status).toBe(201)
  expect(answer.body).toMatchObject({
    status: 'resolved',
    retraction_reason: REASON,
    promise_kept: null,
    late_by: null,
    next_update_due_at: null,
  })
  expect((await story.api('GET', path)).body).toMatchObject({
    status: 'resolved',
    retracted: true,
    impact: 'none',
    overdue: false,
    next_update_due_at: null,
  })
  expect((await retract()).status).toBe(409)
  const fired = await story.db.$count(alerts, eq(alerts.state, 'alerted'))
  await story.later(120 * MINUTE)
  expect(await story.db.$count(alerts, eq(alerts.state, 'alerted'))).toBe(fired)
})

it('tells those who were told once, as a false alarm and why', async () => {
  const [, mail] = await smtp.waitFor(2)
  expect(mail!.to).toEqual(['lena@customer.example'])
  expect(mail!.mail.subject).toBe('Sign-in fails (Northwind Cloud)')
  expect(mail!.mail.text).toMatch(/^SEV1 Critical · False alarm\n/)
  expect(mail!.mail.text).toContain(`retracted. Why: ${REASON}`)
  expect(mail!.mail.text).toContain('Sign-in has worked all the time.')
  expect(mail!.mail.text).not.toMatch(/Working again|min late/)
  expect(mail!.mail.html).toContain('A test alert &lt;of ours&gt; was taken')
  const [, text] = await twilio.waitFor(2)
  expect(text!.body).toMatch(/^Northwind FALSE ALARM \d\d:\d\d UTC: Sign-in has worked all the time\. /)
  const told = await story.db.select().from(announcements).where(eq(announcements.incidentId, id))
  expect(told.filter(({ kind }) => kind === 'update')).toHaveLength(2)
})

it('stands on the page, in the history and in every language, and what was said stays', async () => {
  await soon(async () => expect(await pageWords(story, path)).toContain('False alarm'))
  const words = await pageWords(story, path)
  expect(words).toContain('This was a false alarm: nothing was broken.')
  expect(words).toContain(`Declared by mistake and retracted: ${REASON}`)
  expect(words).toContain('Nobody can sign in.')
  expect(words).not.toContain('Our promise')
  expect(await pageWords(story, `/ar${path}`)).toContain(`أُعلن عن طريق الخطأ وسُحب: ${REASON}`)
  expect(await pageWords(story, '/history')).toMatch(/Sign-in fails SEV1 Critical · False alarm/)
})

it('stands in the JSON twins and in the feeds', async () => {
  const { recent_incidents: recent } = await publishedJson(story, '/status.json')
  expect(recent).toMatchObject([
    { id, status: 'resolved', retracted: true, updates: [{ retraction_reason: REASON }, { retraction_reason: null }] },
  ])
  const { incident } = await publishedJson(story, `/api/v2/incidents/${id}.json`)
  expect(incident).toMatchObject({ status: 'resolved', impact: 'none' })
  const [item] = (await publishedJson(story, '/feed.json')).items
  expect(item).toMatchObject({
    title: 'Sign-in fails: False alarm',
    content_text: `Sign-in has worked all the time.\n\nDeclared by mistake and retracted: ${REASON}`,
  })
  expect(item.content_html).toContain('A test alert &lt;of ours&gt; was taken')
  expect(await published(story, '/history.atom')).toContain('False alarm')
})

it('counts as no downtime', async () => {
  const record = await recordOf()
  expect(record).toMatchObject({ status: 'operational', uptime_90d: 100 })
  expect(record.days.at(-1)).toMatchObject({ status: 'operational', down_seconds: 0 })
})

it('is on the timeline and in the audit', async () => {
  const { data } = (await story.api('GET', `${path}/timeline`)).body
  expect(data.map((entry: { text: string }) => entry.text)).toContain(`Retracted: ${REASON}`)
  const [line] = await story.db
    .select()
    .from(auditLog)
    .where(eq(auditLog.action, 'incident.retracted'))
    .orderBy(desc(auditLog.id))
  expect(line).toMatchObject({ subjectId: id, after: { retracted: true, reason: REASON, notify: true } })
})

it('can be reopened where it was no mistake after all, under its id', async () => {
  const again = await story.api('POST', `${path}/reopening`, { body: 'It was real.' })
  expect(again.status).toBe(201)
  expect((await story.api('GET', path)).body).toMatchObject({ status: 'investigating', retracted: false })
  await soon(async () => expect(await pageWords(story, path)).toContain('It was real.'))
  expect(await pageWords(story, path)).toContain(`Declared by mistake and retracted: ${REASON}`)
})

it('says nothing outside of what the public never heard of', async () => {
  const silent = await story.api('POST', '/incidents', { title: 'CANARY', severity: 'SEV3' })
  const other = `/incidents/${silent.body.id}`
  expect((await retract({}, other)).status).toBe(201)
  expect((await story.api('GET', other)).body).toMatchObject({ retracted: true, first_public_update_at: null })
  expect((await story.visit(other)).status).toBe(404)
  const told = await story.db
    .select()
    .from(announcements)
    .where(eq(announcements.incidentId, silent.body.id))
    .orderBy(asc(announcements.createdAt))
  expect(told.filter(({ audience }) => audience === 'public')).toEqual([])
})
