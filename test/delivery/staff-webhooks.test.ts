import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { addPerson, addPersonInput } from '../../api/actions/add-person.ts'
import { changePerson } from '../../api/actions/change-person.ts'
import { sendTestAlert } from '../../api/actions/send-test-alert.ts'
import { webhookCarrier } from '../../api/delivery/webhook.ts'
import { MINUTE } from '../../api/domain/duration.ts'
import { personWebhookSecrets } from '../../api/domain/webhook-signature.ts'
import { newId } from '../../db/ids.ts'
import { queueAlerts } from '../../db/queries/announcements.ts'
import { alerts, deliveries, incidents } from '../../db/schema.ts'
import { SECRETS, somePerson, URLS } from '../support/acting.ts'
import { delivering } from '../support/delivering.ts'
import { someEndpoint } from '../support/endpoints.ts'
import { isSigned, testReceiver } from '../support/receiver.ts'

const receiver = await testReceiver()
const world = await delivering({ webhook: webhookCarrier({ allow: [receiver.allowed] }, 400) })
const { db, clock } = world

/** The rung `sponsor` goes by webhook as well. */
async function alertAbout(incidentId: string): Promise<void> {
  const now = await clock(db)
  const [incident] = await db.select().from(incidents).where(eq(incidents.id, incidentId))
  const { deadlineSeq, severity } = incident!
  const alert = { id: newId(), incidentId, audience: 'public' as const, rung: 'sponsor', dueAt: now, firedAt: now }
  await db.insert(alerts).values({ ...alert, state: 'alerted', deadlineSeq })
  await db.transaction((tx) => queueAlerts(tx, [{ ...alert, severity }], now))
}
const rowsOf = (personId: string) =>
  db.select().from(deliveries).where(eq(deliveries.personId, personId)).orderBy(deliveries.channel)

describe('an alert to the webhook of a person', () => {
  it('says how late we are, signed with the secret of that person, in the lane of staff', async () => {
    const sponsor = await somePerson(db, 'admin', 'Sue', { webhookUrl: receiver.url('/sue') })
    const incident = await world.declare({ roles: { executive_sponsor: sponsor.id } })
    await clock.advance(30 * MINUTE)
    await alertAbout(incident.id)
    await world.drain()
    const [hook, ...more] = receiver.at('/sue')
    expect(more).toEqual([])
    expect(hook!.body).toMatchObject({
      type: 'alert',
      text: expect.stringMatching(/^Sitrep LATE: SEV1 Sign-in fails, promised 14:19 UTC, 15 min ago/),
      alert: { incident_id: incident.id, severity: 'SEV1', rung: 'sponsor', late: true, minutes: 15 },
    })
    expect(hook!.body.alert.url).toBe(`${URLS.api}/console/incidents/${incident.id}`)
    const [secret] = personWebhookSecrets(SECRETS, sponsor.id)
    expect(isSigned(hook!, secret!, await clock.now())).toBe(true)
    const rows = await rowsOf(sponsor.id)
    expect(rows.map(({ channel, lane, state }) => `${channel} ${lane} ${state}`)).toEqual([
      'email staff accepted',
      'sms staff accepted',
      'webhook staff accepted',
    ])
  })

  it('does not wait for the events of the public, nor for an endpoint of theirs at the same address', async () => {
    const sponsor = await somePerson(db, 'admin', 'Sam', { webhookUrl: receiver.url('/shared') })
    await someEndpoint(world, receiver.url('/shared'))
    receiver.answers('/shared', { status: 500 })
    const incident = await world.declare({ roles: { executive_sponsor: sponsor.id } })
    await world.drain()
    await alertAbout(incident.id)
    await world.drain()
    expect(receiver.at('/shared').map(({ body }) => body.type)).toEqual(['incident.update', 'alert'])
  })

  it('is not sent to where webhooks may not go, whatever was stored; mail goes all the same', async () => {
    const sponsor = await somePerson(db, 'admin', 'Pia', { webhookUrl: 'https://169.254.169.254/latest' })
    const incident = await world.declare({ roles: { executive_sponsor: sponsor.id } })
    await alertAbout(incident.id)
    await world.drain()
    const rows = await rowsOf(sponsor.id)
    expect(rows.map(({ channel, state }) => `${channel} ${state}`)).toEqual([
      'email accepted',
      'sms accepted',
      'webhook failed_for_now',
    ])
    expect(rows.at(-1)).toMatchObject({ code: 'address_refused' })
  })

  it('can be tried out', async () => {
    const person = await somePerson(db, 'responder', 'Tom', { webhookUrl: receiver.url('/tom') })
    expect(await sendTestAlert(world.acting, person.id)).toEqual(['email', 'sms', 'webhook'])
    await world.drain()
    expect(receiver.at('/tom').map(({ body }) => body)).toEqual([
      { type: 'test', text: expect.stringContaining('test alert, nothing is wrong') },
    ])
  })
})

describe('the webhook of a person', () => {
  it.each(['http://hooks.example.com/', 'https://10.0.0.1/', 'https://user:secret@hooks.example.com/'])(
    '%s is refused when it is saved',
    async (webhook_url) => {
      const refused = { errors: [expect.objectContaining({ field: 'webhook_url', code: 'url_refused' })] }
      const input = addPersonInput.parse({ email: `${newId()}@northwind.example`, role: 'viewer', webhook_url })
      await expect(addPerson(world.acting, input)).rejects.toMatchObject(refused)
      const person = await somePerson(db, 'viewer', 'Vic')
      await expect(changePerson(world.acting, person.id, { webhook_url })).rejects.toMatchObject(refused)
    },
  )

  it('may be any address on the open internet, and none', async () => {
    const person = await somePerson(db, 'viewer', 'Val')
    const webhook_url = 'https://hooks.example.com/val'
    expect(await changePerson(world.acting, person.id, { webhook_url })).toMatchObject({ webhookUrl: webhook_url })
    expect(await changePerson(world.acting, person.id, { webhook_url: null })).toMatchObject({ webhookUrl: null })
  })
})
