import { expect, it } from 'vitest'
import { MINUTE } from '../../api/domain/duration.ts'
import { sizeOf } from '../../api/domain/sms.ts'
import { actingAs } from '../support/acting.ts'
import { codeIn } from '../support/answering.ts'
import { setTerms } from '../support/holding.ts'
import { inboundSms } from '../support/inbound-sms.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { follow, pageWords, publishedJson, soon, staff } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const story = await startStory(carriedBy(smtp, twilio))
await setTerms(actingAs(story.db, story.clock), {
  approval: 'PT3M',
  hold: 'PT0S',
  first_briefing: null,
  briefing: null,
})
const LENA = 'lena@customer.example'
await follow(story, 'email', LENA)
const ada = await staff(story, 'commander', 'Ada', '+4915112340001')
const cleo = await staff(story, 'responder', 'Cleo', '+4915112340002')
await story.db.execute('update people set phone_verified_at = created_at')
const [byAda, byCleo] = await Promise.all([story.key('commander', ada.id), story.key('responder', cleo.id)])

const incident = async (path: string) => (await story.api('GET', path)).body
const post = (path: string, body: object) => story.api('POST', path, body, { key: byCleo })
const approve = (path: string, uid: string) =>
  story.api('POST', `${path}/updates/${uid}/approval`, undefined, { key: byAda })
const mailsTo = (email: string) => smtp.received.filter(({ to }) => to.includes(email)).map(({ mail }) => mail)
const textsTo = (phone: string | null) => twilio.sent.filter(({ to }) => to === phone).map(({ body }) => body)
const openOutside = async () =>
  (await publishedJson(story, '/status.json')).incidents.map(({ id }: { id: string }) => id)

/** Cleo declares with words, to be commanded by Ada; they wait. */
async function declared(title: string, more: object = {}): Promise<{ path: string; id: string; uid: string }> {
  const input = { title, severity: 'SEV1', body: `${title} for all.`, commander_id: ada.id, ...more }
  const { status, body } = await post('/incidents', input)
  expect(status).toBe(201)
  return { path: `/incidents/${body.id}`, id: body.id, uid: body.updates[0]?.id }
}

it('an incident is declared at once, its first words wait, and outside there is nothing before they are approved', async () => {
  const { path, id, uid } = await declared('Sign-in fails')
  expect(await incident(path)).toMatchObject({
    first_public_update_at: null,
    update_seq: 0,
    updates: [{ id: uid, seq: 1, state: 'held', approval: { outcome: null } }],
  })
  const text = await soon(() => {
    const found = textsTo(ada.phone).find((each) => each.startsWith('Sitrep APPROVE'))
    expect(found).toContain('SEV1 update 1 by Cleo: Sign-in fails for all.')
    return found!
  })
  expect(sizeOf(text).segments).toBeLessThanOrEqual(2)
  expect((await fetch(`${story.url}/incidents/${id}`)).status).toBe(404)
  expect((await approve(path, uid)).body).toMatchObject({ state: 'published', promise_kept: true })
  await soon(async () => expect(await pageWords(story, path)).toContain('Sign-in fails for all.'))
  await soon(() => expect(mailsTo(LENA).at(-1)?.text).toContain('Sign-in fails for all.'))
})

it('words nobody approves are out before the clock of first words, as they are answered to its alert', async () => {
  const { path } = await declared('Exports fail', { body: undefined })
  await story.later(4 * MINUTE)
  const text = await soon(() => {
    const found = textsTo(ada.phone).find((each) => codeIn(each) && each.includes(path.slice(-12)))
    expect(found).toBeDefined()
    return found!
  })
  await inboundSms(story, twilio, ada.phone!, `${codeIn(text)} Exports fail for some.`)
  await soon(async () => expect((await incident(path)).updates[0]).toMatchObject({ state: 'held', author_id: ada.id }))
  await story.later(MINUTE - 1_500)
  await soon(async () =>
    expect((await incident(path)).updates[0]).toMatchObject({
      state: 'published',
      promise_kept: true,
      approval: { outcome: 'lapsed' },
    }),
  )
})

it('a retraction waits, and whoever approves it reads that it is one', async () => {
  const { path, id, uid } = await declared('Search fails')
  await approve(path, uid)
  await soon(async () => expect(await openOutside()).toContain(id))
  const { status, body } = await post(`${path}/retraction`, { body: 'Nothing was broken.', reason: 'A probe was.' })
  expect(status).toBe(201)
  expect(body).toMatchObject({ state: 'held', retraction_reason: 'A probe was.', approval: { outcome: null } })
  expect(await incident(path)).toMatchObject({ retracted: false, status: 'investigating' })
  await soon(() => expect(textsTo(ada.phone).at(-1)).toMatch(/APPROVE SEV1 update 2 \(retraction\) by Cleo/))
  await soon(() =>
    expect(mailsTo(ada.email).find(({ subject }) => subject === 'Approve: SEV1 Search fails')?.text).toBeDefined(),
  )
  await soon(() => expect(mailsTo(ada.email).at(-1)?.text).toContain('Declared by mistake: A probe was.'))
  await approve(path, body.id)
  expect(await incident(path)).toMatchObject({ retracted: true, status: 'resolved' })
  await soon(async () => expect(await pageWords(story, path)).toContain('A probe was.'))
  expect(await openOutside()).not.toContain(id)
})

it('a reopening waits: the incident stays resolved until then, and its promise begins with its words', async () => {
  const { path, id, uid } = await declared('Storage fails')
  await approve(path, uid)
  const over = (await post(`${path}/updates`, { body: 'It works again.', status: 'resolved' })).body
  await approve(path, over.id)
  await soon(async () => expect(await openOutside()).not.toContain(id))
  const { body } = await post(`${path}/reopening`, { body: 'It is back.' })
  expect(body).toMatchObject({ state: 'held', status: 'investigating' })
  expect(await incident(path)).toMatchObject({ status: 'resolved', next_update_due_at: null })
  await soon(() => expect(textsTo(ada.phone).at(-1)).toMatch(/APPROVE SEV1 update 3 \(reopening\) by Cleo/))
  await story.later(3 * MINUTE)
  await soon(async () => expect(await pageWords(story, path)).toContain('It is back.'))
  const reopened = await incident(path)
  expect(reopened).toMatchObject({ status: 'investigating', overdue: false, update_seq: 3 })
  expect(new Date(reopened.next_update_due_at).getTime() - new Date(reopened.updates[0].published_at).getTime()).toBe(
    15 * MINUTE,
  )
})

it('a correction goes out at once', async () => {
  const { path, uid } = await declared('Mail fails')
  await approve(path, uid)
  await soon(async () => expect(await pageWords(story, path)).toContain('Mail fails for all.'))
  const wrong = { body: 'Mail fails for some.', reason: 'It fails for some only.' }
  const { body } = await post(`${path}/updates/${uid}/corrections`, wrong)
  expect(body).toMatchObject({ body: 'Mail fails for some.', state: 'published', approval: { outcome: 'approved' } })
  await soon(async () => expect(await pageWords(story, path)).toContain('It fails for some only.'))
})

it('what was inside becomes public at once, and its first public words wait', async () => {
  const { path, id } = await declared('Billing fails', { visibility: 'internal', body: 'CANARY inside.' })
  await story.api('PATCH', path, { visibility: 'public' }, { key: byCleo })
  const { body } = await post(`${path}/updates`, { body: 'Invoices are late.' })
  expect(body).toMatchObject({ state: 'held', seq: 2 })
  expect((await fetch(`${story.url}/incidents/${id}`)).status).toBe(404)
  await approve(path, body.id)
  await soon(async () => expect(await pageWords(story, path)).toContain('Invoices are late.'))
  expect(await pageWords(story, path)).not.toContain('CANARY')
})
