import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { alertBriefingSilence } from '../../api/actions/alert-briefing-silence.ts'
import { remindOfDecisions } from '../../api/actions/remind-of-decisions.ts'
import { MINUTE } from '../../api/domain/duration.ts'
import { people } from '../../db/schema.ts'
import { actingAs } from '../support/acting.ts'
import { BRIEFING } from '../support/briefings.ts'
import { wordsOf } from '../support/forms.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { post, secondService, signIn, soon, staff } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const carriers = carriedBy(smtp, twilio)
const story = await startStory(carriers)
await secondService(story, carriers)
const priya = await staff(story, 'commander', 'Priya', '+4915112340001')
const dan = await staff(story, 'responder', 'Dan', '+4915112340002')
const ana = await staff(story, 'executive', 'Ana', '+4915112340003')
await story.db.update(people).set({ phone: null }).where(eq(people.role, 'admin'))
await story.api('PUT', '/briefing-rules', [{ to: [ana.id], severities: ['SEV1', 'SEV2'] }])
const policy = (await story.api('GET', '/cadence')).body
const SEV1 = { ...policy.SEV1, ladder: [] }
const SEV2 = { ...policy.SEV2, ladder: [] }
const SEV3 = { ...policy.SEV3, ladder: [] }
await story.api('PUT', '/cadence', { ...policy, SEV1, SEV2, SEV3 })

const mailsTo = (person: { email: string }) =>
  smtp.received.filter(({ to }) => to.includes(person.email)).map(({ mail }) => mail.subject)
const alertsOf = async (id: string) =>
  (await story.api('GET', `/incidents/${id}/alerts`)).body.data.map(
    ({ audience, rung }: { audience: string; rung: string }) => `${audience} ${rung}`,
  )
const declare = async (severity: string) => {
  const roles = { deputy: dan.id }
  const words = { title: `Sign-in fails ${severity}`, severity, body: 'It fails.', commander_id: priya.id, roles }
  return (await story.api('POST', '/incidents', words)).body.id as string
}
const brief = async (id: string, given: object = {}) => {
  const { status, body } = await story.api('POST', `/incidents/${id}/briefings`, { ...BRIEFING, ...given })
  expect(status).toBe(201)
  return body
}
const late = (severity: string) => `Late briefing: ${severity} Sign-in fails ${severity}`

let id = ''

it('alerts the commander once when a SEV1 has not been briefed a quarter of an hour after it was declared', async () => {
  id = await declare('SEV1')
  await story.later(14 * MINUTE)
  await Promise.all(Array.from({ length: 4 }, () => alertBriefingSilence(actingAs(story.db, story.clock))))
  expect(await alertsOf(id)).toEqual([])
  await story.later(1.1 * MINUTE)
  await Promise.all(Array.from({ length: 4 }, () => alertBriefingSilence(actingAs(story.db, story.clock))))
  await soon(() => expect(mailsTo(priya)).toEqual([late('SEV1')]))
  await soon(() => expect(twilio.sent.map(({ to }) => to)).toEqual([priya.phone]))
  expect(twilio.sent[0]!.body).toMatch(
    /^Sitrep LATE: briefing on SEV1 Sign-in fails SEV1, due \d\d:\d\d UTC, 1 min ago/,
  )
  expect(await alertsOf(id)).toEqual(['executive due'])
})

it('is content with a briefing, which reaches the executive by mail and SMS, and asks for the next in half an hour', async () => {
  await brief(id)
  await soon(() => expect(mailsTo(ana)).toEqual([`Briefing 1, SEV1: ${BRIEFING.headline}`]))
  await soon(() => expect(twilio.sent.at(-1)!.to).toBe(ana.phone))
  await story.later(29 * MINUTE)
  expect(mailsTo(priya)).toHaveLength(1)
  await story.later(1.1 * MINUTE)
  await soon(() => expect(mailsTo(priya)).toEqual([late('SEV1'), late('SEV1')]))
})

it('asks anew when the status changes, and for a last one when it is resolved', async () => {
  await brief(id)
  await story.api('POST', `/incidents/${id}/updates`, { body: 'We know why.', status: 'identified' })
  await story.later(15.1 * MINUTE)
  await soon(() => expect(mailsTo(priya)).toHaveLength(3))
  await brief(id)
  await story.api('POST', `/incidents/${id}/updates`, { body: 'It works.', status: 'resolved' })
  await story.later(15.1 * MINUTE)
  await soon(() => expect(mailsTo(priya)).toHaveLength(4))
  expect((await brief(id)).next_briefing_due_at).toBeNull()
  await story.later(120 * MINUTE)
  expect(await alertsOf(id)).toHaveLength(4)
})

it('asks of a SEV2 for a briefing at its declaration and at each change, never by the half hour', async () => {
  const other = await declare('SEV2')
  await soon(async () => expect(await alertsOf(other)).toEqual([]))
  await brief(other)
  await story.later(90 * MINUTE)
  expect(await alertsOf(other)).toEqual([])
  await story.api('PATCH', `/incidents/${other}`, { severity: 'SEV3', severity_reason: 'Fewer than we thought.' })
  await alertBriefingSilence(actingAs(story.db, story.clock))
  await story.later(15.1 * MINUTE)
  await soon(async () => expect(await alertsOf(other)).toEqual(['executive due']))
  // The rules name nobody for a SEV3, but who was told of a SEV2 hears that it is none any more, and no more after that.
  expect((await brief(other)).recipients).toBe(1)
  expect((await brief(other)).recipients).toBe(0)
})

it('says nothing of briefings where the update that carries one is refused, and the other way round', async () => {
  const third = await declare('SEV1')
  const refused = await story.api('POST', `/incidents/${third}/updates`, {
    body: 'x',
    next_update_in: 'P1D',
    briefing: BRIEFING,
  })
  expect(refused.status).toBe(422)
  const blank = await story.api('POST', `/incidents/${third}/updates`, {
    body: 'x',
    briefing: { ...BRIEFING, eta: '' },
  })
  expect(blank.body.errors).toMatchObject([{ field: 'eta', code: 'blank_use_unknown' }])
  await story.api('POST', `/incidents/${third}/updates`, { body: 'Over.', status: 'resolved' })
  await brief(third)
})

it('reminds of a decision at its time, then tells the deputy and the commander, and stops with the answer', async () => {
  const fourth = await declare('SEV1')
  const by = new Date((await story.clock.now()).getTime() + 10 * MINUTE).toISOString()
  const decision_needed = { question: 'Do we write to all?', by_person_id: ana.id, by, advice: 'No.' }
  await brief(fourth, { decision_needed, next_briefing_in: 'PT30M' })
  await soon(() => expect(twilio.sent.at(-1)!.body).toContain('Your decision is needed by'))
  await story.later(10.1 * MINUTE)
  await soon(() => expect(mailsTo(ana).at(-1)).toBe('Your decision is waited for: SEV1 Sign-in fails SEV1'))
  expect(mailsTo(dan)).toEqual([])
  await story.later(10 * MINUTE)
  await soon(() => expect(mailsTo(dan)).toEqual(['Undecided: SEV1 Sign-in fails SEV1']))
  await soon(() => expect(mailsTo(priya).at(-1)).toBe('Undecided: SEV1 Sign-in fails SEV1'))
  const cookie = await signIn(story, priya.email)
  const room = await story.visit(`/console/incidents/${fourth}`, { headers: { cookie } })
  expect(wordsOf(await room.text())).toMatch(/Undecided since \d\d:\d\d UTC, asked of Ana\./)

  const text = twilio.sent
    .filter(({ to }) => to === ana.phone)
    .find(({ body }) => body.includes('Your decision is needed'))
  const link = /https?:\/\/\S+(\/b\/\S+)$/.exec(text!.body)![1]!
  expect(wordsOf(await (await story.visit(link)).text())).toContain('Do we write to all?')
  const answered = await post(story, `${link}/decision`, { answer: 'approved' }, { origin: story.url })
  expect(answered.status).toBe(303)
  await soon(() => expect(mailsTo(priya).at(-1)).toMatch(/^Approved: decision of briefing 1/))
  await story.later(60 * MINUTE)
  await remindOfDecisions(actingAs(story.db, story.clock))
  expect(mailsTo(ana).filter((subject) => subject?.startsWith('Your decision'))).toHaveLength(1)
  const { body } = await story.api('GET', `/incidents/${fourth}/timeline`)
  const told = body.data.map((entry: { text: string }) => entry.text)
  expect(told).toContain('Decision of briefing 1 unanswered: Ana was reminded.')
  expect(told).toContain('Decision of briefing 1: approved.')
})

it('calls nobody to brief nobody, says so in the room, and calls as soon as a rule names somebody', async () => {
  const rules = (await story.api('GET', '/briefing-rules')).body
  await story.api('PUT', '/briefing-rules', [{ to: [ana.id], severities: ['SEV4'] }])
  const fifth = await declare('SEV1')
  const sent = mailsTo(priya).length
  for (let minutes = 0; minutes < 40; minutes += 10) {
    await story.later(10 * MINUTE)
    await alertBriefingSilence(actingAs(story.db, story.clock))
  }
  expect(await alertsOf(fifth)).toEqual([])
  const cookie = await signIn(story, priya.email)
  const room = async () =>
    wordsOf(await (await story.visit(`/console/incidents/${fifth}`, { headers: { cookie } })).text())
  expect(await room()).toContain('Nobody is to be briefed: no rule names anybody for this incident')
  expect(await room()).not.toContain('A briefing was due')

  await story.api('PUT', '/briefing-rules', rules)
  await story.later(1.1 * MINUTE)
  await soon(() => expect(mailsTo(priya).slice(sent)).toEqual([late('SEV1')]))
  expect(await room()).toContain('A briefing was due at')
  expect(await room()).toMatch(/Priya due · \d taken by carriers/)
  await story.api('PUT', '/briefing-rules', [])
  await story.api('POST', `/incidents/${fifth}/updates`, { body: 'It works.', status: 'resolved' })
  await story.later(60 * MINUTE)
  await alertBriefingSilence(actingAs(story.db, story.clock))
  expect(await alertsOf(fifth)).toEqual(['executive due'])
  await story.api('PUT', '/briefing-rules', rules)
})

it('reads in the preview exactly as it is sent', async () => {
  const last = await declare('SEV1')
  const by = new Date((await story.clock.now()).getTime() + 10 * MINUTE).toISOString()
  const decision_needed = { question: 'Do we write to all?', by_person_id: ana.id, by, advice: 'No, to the affected.' }
  const words = { ...BRIEFING, headline: 'Préparé: “Europe” is back.', decision_needed }
  await story.clock.set(await story.clock.now())
  const seen = (await story.api('POST', `/incidents/${last}/briefings/preview`, words)).body
  const said = await brief(last, words)
  await story.clock.run()
  expect([seen.next_briefing_due_at, seen.word_count]).toEqual([said.next_briefing_due_at, said.word_count])
  expect(seen.sent_to).toEqual(said.sent_to.map((each: object) => ({ ...each, name: 'Ana' })))
  await soon(() => expect(mailsTo(ana).at(-1)).toBe(seen.email.subject))
  await soon(() => expect(twilio.sent.at(-1)!.to).toBe(ana.phone))
  const masked = (text: string) =>
    text
      .replaceAll('\r\n', '\n')
      .replace(/(\/b\/)[\w.-]+/g, '$1…')
      .trim()
  const { mail } = smtp.received.at(-1)!
  expect(seen.email.text.trim()).toBe(masked(mail.text!))
  expect(seen.email.html.trim()).toBe(masked(mail.html!))
  expect(seen.sms.text).toBe(masked(twilio.sent.at(-1)!.body))
})
