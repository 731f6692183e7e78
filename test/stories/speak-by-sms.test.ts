import { and, eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { MINUTE } from '../../api/domain/duration.ts'
import type { Role } from '../../api/domain/role.ts'
import { sizeOf } from '../../api/domain/sms.ts'
import { auditLog, inboundMessages, staffReplies, timelineEntries } from '../../db/schema.ts'
import { somePerson } from '../support/acting.ts'
import { changesNothing, codeIn, nearlyDue, updatesOf } from '../support/answering.ts'
import { inboundSms } from '../support/inbound-sms.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { pageWords, soon } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const story = await startStory(carriedBy(smtp, twilio))
let numbers = 0
const staff = (role: Role, name: string, verified = true) =>
  somePerson(story.db, role, name, {
    phone: `+491511234000${numbers++}`,
    ...(verified && { phoneVerifiedAt: new Date('2026-01-01T00:00:00Z') }),
  })
const casey = await staff('commander', 'Casey')
const lee = await staff('responder', 'Lee')
await staff('admin', 'Ada')

type Person = typeof casey
const textsTo = ({ phone }: Person) => twilio.sent.filter(({ to }) => to === phone)
const answer = (person: Person, text: string, given: { sid?: string; forged?: boolean } = {}) =>
  inboundSms(story, twilio, person.phone!, text, given)
const clockOf = (time: string) => time.slice(11, 16)

/** An incident whose promise is nearly due: its commander has been texted. Answers their code. */
async function alerted(commander: Person): Promise<{ id: string; code: string; text: string }> {
  const id = await nearlyDue(story, commander)
  const text = await soon(() => {
    const found = textsTo(commander).find(({ body }) => body.includes(id))
    expect(found).toBeDefined()
    return found!.body
  })
  return { id, text, code: codeIn(text) }
}

const answersTo = (person: Person) =>
  textsTo(person).flatMap(({ body }) =>
    /^Sitrep( SEV\d)?: (posted|nothing posted|you have it|alerts are snoozed)/.test(body) ? [body] : [],
  )

/** What this person is answered. */
async function answered(person: Person, act: () => Promise<unknown>): Promise<string> {
  const before = answersTo(person).length
  await act()
  return soon(() => {
    expect(answersTo(person)).toHaveLength(before + 1)
    return answersTo(person)[before]!
  })
}

let first = { id: '', code: '', text: '' }

it('alerts a responder with a code to answer, in two segments at most', async () => {
  first = await alerted(casey)
  expect(first.text).toMatch(
    /^Sitrep: SEV1 Sign-in fails, update due \d\d:\d\d UTC, in \d min\. Commander: Casey\. Reply [A-Z]{4} and your text, or [A-Z]{4} with SAME \(no change\), TAKE or SNOOZE 10 why\. http/,
  )
  expect(sizeOf(first.text).segments).toBeLessThanOrEqual(2)
})

it('publishes what they answer as the next update, and tells them so', async () => {
  const { id, code } = first
  const told = await answered(casey, () => answer(casey, ` ${code.toLowerCase()}\nThe EU is back.\r\nThe US follows. `))
  const [update] = await updatesOf(story, id)
  expect(update).toMatchObject({
    seq: 2,
    state: 'published',
    status: 'investigating',
    headline: 'The EU is back.',
    body: 'The EU is back.\nThe US follows.',
    author_id: casey.id,
    promise_kept: true,
  })
  expect(told).toBe(
    `Sitrep SEV1: posted as update 2: "The EU is back.". Next update by ${clockOf(update.next_update_due_at)} UTC. ${story.url}/console/incidents/${id}`,
  )
  await soon(async () => expect(await pageWords(story, `/incidents/${id}`)).toContain('The US follows.'))
})

it('says inside by which door it was said', async () => {
  const { id } = first
  const rows = await story.db.select().from(timelineEntries).where(eq(timelineEntries.incidentId, id))
  expect(rows).toContainEqual(expect.objectContaining({ text: 'Answered an alert by SMS.', personId: casey.id }))
  const [line] = await story.db
    .select()
    .from(auditLog)
    .where(and(eq(auditLog.action, 'alert.answered'), eq(auditLog.subjectId, id)))
  expect(line).toMatchObject({ actorKind: 'person', actorId: casey.id, after: { door: 'sms', outcome: 'published' } })
})

it('hears a message that Twilio posts twice once', async () => {
  const { id, code } = await alerted(lee)
  const told = await answered(lee, async () => {
    expect(await (await answer(lee, `${code} It is back.`, { sid: 'SMtwice' })).text()).not.toContain('<Message>')
    await answer(lee, `${code} It is back.`, { sid: 'SMtwice' })
  })
  expect(told).toContain('posted as update 2')
  expect(await updatesOf(story, id)).toHaveLength(2)
  expect(await story.db.$count(inboundMessages, eq(inboundMessages.providerId, 'SMtwice'))).toBe(1)
})

it('never publishes a second time on a code, and says what is posted', async () => {
  const { id, code } = first
  const told = await answered(casey, () => answer(casey, `${code} And another thing.`))
  expect(told).toMatch(/^Sitrep SEV1: nothing posted\. You already posted: "The EU is back\."\. Next update by/)
  expect(await updatesOf(story, id)).toHaveLength(2)
})

it('of two answers with one code at the same moment publishes one', async () => {
  const { id, code } = await alerted(lee)
  const before = answersTo(lee).length
  await Promise.all([answer(lee, `${code} One.`), answer(lee, `${code} Two.`), answer(lee, `${code} Three.`)])
  await soon(() => expect(answersTo(lee)).toHaveLength(before + 3))
  expect(await updatesOf(story, id)).toHaveLength(2)
})

it('posts SAME as an update that is labelled as no material change', async () => {
  const { id, code } = await alerted(lee)
  const told = await answered(lee, () => answer(lee, `${code}. same`))
  expect(told).toMatch(/^Sitrep SEV1: posted as update 2, no material change: ".+"\. Next update by \d\d:\d\d UTC\./)
  expect((await updatesOf(story, id))[0]).toMatchObject({ no_change: true, author_id: lee.id })
})

it('lets them take it, or snooze it, and gives them another code for the words that are still to come', async () => {
  const { id, code } = await alerted(lee)
  const snoozed = await answered(lee, () => answer(lee, `${code} snooze 10 waiting for vendor`))
  expect(snoozed).toMatch(
    /^Sitrep SEV1: alerts are snoozed until \d\d:\d\d UTC\. Next update by \d\d:\d\d UTC\. Reply [A-Z]{4} and your text/,
  )
  const took = await answered(lee, () => answer(lee, `${codeIn(snoozed)} TAKE`))
  expect(took).toMatch(
    /^Sitrep SEV1: you have it, alerts are held until \d\d:\d\d UTC\. Next update by \d\d:\d\d UTC\. Reply/,
  )
  const { body } = await story.api('GET', `/incidents/${id}`)
  expect(body).toMatchObject({ phase: 'triage', acknowledged_at: expect.any(String), update_seq: 1 })
  expect(await answered(lee, () => answer(lee, `${code} TAKE`))).toContain('This code has been used.')
  expect(await answered(lee, () => answer(lee, `${codeIn(took)} It is back.`))).toContain('posted as update 2')
  const rows = await story.db.select().from(timelineEntries).where(eq(timelineEntries.incidentId, id))
  expect(rows.some(({ text }) => text.endsWith('waiting for vendor'))).toBe(true)
})

it('passes on why something is refused, and leaves the code good', async () => {
  const { id, code } = await alerted(lee)
  expect(await answered(lee, () => answer(lee, `${code} SNOOZE 40 lunch`))).toContain('at most PT15M')
  expect(await answered(lee, () => answer(lee, `${code} SNOOZE because`))).toContain('SNOOZE takes minutes and why')
  const lead = await staff('responder', 'Rae')
  await story.api('PATCH', `/incidents/${id}`, { commander_id: casey.id, roles: { comms_lead: lead.id } })
  expect(await answered(lee, () => answer(lee, `${code} SNOOZE 5 lunch`))).toContain("Only the incident's commander")
  expect(await answered(lee, () => answer(lee, `${code} SAME`))).toContain('posted as update 2')
})

it('says who was faster, and publishes nothing', async () => {
  const { id, code } = await alerted(lee)
  const key = await story.key('commander', casey.id)
  await story.api('POST', `/incidents/${id}/updates`, { body: 'Rolling back now.' }, { key })
  const told = await answered(lee, () => answer(lee, `${code} We roll back.`))
  expect(told).toMatch(/^Sitrep SEV1: nothing posted\. Casey already posted: "Rolling back now\."\. Next update by/)
  expect(await updatesOf(story, id)).toHaveLength(2)
})

it('says that an incident has been resolved', async () => {
  const { id, code } = await alerted(lee)
  await story.api('POST', `/incidents/${id}/updates`, { status: 'resolved', body: 'All is well.' })
  const told = await answered(lee, () => answer(lee, `${code} Nearly there.`))
  expect(told).toMatch(/^Sitrep SEV1: nothing posted\. It is resolved: "All is well\."\. http/)
  expect(await updatesOf(story, id)).toHaveLength(2)
})

it('keeps a code whose answer said nothing, or more than a keyword', async () => {
  const { id, code } = await alerted(lee)
  expect(await answered(lee, () => answer(lee, code))).toContain('There was no text behind the code')
  expect(await answered(lee, () => answer(lee, `${code} SAME I think`))).toContain('SAME and TAKE stand alone')
  expect(await answered(lee, () => answer(lee, `${code} \u0007 beep`))).toContain('without control characters')
  expect(await updatesOf(story, id)).toHaveLength(1)
  await answered(lee, () => answer(lee, `${code} It is back.`))
  expect(await updatesOf(story, id)).toHaveLength(2)
})

it('outlives a raise of the severity, which says nothing to customers', async () => {
  const { id, code } = await alerted(lee)
  await story.api('PATCH', `/incidents/${id}`, { severity: 'SEV2', severity_reason: 'Few are hit.' })
  await story.api('PATCH', `/incidents/${id}`, { severity: 'SEV1', severity_reason: 'Many are.' })
  await answered(lee, () => answer(lee, `${code} It is back.`))
  expect(await updatesOf(story, id)).toHaveLength(2)
})

it('is the code of one person: nobody else can use it', async () => {
  const { id, code } = await alerted(lee)
  expect(await answered(casey, () => answer(casey, `${code} It is back.`))).toContain('no code of yours')
  expect(await updatesOf(story, id)).toHaveLength(1)
})

it('says nothing to strangers, whatever they know, and nothing to what Twilio did not sign', async () => {
  const { id, code } = await alerted(lee)
  await changesNothing(story, id, async () => {
    await inboundSms(story, twilio, '+4915199999999', `${code} It is back.`)
    expect((await answer(lee, `${code} It is back.`, { forged: true })).status).toBe(403)
  })
})

it('tells a viewer, and whose phone is not proven, that their words do not count', async () => {
  const vera = await staff('viewer', 'Vera')
  const { id, code } = await alerted(lee)
  expect(await answered(vera, () => answer(vera, `${code} It is back.`))).toContain('responders post')
  const una = await staff('responder', 'Una', false)
  const unproven = await alerted(una)
  expect(unproven.code).toBe('')
  expect(unproven.text).toContain('Post an update: ')
  expect(await answered(una, () => answer(una, `${code} It is back.`))).toContain('prove that this phone is yours')
  expect(await updatesOf(story, id)).toHaveLength(1)
})

it('forgets a code four hours after the promise', async () => {
  const { id, code } = await alerted(lee)
  await story.later(4 * 60 * MINUTE + 4 * MINUTE)
  expect(await answered(lee, () => answer(lee, `${code} It is back.`))).toContain('too old')
  expect(await updatesOf(story, id)).toHaveLength(1)
})

it('stops answering a phone that answers by itself, and still takes a right code from it', async () => {
  const max = await staff('responder', 'Max')
  const { id, code } = await alerted(max)
  const before = answersTo(max).length
  for (let time = 1; time <= 8; time++) await answer(max, 'I am driving and will see your message later.')
  await soon(() => expect(answersTo(max)).toHaveLength(before + 5))
  expect(await story.db.$count(staffReplies, eq(staffReplies.personId, max.id))).toBe(8)
  expect(await answered(max, () => answer(max, `${code} It is back.`))).toContain('posted as update 2')
  expect(await updatesOf(story, id)).toHaveLength(2)
})

it('lets nobody find a code by trying', async () => {
  const mia = await staff('responder', 'Mia')
  const { id, code } = await alerted(mia)
  const wrong = code === 'BBBB' ? 'CCCC' : 'BBBB'
  for (let time = 1; time <= 30; time++) await answer(mia, `${wrong} It is back.`)
  await changesNothing(story, id, () => answer(mia, `${code} It is back.`))
  await story.later(61 * MINUTE)
  await answer(mia, `${code} It is back.`)
  expect(await updatesOf(story, id)).toHaveLength(2)
})

it('logs what came of it without number or words', () => {
  const logged = story.logged.join('')
  expect(logged).toContain('"outcome":"published"')
  expect(logged).not.toContain(casey.phone!)
  expect(logged).not.toContain('The US follows')
})
