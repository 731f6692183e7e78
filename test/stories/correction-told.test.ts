import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { MINUTE } from '../../api/domain/duration.ts'
import { deliveries } from '../../db/schema.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { headersOf, testSmtp } from '../support/smtp.ts'
import { follow, soon } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const story = await startStory(carriedBy(smtp, twilio))
const LENA = 'lena@customer.example'
const KAI = '+4915112345672'
const SLOW = 'slow@customer.example'
await follow(story, 'email', LENA)
await follow(story, 'sms', KAI)

const opened = await story.api('POST', '/incidents', {
  title: 'Sign-in fails',
  severity: 'SEV1',
  body: 'Sign-in works everywhere again.',
})
const path = `/incidents/${opened.body.id}`
const update = opened.body.updates[0]
const correct = (body: string, more: object = {}, uid = update.id) =>
  story.api('POST', `${path}/updates/${uid}/corrections`, { body, reason: 'Kai wrote that the US fails.', ...more })
const mailsTo = (address: string) => smtp.received.filter(({ to }) => to[0] === address)
const statesOf = async (id: string) => {
  const rows = await story.db
    .select()
    .from(deliveries)
    .where(eq(deliveries.subscriberId, id))
    .orderBy(deliveries.queuedAt)
  return rows.map((row) => `${row.correctionId ? 'correction' : 'update'} ${row.state}`)
}

it('reaches, by mail and by phone, those who were sent the words, and nobody else', async () => {
  await smtp.waitFor(1)
  await twilio.waitFor(1)
  const later = await follow(story, 'email', 'later@customer.example')
  await story.later(5 * MINUTE)
  const answer = await correct('The EU is back. The US still fails.')
  expect(answer.status).toBe(201)
  const [, mail] = await smtp.waitFor(2)
  expect(mail!.to).toEqual([LENA])
  expect(mail!.mail.subject).toBe('Sign-in fails (Northwind Cloud)')
  expect(headersOf(mail!, 'references')).toEqual(headersOf(smtp.received[0]!, 'references'))
  expect(mail!.mail.text).toMatch(/^Correction to what we wrote at \d\d:\d\d UTC\n/)
  expect(mail!.mail.text).toContain('> Sign-in works everywhere again.')
  const [, text] = await twilio.waitFor(2)
  expect(text!.body).toMatch(/^Northwind CORRECTION \d\d:\d\d UTC: The EU is back\. The US still fails\. /)
  expect(await statesOf(later)).toEqual([])
})

it('is answered with the update as it reads now, and its history', async () => {
  const { body: incident } = await story.api('GET', path)
  const [now] = incident.updates
  expect(now).toMatchObject({
    id: update.id,
    headline: 'The EU is back.',
    body: 'The EU is back. The US still fails.',
    body_html: '<p>The EU is back. The US still fails.</p>',
    published_at: update.published_at,
    corrections: [
      {
        id: expect.stringMatching(/^[a-z0-9]{12}$/),
        body: 'The EU is back. The US still fails.',
        previous_body: 'Sign-in works everywhere again.',
        reason: 'Kai wrote that the US fails.',
        created_at: expect.stringMatching(/Z$/),
      },
    ],
  })
})

it('stands in the ledger of the incident under the update that it corrects', async () => {
  const { body } = await story.api('GET', `${path}/deliveries?update_id=${update.id}`)
  expect(body.counts).toEqual({ email: { accepted: 2 }, sms: { accepted: 2 } })
  expect(new Set(body.data.map((row: { announcement_id: string }) => row.announcement_id)).size).toBe(2)
})

it('moves neither the promise nor the clock', async () => {
  const { body: incident } = await story.api('GET', path)
  expect(incident.next_update_due_at).toBe(opened.body.next_update_due_at)
  expect([incident.deadline_seq, incident.update_seq]).toEqual([opened.body.deadline_seq, opened.body.update_seq])
  expect(incident.status).toBe(opened.body.status)
})

it('is in the words themselves where they still wait', async () => {
  const id = await follow(story, 'email', SLOW)
  smtp.faults.push({ at: 'rcpt', code: 451, message: 'later' }, { at: 'rcpt', code: 451, message: 'later' })
  smtp.faults.push({ at: 'rcpt', code: 451, message: 'later' })
  const said = await story.api('POST', `${path}/updates`, { body: 'The US is back as well.' })
  await soon(async () => expect(await statesOf(id)).toEqual(['update failed_for_now']))
  await correct('Half of the US is back.', {}, said.body.id)
  await story.later(10 * MINUTE)
  await soon(() => expect(mailsTo(SLOW)).toHaveLength(1))
  await soon(async () => expect(await statesOf(id)).toEqual(['update accepted']))
  expect(mailsTo(SLOW)[0]!.mail.text).toContain('Half of the US is back.')
  expect(mailsTo(SLOW)[0]!.mail.text).toMatch(/^SEV1 /)
})

it('is refused where there is nothing to correct, and by whoever may not speak', async () => {
  const viewer = await story.key('viewer')
  const asked = { body: 'x', reason: 'y' }
  const to = `${path}/updates/${update.id}/corrections`
  expect((await story.api('POST', to, asked, { key: viewer })).status).toBe(403)
  expect((await story.api('POST', `${path}/updates/aaaaaaaaaaaa/corrections`, asked)).status).toBe(404)
  expect((await story.api('POST', to, { body: 'x' })).body.errors[0]).toMatchObject({
    field: 'reason',
    code: 'required',
  })
  const same = await correct('The EU is back. The US still fails.')
  expect([same.status, same.body.errors[0].code]).toEqual([422, 'unchanged'])
  const stale = await story.api('POST', to, asked, { headers: { 'if-match': '"1"' } })
  expect(stale.status).toBe(412)
})
