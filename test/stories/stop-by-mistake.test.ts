import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { MINUTE } from '../../api/domain/duration.ts'
import { deliveries } from '../../db/schema.ts'
import { somePerson } from '../support/acting.ts'
import { wordsOf } from '../support/forms.ts'
import { inboundSms } from '../support/inbound-sms.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { signIn, soon, staff } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const story = await startStory(carriedBy(smtp, twilio))
const casey = await somePerson(story.db, 'commander', 'Casey', { phone: '+4915112350001' })
const admin = await staff(story, 'admin', 'Ada', '+4915112350002')
const viewer = await staff(story, 'viewer', 'Vera', '+4915112350003')
const [adas, veras] = [await signIn(story, admin.email), await signIn(story, viewer.email)]

const textsTo = (phone: string | null) => twilio.sent.filter(({ to }) => to === phone)
const mailsTo = (email: string) => smtp.received.filter(({ to }) => to.includes(email))
const home = async (cookie: string) => wordsOf(await (await story.visit('/console', { headers: { cookie } })).text())
const ALARM = 'Casey is alerted by mail alone'

/** The ladder of an incident whose rungs go by text alone; answers its id, with its first rung due. */
async function alertByText(): Promise<string> {
  const policy = (await story.api('GET', '/cadence')).body
  for (const rung of policy.SEV1.ladder) rung.channels = ['sms']
  expect((await story.api('PUT', '/cadence', policy)).status).toBe(200)
  const opened = await story.api('POST', '/incidents', {
    title: 'Sign-in fails',
    severity: 'SEV1',
    body: 'Some customers cannot sign in.',
    commander_id: casey.id,
  })
  await story.later(12 * MINUTE)
  return opened.body.id
}

it('a responder whose phone says STOP is told by mail how to undo it, and the console raises an alarm', async () => {
  expect(await home(adas)).not.toContain(ALARM)
  await inboundSms(story, twilio, casey.phone!, 'Stop', { sid: 'SMstop' })
  await inboundSms(story, twilio, casey.phone!, 'Stop', { sid: 'SMstop' })
  await inboundSms(story, twilio, casey.phone!, 'STOPALL')
  const [mail] = await soon(() => {
    expect(mailsTo(casey.email)).toHaveLength(1)
    return mailsTo(casey.email)
  })
  expect(mail!.mail.subject).toBe('Your phone gets no alerts')
  expect(mail!.mail.text).toContain('text START to the number')
  expect(await home(adas)).toContain(ALARM)
  expect(await home(veras)).not.toContain(ALARM)
})

it('from then on they are alerted by mail, also by rungs that go by text alone', async () => {
  const id = await alertByText()
  await soon(() => expect(mailsTo(casey.email).some(({ mail }) => mail.text?.includes(id))).toBe(true))
  expect(textsTo(casey.phone)).toEqual([])
})

it('START undoes it', async () => {
  await inboundSms(story, twilio, casey.phone!, 'START')
  expect(await home(adas)).not.toContain(ALARM)
  const id = await alertByText()
  await soon(() => expect(textsTo(casey.phone).some(({ body }) => body.includes(id))).toBe(true))
})

it('a text that the carrier refuses because of a STOP that we did not hear goes by mail', async () => {
  twilio.temper = ({ To }) => (To === casey.phone ? { status: 400, code: 21610, message: 'Unsubscribed' } : null)
  const id = await alertByText()
  await soon(() => expect(mailsTo(casey.email).some(({ mail }) => mail.text?.includes(id))).toBe(true))
  expect(await home(adas)).toContain(ALARM)
  await soon(async () => {
    const rows = await story.db.select().from(deliveries).where(eq(deliveries.incidentId, id))
    const caseys = rows.filter(({ personId }) => personId === casey.id)
    expect(caseys.map(({ channel, state }) => `${channel} ${state}`).toSorted()).toEqual([
      'email accepted',
      'sms suppressed',
    ])
  })
})
