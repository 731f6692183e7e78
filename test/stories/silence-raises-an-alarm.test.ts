import { expect, it } from 'vitest'
import { alertSilence } from '../../api/actions/alert-silence.ts'
import { MINUTE } from '../../api/domain/duration.ts'
import { deliveries } from '../../db/schema.ts'
import { actingAs } from '../support/acting.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { askForNoBriefings, pageWords, publishedJson, secondService, soon, staff } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const carriers = carriedBy(smtp, twilio)
const story = await startStory(carriers)
await askForNoBriefings(story)
await secondService(story, carriers)
const ada = await staff(story, 'commander', 'Ada', '+4915112340001')
const comms = await staff(story, 'responder', 'Cleo', '+4915112340002')
const boss = await staff(story, 'admin', 'Bea', '+4915112340003')
const sponsor = await staff(story, 'executive', 'Eve', '+4915112340004')

const open = async (body?: string) => {
  const opened = await story.api('POST', '/incidents', {
    title: 'Sign-in fails',
    severity: 'SEV1',
    ...(body && { body }),
    commander_id: ada.id,
    roles: { comms_lead: comms.id, executive_sponsor: sponsor.id },
  })
  expect(opened.status).toBe(201)
  return opened.body
}
const alertsOf = async (id: string) => (await story.api('GET', `/incidents/${id}/alerts`)).body.data
const told = (mark: { mails: number; texts: number }) => ({
  mails: smtp.received.slice(mark.mails).flatMap(({ to }) => to),
  texts: twilio.sent.slice(mark.texts).map(({ to }) => to),
})
const mark = () => ({ mails: smtp.received.length, texts: twilio.sent.length })

/** Time passes; from then on exactly these people have been told once each, by mail and by SMS. */
async function reaches(minutes: number, people: { email: string; phone: string | null }[]) {
  const before = mark()
  await story.later(minutes * MINUTE)
  const wanted = {
    mails: people.map((person) => person.email).toSorted(),
    texts: people.map((person) => person.phone).toSorted(),
  }
  await soon(() => {
    const { mails, texts } = told(before)
    expect({ mails: mails.toSorted(), texts: texts.toSorted() }).toEqual(wanted)
  })
}

let id = ''
const everyone = [ada, comms, boss, sponsor]

it('reminds the commander and the comms lead before a promise is due, and says so nowhere outside', async () => {
  id = (await open('Some customers cannot sign in.')).id
  await reaches(12, [ada, comms])
  expect(smtp.received.at(-1)!.mail.subject).toBe('Update due: SEV1 Sign-in fails')
  await soon(async () => expect(await pageWords(story, '/')).toContain('Next update by'))
  expect(await pageWords(story, '/')).not.toContain('is late')
  expect((await story.api('GET', `/incidents/${id}`)).body.overdue).toBe(false)
})

it('says at the deadline on the page that the update is late, and alerts the same two', async () => {
  await reaches(3.05, [ada, comms])
  expect(smtp.received.at(-1)!.mail.subject).toBe('Late: SEV1 Sign-in fails')
  expect(twilio.sent.at(-1)!.body).toMatch(/^Sitrep LATE: SEV1 Sign-in fails, promised \d\d:\d\d UTC, \d+ min ago/)
  await soon(async () => expect((await publishedJson(story, '/status.json')).incidents[0].overdue).toBe(true))
  await soon(async () => expect(await pageWords(story, '/')).toContain('is still at work and has been alerted'))
  for (const path of ['/', `/incidents/${id}`]) expect(await pageWords(story, path)).toContain('is late')
})

it('reaches the fallback a third of the interval later, then the sponsor and everyone', async () => {
  await reaches(5, [boss])
  await reaches(10, everyone)
  const rungs = (await alertsOf(id)).map((alert: { rung: string }) => alert.rung)
  expect(rungs.toSorted()).toEqual(['deputy', 'due', 'reminder', 'sponsor'])
})

it('fires every rung exactly once for a promise, however many processes and rounds look', async () => {
  const acting = actingAs(story.db, story.clock)
  await Promise.all(Array.from({ length: 8 }, () => alertSilence(acting)))
  // Nobody hears anything more but Ada: she has commanded for an hour, and is reminded to hand over.
  await reaches(30, [ada])
  await Promise.all(Array.from({ length: 8 }, () => alertSilence(acting)))
  expect(await alertsOf(id)).toHaveLength(4)
  expect(smtp.received.at(-1)!.mail.subject).toBe('Hand over: SEV1 Sign-in fails')
})

it('is not reset by notes, roles or facts: only a published update does that', async () => {
  const seq = async () => (await story.api('GET', `/incidents/${id}`)).body.deadline_seq
  const before = await seq()
  await story.api('POST', `/incidents/${id}/timeline`, { text: 'We are on it, really.' })
  await story.api('PATCH', `/incidents/${id}`, { title: 'Sign-in still fails', roles: { deputy: boss.id } })
  expect(await seq()).toBe(before)
  expect((await story.api('GET', `/incidents/${id}`)).body.overdue).toBe(true)
  const said = await story.api('POST', `/incidents/${id}/updates`, {
    body: 'We found the fault.',
    status: 'identified',
  })
  expect(said.body).toMatchObject({ promise_kept: false, late_by: expect.stringMatching(/^PT4\dM/) })
  expect(await seq()).toBe(before + 1)
  await soon(async () => expect(await pageWords(story, '/')).not.toContain('is late'))
  expect((await publishedJson(story, '/status.json')).incidents[0].overdue).toBe(false)
})

it('climbs the ladder anew for the next promise, and stops with the resolution', async () => {
  await reaches(12, [ada, comms])
  expect((await alertsOf(id)).map((alert: { deadline_seq: number }) => alert.deadline_seq)).toEqual([3, 2, 2, 2, 2])
  await story.api('POST', `/incidents/${id}/updates`, { body: 'It works again.', status: 'resolved' })
  await reaches(180, [])
  expect(await alertsOf(id)).toHaveLength(5)
})

it('alerts for a first word that never came as well, though the page knows nothing of it yet', async () => {
  const { id: silent } = await open()
  await reaches(3.8, [ada, comms])
  await reaches(1.3, [ada, comms])
  expect((await story.visit(`/incidents/${silent}`)).status).toBe(404)
  expect((await publishedJson(story, '/status.json')).incidents).toEqual([])
})

it('has told nobody anything twice when all is sent', async () => {
  const rows = await soon(async () => {
    const ledger = await story.db.select().from(deliveries)
    expect(ledger.map((row) => row.state)).toEqual(ledger.map(() => 'accepted'))
    return ledger
  })
  expect(rows).toHaveLength(2 * 16)
  expect(new Set(rows.map((row) => `${row.announcementId} ${row.personId} ${row.channel}`)).size).toBe(32)
  expect({ mails: smtp.received.length, texts: twilio.sent.length }).toEqual({ mails: 16, texts: 16 })
})
