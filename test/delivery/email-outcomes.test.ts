import { type AddressInfo, createServer, type Socket } from 'node:net'
import { eq } from 'drizzle-orm'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { smtpCarrier } from '../../api/delivery/email.ts'
import type { Outcome } from '../../api/domain/attempt.ts'
import { suppressionOf } from '../../db/queries/suppressions.ts'
import { channelStates, deliveries, suppressions } from '../../db/schema.ts'
import { SECRETS } from '../support/acting.ts'
import { carrierTo, delivering, PLAIN_LETTER, someSubscriber } from '../support/delivering.ts'
import { headersOf, type SmtpFault, testSmtp } from '../support/smtp.ts'

const smtp = await testSmtp()
const email = carrierTo(smtp)
afterAll(() => email.close())
const world = await delivering({ email })
await someSubscriber(world, 'ada@example.com')
const { db, clock } = world

/** Announces something to Ada, with this going wrong on the way. */
async function attemptWith(...faults: SmtpFault[]) {
  smtp.received.length = 0
  smtp.faults.splice(0, Infinity, ...faults)
  const incident = await world.declare()
  await world.drain()
  const [row] = await db.select().from(deliveries).where(eq(deliveries.incidentId, incident.id))
  return row!
}

const again = async (id: string) => {
  await clock.advance(20_000)
  await world.drain()
  const [row] = await db.select().from(deliveries).where(eq(deliveries.id, id))
  return row!
}

beforeEach(async () => {
  await db.delete(channelStates)
  await db.delete(suppressions)
  await db.update(deliveries).set({ state: 'expired' }).where(eq(deliveries.state, 'failed_for_now'))
})

describe('what the mail server says decides', () => {
  it('450 to the recipient: for now, tried again later', async () => {
    const row = await attemptWith({ at: 'rcpt', code: 450, message: '4.2.1 busy' })
    expect(row).toMatchObject({ state: 'failed_for_now', attempts: 1, code: '450', enhancedCode: '4.2.1', unknowns: 0 })
    expect(await again(row.id)).toMatchObject({ state: 'accepted', attempts: 2, code: null })
  })

  it('550 to the recipient: for good', async () => {
    const row = await attemptWith({ at: 'rcpt', code: 550, message: '5.1.1 no such user' })
    expect(row).toMatchObject({ state: 'failed', attempts: 1, code: '550', enhancedCode: '5.1.1', nextAttemptAt: null })
  })

  it.each([
    ['rcpt', 550, '5.1.1 no such user', 'bounce'],
    ['rcpt', 550, '5.1.10 null MX', 'bounce'],
    ['rcpt', 550, '5.7.515 access denied', undefined],
    ['rcpt', 552, '5.2.2 full', undefined],
    ['rcpt', 450, '4.1.1 later', undefined],
    ['data', 554, '5.7.1 spam', undefined],
    ['data', 550, 'no', undefined],
  ] as const)('at %s, %d %s: the address is given up as %s', async (at, code, message, reason) => {
    const row = await attemptWith({ at, code, message })
    const suppression = await suppressionOf(db, SECRETS, 'email', 'ada@example.com')
    expect(suppression?.reason).toBe(reason)
    if (suppression) expect(suppression).toMatchObject({ source: 'smtp', deliveryId: row.id })
  })

  it('451 after the dot: for now', async () => {
    const row = await attemptWith({ at: 'data', code: 451, message: '4.3.0 later' })
    expect(row).toMatchObject({ state: 'failed_for_now', code: '451' })
  })

  it('552 after the dot: for good', async () => {
    const row = await attemptWith({ at: 'data', code: 552, message: '5.3.4 too big' })
    expect(row).toMatchObject({ state: 'failed', code: '552', enhancedCode: '5.3.4' })
  })

  it('503 to the recipient: for now, it is our own fault', async () => {
    const row = await attemptWith({ at: 'rcpt', code: 503, message: '5.5.1 bad sequence' })
    expect(row).toMatchObject({ state: 'failed_for_now', code: '503' })
  })

  it('a connection lost before DATA: certainly not sent', async () => {
    const row = await attemptWith({ at: 'rcpt', drop: true })
    expect(row).toMatchObject({ state: 'failed_for_now', attempts: 1, unknowns: 0 })
    expect(smtp.received).toHaveLength(0)
    expect(await again(row.id)).toMatchObject({ state: 'accepted' })
    expect(smtp.received).toHaveLength(1)
  })

  it('a connection lost after the dot: unknown, sent once more under the same Message-ID and no third time', async () => {
    const drop: SmtpFault = { at: 'after_dot', drop: true }
    const row = await attemptWith(drop, drop)
    expect(row).toMatchObject({ state: 'failed_for_now', unknowns: 1 })
    expect(await again(row.id)).toMatchObject({ state: 'unknown', unknowns: 2, nextAttemptAt: null })
    await clock.advance(600_000)
    await world.drain()
    expect(smtp.received).toHaveLength(2)
    expect(new Set(smtp.received.map((mail) => headersOf(mail, 'message-id')[0])).size).toBe(1)
    expect(smtp.received[0]!.raw).toBe(smtp.received[1]!.raw)
  })

  it('silence after the dot: unknown within the time that one attempt may take', async () => {
    const row = await attemptWith({ at: 'after_dot', silent: true })
    expect(row).toMatchObject({ state: 'failed_for_now', unknowns: 1 })
  })
})

describe('a channel that fails itself', () => {
  it.each<[string, () => Promise<{ port: number; close: () => void }>]>([
    ['refuses the connection', async () => ({ port: await closedPort(), close: () => {} })],
    ['never greets', blackHole],
  ])('and %s rests, and no delivery pays an attempt for it', async (_, start) => {
    const server = await start()
    const carrier = carrierTo(server)
    const healthy = world.carrying.carriers.email
    world.carrying.carriers.email = carrier
    const row = await attemptWith()
    expect(row).toMatchObject({ state: 'failed_for_now', attempts: 0 })
    const [state] = await db.select().from(channelStates)
    expect(state).toMatchObject({ channel: 'email', failingSince: await clock.now() })
    expect(state!.pausedUntil!.getTime()).toBeGreaterThan((await clock.now()).getTime())
    world.carrying.carriers.email = healthy
    await world.drain()
    expect(smtp.received).toHaveLength(0)
    expect(await again(row.id)).toMatchObject({ state: 'accepted', attempts: 1 })
    expect((await db.select().from(channelStates))[0]).toMatchObject({ failingSince: null, pausedUntil: null })
    await carrier.close()
    server.close()
  })

  it('because it refuses our sign-in, or has no TLS where we need it, is told apart from a recipient', async () => {
    const strict = await testSmtp({
      authOptional: false,
      onAuth: (_auth, _session, done) => done(new Error('no such login')),
    })
    expect(await tryOnce(carrierTo(strict, { login: { user: 'u', password: 'p' } }))).toMatchObject({
      kind: 'channel',
      code: '535',
    })
    const server = { host: '127.0.0.1', port: smtp.port, secure: false, requireTls: true }
    expect(await tryOnce(carrierTo(smtp, { server }))).toMatchObject({ kind: 'channel' })
  })

  it('because its certificate is not to be trusted is told apart as well', async () => {
    const secure = await testSmtp({ secure: true })
    const login = null
    const server = { host: `localhost.`, port: secure.port, secure: true, requireTls: false }
    const carrier = smtpCarrier({ server, login, connections: 1, perSecond: null, dkim: null })
    expect(await tryOnce(carrier)).toMatchObject({ kind: 'channel' })
  })
})

it('three updates while the mail server is down reach each reader as one mail, the newest', async () => {
  smtp.received.length = 0
  const down = carrierTo({ port: await closedPort() })
  const healthy = world.carrying.carriers.email
  world.carrying.carriers.email = down
  const incident = await world.declare({ body: 'One.' })
  await world.drain()
  for (const body of ['Two.', 'Three.']) {
    await clock.advance(30_000)
    await world.post(incident.id, { body })
    await world.drain()
  }
  world.carrying.carriers.email = healthy
  await clock.advance(120_000)
  await world.drain()
  expect(smtp.received.map((mail) => /^(One|Two|Three)\.$/m.exec(mail.mail.text!)?.[0])).toEqual(['Three.'])
  const states = await db
    .select({ state: deliveries.state })
    .from(deliveries)
    .where(eq(deliveries.incidentId, incident.id))
  expect(states.map((row) => row.state).sort()).toEqual(['accepted', 'superseded', 'superseded'])
  await down.close()
})

it('nothing in the log names a reader or holds a credential', () => {
  expect(world.logged.join('\n')).not.toMatch(/ada@example|"p"|Basic /)
})

async function tryOnce(carrier: ReturnType<typeof carrierTo>): Promise<Outcome> {
  const outcome = await carrier.send(
    {
      channel: 'email',
      deliveryId: 'd00000000000',
      purpose: 'test',
      lane: 'public',
      to: 'ada@example.com',
      queuedAt: new Date(0),
      envelopeFrom: 'x@example.com',
      messageId: '<x@example.com>',
      letter: PLAIN_LETTER,
      own: {},
    },
    new AbortController().signal,
  )
  await carrier.close()
  return outcome
}

async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Takes connections and never says a word. */
async function blackHole() {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => void sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  return { port: (server.address() as AddressInfo).port, close }
}
