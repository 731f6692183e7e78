import { and, eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { advanceMaintenance } from '../../api/actions/advance-maintenance.ts'
import { correctUpdate } from '../../api/actions/correct-update.ts'
import { planMaintenance, planMaintenanceInput } from '../../api/actions/plan-maintenance.ts'
import { claim } from '../../api/delivery/carry.ts'
import { fanOutStep } from '../../api/delivery/fan-out.ts'
import { readMail } from '../../api/delivery/read-mailbox.ts'
import { rescueRound } from '../../api/delivery/rescue.ts'
import { webhookCarrier } from '../../api/delivery/webhook.ts'
import { DAY, HOUR, MINUTE, plus } from '../../api/domain/duration.ts'
import { seal } from '../../api/domain/sealing.ts'
import { newWebhookSecret } from '../../api/domain/webhook-signature.ts'
import { auditLog, deliveries, deliveryAttempts, webhookEndpoints } from '../../db/schema.ts'
import { SECRETS, URLS } from '../support/acting.ts'
import { carryDue, delivering, everybodyLeaves, latestAnnouncement } from '../support/delivering.ts'
import { endpointNow, someEndpoint } from '../support/endpoints.ts'
import { isSigned, testReceiver } from '../support/receiver.ts'

const receiver = await testReceiver()
const world = await delivering({ webhook: webhookCarrier({ allow: [receiver.allowed] }, 400) })
const { db, clock } = world
let paths = 0
/** An endpoint at a path of its own. */
const endpoint = async (given: Parameters<typeof someEndpoint>[2] = {}) => {
  const path = `/${paths++}`
  const made = await someEndpoint(world, receiver.url(path), given)
  return { ...made, path, got: () => receiver.at(path), answers: receiver.answers.bind(null, path) }
}
const rowsOf = (subscriberId: string, channel: 'webhook' | 'email' = 'webhook') =>
  db
    .select()
    .from(deliveries)
    .where(and(eq(deliveries.subscriberId, subscriberId), eq(deliveries.channel, channel)))
    .orderBy(deliveries.queuedAt, deliveries.id)
/** Says something a moment later than what was said before. */
const declare = async (input: Parameters<typeof world.declare>[0] = {}) => {
  await clock.advance(1)
  return world.declare(input)
}
const pass = async (wait: number) => {
  await clock.advance(wait)
  await world.drain()
}

beforeEach(() => everybodyLeaves(world))

describe('an event', () => {
  it("is told in Statuspage's shape with a type, signed for the endpoint, under the delivery's id", async () => {
    const { got, secret, id } = await endpoint()
    const incident = await declare()
    await world.drain()
    const [hook, ...more] = got()
    expect(more).toEqual([])
    expect(isSigned(hook!, secret, await clock.now())).toBe(true)
    expect(isSigned(hook!, newWebhookSecret(), await clock.now())).toBe(false)
    expect(hook!.headers['webhook-id']).toBe((await rowsOf(id))[0]!.id)
    expect(hook!.body).toMatchObject({
      type: 'incident.update',
      page: { id: expect.stringMatching(/^[a-z0-9]{12}$/), status_indicator: 'critical' },
      incident: {
        id: incident.id,
        name: 'Sign-in fails',
        status: 'investigating',
        impact: 'critical',
        incident_updates: [{ body: 'Some customers cannot sign in.', status: 'investigating' }],
      },
    })
    const { unsubscribe, documentation, manage } = hook!.body.meta
    expect(unsubscribe).toContain(`${URLS.api}/subscriptions/unsubscribe?token=${id}.`)
    expect(manage).toContain(`${URLS.api}/subscriptions/endpoint?token=${id}.`)
    expect(documentation).toBe(`${URLS.api}/api/v1/docs`)
    expect(Object.keys(hook!.body)).toEqual(['type', 'meta', 'page', 'incident'])
  })

  it('stays under 20 kB, whatever has been said', async () => {
    const { got } = await endpoint()
    const incident = await declare({ body: `${'"Long" wörds. '.repeat(600)}` })
    for (let said = 1; said <= 3; said++)
      await world.post(incident.id, { body: `${said} ${'"Long" wörds. '.repeat(600)}` })
    await world.drain()
    expect(got()).toHaveLength(4)
    for (const { raw } of got()) expect(Buffer.byteLength(raw)).toBeLessThan(20_001)
    expect(got().at(-1)!.body.incident.incident_updates[0].body).toMatch(/^3 "Long" wörds/)
  })

  it('says at a later attempt what it said at the first, whatever was said since', async () => {
    const { got, answers, secret } = await endpoint()
    answers({ status: 500 })
    const incident = await declare()
    await world.drain()
    await world.post(incident.id, { status: 'resolved', body: 'It works again.' })
    await pass(5 * 1000)
    const [first, second, third] = got()
    expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id'])
    expect(second!.body.incident).toEqual(first!.body.incident)
    expect(second!.headers['webhook-timestamp']).not.toBe(first!.headers['webhook-timestamp'])
    expect(isSigned(second!, secret, await clock.now())).toBe(true)
    expect(third!.body.incident).toMatchObject({ status: 'resolved', resolved_at: expect.any(String) })
  })
})

describe('an event of planned work', () => {
  it('has the window, and is read as it was told at every attempt', async () => {
    const { got, answers } = await endpoint()
    answers({ status: 500 })
    const now = await clock.now()
    const { id } = await planMaintenance(
      world.acting,
      planMaintenanceInput.parse({
        title: 'Storage upgrade',
        body: 'We replace disks.',
        scheduled_for: plus(now, DAY + HOUR).toISOString(),
        scheduled_until: plus(now, DAY + 2 * HOUR).toISOString(),
        reminders: ['-PT24H'],
      }),
    )
    await world.drain()
    for (const wait of [HOUR, DAY, HOUR]) {
      await clock.advance(wait)
      await advanceMaintenance(world.acting)
      await pass(0)
    }
    const told = got().map(({ body }) => [body.type, body.incident.status, body.incident.incident_updates.length])
    expect(told).toEqual([
      ['maintenance.update', 'scheduled', 1],
      ['maintenance.update', 'scheduled', 1],
      ['maintenance.reminder', 'scheduled', 1],
      ['maintenance.update', 'in_progress', 2],
      ['maintenance.update', 'completed', 3],
    ])
    expect(got()[1]!.body.incident).toEqual(got()[0]!.body.incident)
    expect(got()[0]!.body.incident).toMatchObject({
      id,
      impact: 'maintenance',
      scheduled_for: plus(now, DAY + HOUR).toISOString(),
      resolved_at: null,
    })
  })
})

describe('the log of events', () => {
  it('comes whole and in the order in which it was said, one at a time, however urgent', async () => {
    const { got, answers, id } = await endpoint()
    answers({ status: 503 })
    const incident = await declare({ severity: 'SEV3' })
    await world.drain()
    await world.post(incident.id, { body: 'Worse.', severity: 'SEV1', severity_reason: 'Everybody.' })
    const other = await declare({ title: 'Another' })
    await world.post(incident.id, { body: 'Mended.', status: 'resolved' })
    await world.drain()
    expect(got()).toHaveLength(1)
    await pass(5 * 1000)
    expect(got().map(({ body }) => [body.incident.id, body.incident.incident_updates[0].body])).toEqual([
      [incident.id, 'Some customers cannot sign in.'],
      [incident.id, 'Some customers cannot sign in.'],
      [incident.id, 'Worse.'],
      [other.id, 'Some customers cannot sign in.'],
      [incident.id, 'Mended.'],
    ])
    expect(new Set((await rowsOf(id)).map((row) => row.state))).toEqual(new Set(['accepted']))
  })

  it('waits for what was said earlier and has not reached the rows yet', async () => {
    const { got } = await endpoint()
    const minor = await declare({ severity: 'SEV4', title: 'First' })
    await clock.advance(1000)
    const major = await declare({ severity: 'SEV1', title: 'Second' })
    expect(await fanOutStep(db, ['webhook'])).toBe(true)
    await carryDue(world.carrying)
    expect(got()).toEqual([])
    await world.drain()
    expect(got().map(({ body }) => body.incident.id)).toEqual([minor.id, major.id])
  })

  it('holds what was wrong and then its correction, to an endpoint that was down as well', async () => {
    const { got, answers } = await endpoint()
    answers({ status: 500 })
    const incident = await declare()
    await world.drain()
    const { updateId } = await latestAnnouncement(world, incident.id)
    const correction = { body: 'All customers cannot sign in.', reason: 'It is all.', notify: true }
    await correctUpdate(world.acting, incident.id, updateId!, correction)
    await world.drain()
    await pass(5 * 1000)
    const words = got().map(({ body }) => `${body.type}: ${body.incident.incident_updates[0].body}`)
    expect(words).toEqual([
      'incident.update: Some customers cannot sign in.',
      'incident.update: Some customers cannot sign in.',
      'incident.correction: All customers cannot sign in.',
    ])
  })

  it('of one endpoint does not wait for another that fails', async () => {
    const [down, up] = [await endpoint(), await endpoint()]
    down.answers({ silent: true }, { silent: true })
    await declare()
    await world.drain()
    await declare({ title: 'Another' })
    await world.drain()
    expect(down.got()).toHaveLength(1)
    expect(up.got()).toHaveLength(2)
    expect((await endpointNow(world, down.id)).failingSince).not.toBeNull()
    await pass(5 * 1000)
    await pass(5 * MINUTE)
    expect(down.got()).toHaveLength(4)
    expect((await endpointNow(world, down.id)).failingSince).toBeNull()
  })

  it('goes first to endpoints that answer, whatever those that fail are to be told', async () => {
    const [down, up] = [await endpoint({ minSeverity: 'SEV1' }), await endpoint({ minSeverity: 'SEV4' })]
    down.answers({ status: 500 })
    await declare({ severity: 'SEV1' })
    await world.drain()
    await clock.advance(5 * 1000)
    await declare({ severity: 'SEV4', title: 'A small thing' })
    await world.fanOut()
    const [first] = await claim(world.carrying, 'webhook', 'public', 1)
    expect(first!.subscriberId).toBe(up.id)
    await clock.advance(MINUTE)
    await rescueRound(world.carrying)
    await world.drain()
    expect([down.got(), up.got()].map((hooks) => hooks.length)).toEqual([2, 2])
  })
})

describe('an endpoint that fails', () => {
  const WAITS = [5 / 60, 5, 30, 120, 300, 600, 840, 1200, 1440].map((minutes) => minutes * MINUTE)

  it('is tried ten times over three days, then disabled, and its owner hears of it by mail', async () => {
    const { id, got, answers, path } = await endpoint({ contact: 'ops@customer.example' })
    answers(...Array.from({ length: 10 }, () => ({ status: 500, body: 'Traceback of <them>' })))
    await declare()
    await world.drain()
    for (const [tries, wait] of WAITS.entries()) {
      expect(got()).toHaveLength(tries + 1)
      await pass(wait - 1000)
      expect(got(), `${wait} ms are not over`).toHaveLength(tries + 1)
      expect((await endpointNow(world, id)).state).toBe('active')
      await pass(1000)
    }
    await declare({ title: 'What is said now is not for it' })
    await world.drain()
    expect(got()).toHaveLength(10)
    expect(new Set(got().map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(await endpointNow(world, id)).toMatchObject({ state: 'disabled' })
    const [row] = await rowsOf(id)
    expect(row).toMatchObject({ state: 'failed', code: '500', attempts: 10 })
    const tried = await db
      .select()
      .from(deliveryAttempts)
      .where(eq(deliveryAttempts.deliveryId, row!.id))
      .orderBy(deliveryAttempts.id)
    expect(tried.map(({ attempt, status, excerpt }) => [attempt, status, excerpt])).toEqual(
      Array.from({ length: 10 }, (_, at) => [at + 1, 500, 'Traceback of <them>']),
    )
    const [notice] = await rowsOf(id, 'email')
    expect(notice).toMatchObject({ state: 'accepted', address: 'ops@customer.example' })
    const mail = await readMail(world.folder, notice!.id)
    expect(mail!.text).toContain('http://127.0.0.1')
    expect(mail!.text).not.toContain(`${path}\n`)
    expect(mail!.text).toContain(`${URLS.api}/subscriptions/endpoint?token=${id}.`)
    const [noted] = await db
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.subjectId, id), eq(auditLog.action, 'webhook.disabled')))
    expect(noted).toMatchObject({ actorKind: 'system', after: { code: '500' } })
  })

  it('and asks for patience is given it, a day at most', async () => {
    const { got, answers } = await endpoint()
    answers({ status: 429, headers: { 'retry-after': '600' } }, { status: 429, headers: { 'retry-after': '9999999' } })
    await declare()
    await world.drain()
    await pass(9 * MINUTE)
    expect(got()).toHaveLength(1)
    await pass(MINUTE)
    expect(got()).toHaveLength(2)
    await pass(DAY - MINUTE)
    expect(got()).toHaveLength(2)
    await pass(MINUTE)
    expect(got()).toHaveLength(3)
  })

  it('by saying that it is gone is disabled at once; what waits is not sent, without a contact nobody is written to', async () => {
    const { id, got, answers } = await endpoint()
    answers({ status: 410 })
    await declare()
    await declare({ title: 'Another' })
    await world.drain()
    expect(got()).toHaveLength(1)
    expect((await rowsOf(id)).map(({ state }) => state).sort()).toEqual(['failed', 'suppressed'])
    expect(await endpointNow(world, id)).toMatchObject({ state: 'disabled' })
    expect(await rowsOf(id, 'email')).toEqual([])
  })

  it('is written to in the language that it was signed up in, and not once it has been enabled again', async () => {
    const arabic = await endpoint({ contact: 'ops@customer.example', locale: 'ar' })
    arabic.answers({ status: 410 })
    await declare()
    await world.drain()
    const [notice] = await rowsOf(arabic.id, 'email')
    const mail = await readMail(world.folder, notice!.id)
    expect(mail!.text).toContain('أُوقِف')
    expect(mail!.html).toContain('dir="rtl"')
  })

  it('loses nothing when the process dies between sending and settling, and is sent the same id again', async () => {
    const { id, got } = await endpoint()
    await declare()
    await world.fanOut()
    const [row] = await rowsOf(id)
    await db
      .update(deliveries)
      .set({ state: 'sending', attempts: 1, claimNo: 1, leaseUntil: await clock.now() })
      .where(eq(deliveries.id, row!.id))
    await clock.advance(1000)
    await rescueRound(world.carrying)
    await pass(10 * 1000)
    expect(got().map(({ headers }) => headers['webhook-id'])).toEqual([row!.id])
    expect((await rowsOf(id))[0]).toMatchObject({ state: 'accepted', unknowns: 1 })
  })
})

describe('a secret', () => {
  it('that was changed signs beside the old one until that has run out', async () => {
    const { id, got, secret } = await endpoint()
    const fresh = newWebhookSecret()
    const oldSecretUntil = new Date((await clock.now()).getTime() + DAY)
    await db
      .update(webhookEndpoints)
      .set({ secret: seal(fresh, SECRETS), oldSecret: seal(secret, SECRETS), oldSecretUntil })
      .where(eq(webhookEndpoints.subscriberId, id))
    await declare()
    await pass(23 * HOUR)
    await clock.advance(HOUR)
    await declare({ title: 'A day later' })
    await world.drain()
    const [during, afterwards] = got()
    const sentAt = (hook: typeof during) => new Date(Number(hook!.headers['webhook-timestamp']) * 1000)
    for (const one of [fresh, secret]) expect(isSigned(during!, one, sentAt(during))).toBe(true)
    expect(isSigned(afterwards!, fresh, sentAt(afterwards))).toBe(true)
    expect(isSigned(afterwards!, secret, sentAt(afterwards))).toBe(false)
  })
})
