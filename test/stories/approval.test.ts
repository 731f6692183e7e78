import { expect, it } from 'vitest'
import { MINUTE } from '../../api/domain/duration.ts'
import { sizeOf } from '../../api/domain/sms.ts'
import { auditLog } from '../../db/schema.ts'
import { actingAs } from '../support/acting.ts'
import { codeIn } from '../support/answering.ts'
import { setTerms } from '../support/holding.ts'
import { inboundSms } from '../support/inbound-sms.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { follow, pageWords, soon, staff } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const story = await startStory(carriedBy(smtp, twilio))
await setTerms(actingAs(story.db, story.clock), {
  approval: 'PT5M',
  hold: 'PT0S',
  first_briefing: null,
  briefing: null,
})
await follow(story, 'email', 'lena@customer.example')
const ada = await staff(story, 'commander', 'Ada', '+4915112340001')
const cleo = await staff(story, 'responder', 'Cleo', '+4915112340002')
await staff(story, 'admin', 'Bea', '+4915112340003')
await story.db.execute('update people set phone_verified_at = created_at')
const [byAda, byCleo] = await Promise.all([story.key('commander', ada.id), story.key('responder', cleo.id)])
const robot = await story.key('responder')

/** A SEV1 that Ada commands and Cleo speaks for; its promise is in fifteen minutes. */
async function opened(): Promise<string> {
  const roles = { comms_lead: cleo.id }
  const input = { title: 'Sign-in fails', severity: 'SEV1', body: 'Nobody can sign in.', commander_id: ada.id, roles }
  const { id, updates } = (await story.api('POST', '/incidents', input)).body
  const path = `/incidents/${id}`
  if (updates[0].state === 'held') await decide(path, updates[0].id, 'approval', byAda)
  await soon(async () => expect(await pageWords(story, path)).toContain('Nobody can sign in.'))
  return path
}
const incident = async (path: string) => (await story.api('GET', path)).body
const post = (path: string, body: string, more: object = {}, key = byCleo) =>
  story.api('POST', `${path}/updates`, { body, ...more }, { key })
const decide = (path: string, uid: string, verb: string, key: string, body?: object) =>
  story.api('POST', `${path}/updates/${uid}/${verb}`, body, { key })
const code = ({ status, body }: { status: number; body: { errors?: { code: string }[] } }) => [
  status,
  body.errors?.[0]?.code,
]
const lines = async (path: string): Promise<string[]> =>
  (await story.api('GET', `${path}/timeline`)).body.data.map(({ text }: { text: string }) => text)
const mailsTo = (email: string) => smtp.received.filter(({ to }) => to.includes(email)).map(({ mail }) => mail)
const textsTo = (phone: string | null) => twilio.sent.filter(({ to }) => to === phone).map(({ body }) => body)

it('an update waits as a held one, those who may approve it are told at once, and the clock runs on', async () => {
  const path = await opened()
  const before = await incident(path)
  const { status, body } = await post(path, 'CANARY: the EU is back.')
  expect(status).toBe(201)
  expect(body).toMatchObject({ state: 'held', approval: { outcome: null, by: null } })
  expect(new Date(body.approval.until).getTime() - new Date(body.created_at).getTime()).toBe(5 * MINUTE)
  expect(body.release_at).toBe(body.approval.until)
  expect((await incident(path)).next_update_due_at).toBe(before.next_update_due_at)
  const [text] = await soon(() => {
    const asked = textsTo(ada.phone).filter((each) => each.startsWith('Sitrep APPROVE') && each.includes('CANARY'))
    expect(asked).toHaveLength(1)
    return asked
  })
  expect(text).toMatch(
    /^Sitrep APPROVE SEV1 update 2 by Cleo: CANARY: the EU is back\. It goes out by itself at \d\d:\d\d UTC\. /,
  )
  expect(sizeOf(text!).segments).toBeLessThanOrEqual(2)
  await soon(() =>
    expect(mailsTo(ada.email).find(({ text: words }) => words?.includes('CANARY: the EU is back.'))?.subject).toBe(
      'Approve: SEV1 Sign-in fails',
    ),
  )
  expect(textsTo(cleo.phone).filter((each) => each.includes('CANARY'))).toEqual([])
  expect(mailsTo('lena@customer.example').some((mail) => mail.text?.includes('CANARY'))).toBe(false)

  for (const key of [byCleo, robot])
    expect(code(await decide(path, body.id, 'approval', key))).toEqual([
      409,
      key === robot ? 'approver_unknown' : 'own_update',
    ])
  expect(code(await decide(path, body.id, 'release', byAda))).toEqual([409, 'approval_needed'])
  expect(code(await post(path, 'More.', {}, byAda))).toEqual([409, 'update_held'])

  const approved = await decide(path, body.id, 'approval', byAda)
  expect(approved.body).toMatchObject({ state: 'published', approval: { outcome: 'approved', by: ada.id } })
  expect((await decide(path, body.id, 'approval', byAda)).body).toEqual(approved.body)
  await soon(async () => expect(await pageWords(story, path)).toContain('CANARY: the EU is back.'))
  expect(await lines(path)).toEqual(
    expect.arrayContaining(["Update 2 waits for a second person's approval.", 'Update 2 approved.']),
  )
  const audited = (await story.db.select().from(auditLog)).filter(({ subjectId }) => subjectId === body.id)
  expect(audited.map(({ action }) => action)).toEqual(['update.held', 'update.approved', 'update.published'])
})

it('when the timer runs out it is published by itself, and timeline and audit say so', async () => {
  const path = await opened()
  const { id } = (await post(path, 'Nobody looked at this.')).body
  await story.later(5 * MINUTE)
  await soon(async () => expect((await incident(path)).updates[0]).toMatchObject({ id, state: 'published' }))
  const [update] = (await incident(path)).updates
  expect(update).toMatchObject({ promise_kept: true, approval: { outcome: 'lapsed', by: null, reason: null } })
  expect(await lines(path)).toContain('Nobody approved update 2 in time: it goes out by itself.')
  const acts = (await story.db.select().from(auditLog)).filter(({ subjectId }) => subjectId === id)
  expect(acts.map(({ action, actorKind }) => [action, actorKind])).toContainEqual(['update.approval_lapsed', 'system'])
  expect(code(await decide(path, id, 'approval', byAda))).toEqual([409, 'already_published'])
})

it('the promise comes first: approval makes no update late, and one that is due waits for nobody', async () => {
  const path = await opened()
  await story.later(12 * MINUTE)
  const { id, release_at } = (await post(path, 'Close to the promise.')).body
  expect(release_at).toBe((await incident(path)).next_update_due_at)
  await soon(() =>
    expect(textsTo(ada.phone).some((each) => each.startsWith('Sitrep APPROVE') && each.includes('Close'))).toBe(true),
  )
  await story.later(3 * MINUTE - 4_000)
  await soon(async () => expect((await incident(path)).updates[0]).toMatchObject({ id, state: 'published' }))
  expect((await incident(path)).updates[0]).toMatchObject({ promise_kept: true, approval: { outcome: 'lapsed' } })

  await story.later(20 * MINUTE)
  const late = await post(path, 'At last.')
  expect(late.body).toMatchObject({ state: 'published', promise_kept: false, approval: { outcome: 'lapsed' } })
})

it('the reminder before the promise names the update that waits', async () => {
  await setTerms(actingAs(story.db, story.clock), { approval: 'PT14M' })
  const path = await opened()
  await post(path, 'Waiting long.')
  await story.later(12 * MINUTE)
  const id = path.slice(-12)
  await soon(() =>
    expect(textsTo(ada.phone).some((each) => each.includes('Update 2 waits for approval.') && each.includes(id))).toBe(
      true,
    ),
  )
  await soon(() =>
    expect(
      mailsTo(ada.email).find(({ subject, text }) => subject?.startsWith('Update due') && text?.includes(id))?.text,
    ).toContain("Update 2 is written and waits for a second person's approval."),
  )
  await setTerms(actingAs(story.db, story.clock), { approval: 'PT5M' })
})

it('the glass is broken by hand, by its author too, with a reason', async () => {
  const path = await opened()
  const { id } = (await post(path, 'It cannot wait.')).body
  expect(code(await decide(path, id, 'break-glass', byCleo, {}))[0]).toBe(422)
  const broken = await decide(path, id, 'break-glass', byCleo, { reason: 'Ada sleeps.' })
  expect(broken.body).toMatchObject({
    state: 'published',
    approval: { outcome: 'glass_broken', by: cleo.id, reason: 'Ada sleeps.' },
  })
  expect(await lines(path)).toContain("Glass broken: update 2 goes out without a second person's approval. Ada sleeps.")
  await soon(async () => expect(await pageWords(story, path)).toContain('It cannot wait.'))
  expect(await pageWords(story, path)).not.toContain('Ada sleeps')
})

it('approved, it still waits for as long as its author holds it; recalled, there is nothing to approve', async () => {
  const path = await opened()
  const held = (await post(path, 'Both.', { hold: 'PT10M' })).body
  const approved = (await decide(path, held.id, 'approval', byAda)).body
  expect(approved).toMatchObject({ state: 'held', release_at: held.release_at, approval: { outcome: 'approved' } })
  expect((await story.api('DELETE', `${path}/updates/${held.id}`)).status).toBe(204)
  expect(code(await decide(path, held.id, 'approval', byAda))).toEqual([409, 'already_recalled'])
  const brief = (await post(path, 'Brief.', { hold: 'PT2M' })).body
  await decide(path, brief.id, 'approval', byAda)
  await story.later(2 * MINUTE)
  await soon(async () => expect((await incident(path)).updates[0]).toMatchObject({ id: brief.id, state: 'published' }))
})

it('what is answered to an alert waits too, and its author is told until when', async () => {
  const path = await opened()
  await story.later(12 * MINUTE)
  const text = await soon(() => {
    const found = textsTo(cleo.phone).find((each) => codeIn(each) && each.includes(path.slice(-12)))
    expect(found).toBeDefined()
    return found!
  })
  await inboundSms(story, twilio, cleo.phone!, `${codeIn(text)} The roll-back runs.`)
  await soon(async () => expect((await incident(path)).updates[0]).toMatchObject({ state: 'held', author_id: cleo.id }))
  await soon(() =>
    expect(textsTo(cleo.phone)).toContainEqual(
      expect.stringMatching(
        /update 2 waits for a second person's approval and goes out by itself at \d\d:\d\d UTC: "The roll-back runs\."/,
      ),
    ),
  )
  const [{ id }] = (await incident(path)).updates
  await decide(path, id, 'approval', byAda)
  await soon(async () => expect(await pageWords(story, path)).toContain('The roll-back runs.'))
})

it('where the cadence asks for none, and inside, nothing waits', async () => {
  const inside = { title: 'Exports', severity: 'SEV1', visibility: 'internal', body: 'Inside.' }
  const path = `/incidents/${(await story.api('POST', '/incidents', inside)).body.id}`
  expect((await post(path, 'Still inside.')).body).toMatchObject({ state: 'published', approval: null })
  await setTerms(actingAs(story.db, story.clock), { approval: null })
  const open = await opened()
  const { id } = (await post(open, 'At once.', { hold: 'PT5M' })).body
  expect(code(await decide(open, id, 'approval', byAda))).toEqual([409, 'no_approval_asked'])
})
