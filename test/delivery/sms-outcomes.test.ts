import { eq } from 'drizzle-orm'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { askAfterSms } from '../../api/actions/ask-after-sms.ts'
import { recordInboundSms } from '../../api/actions/record-inbound-sms.ts'
import { recordSmsStatus, type SmsStatus } from '../../api/actions/record-sms-status.ts'
import { claim, hand } from '../../api/delivery/carry.ts'
import { rescueRound } from '../../api/delivery/rescue.ts'
import { isSignedByTwilio } from '../../api/delivery/twilio-signature.ts'
import { noRecorder } from '../../api/recorder.ts'
import { queueTest } from '../../db/queries/announcements.ts'
import { suppressionOf } from '../../db/queries/suppressions.ts'
import { channelStates, deliveries, inboundMessages, subscribers, suppressions } from '../../db/schema.ts'
import { SECRETS, somePerson, URLS } from '../support/acting.ts'
import { begin, carrierToTwilio, delivering, someSubscriber } from '../support/delivering.ts'
import { type SentSms, type TwilioFault, testTwilio } from '../support/twilio.ts'

const twilio = await testTwilio()
const sms = carrierToTwilio(twilio)
afterAll(() => sms.close())
const world = await delivering({ sms })
const { db, clock } = world
const reader = await someSubscriber(world, '+4915112345678')

beforeEach(async () => {
  await db.delete(channelStates)
  await db.delete(suppressions)
  await db.update(deliveries).set({ state: 'expired', leaseUntil: null })
  await db.update(subscribers).set({ state: 'active', endedAt: null })
  twilio.sent.length = 0
  twilio.requests.length = 0
  twilio.faults.length = 0
})

const rowOf = async (incidentId: string) =>
  (await db.select().from(deliveries).where(eq(deliveries.incidentId, incidentId)))[0]!

const suppressed = () => suppressionOf(db, SECRETS, 'sms', reader.addressKey)

/** Announces something to the reader, with this going wrong on the way. */
async function attemptWith(...faults: TwilioFault[]) {
  twilio.faults.push(...faults)
  const incident = await world.declare()
  await world.drain()
  return rowOf(incident.id)
}

/** Lets time pass, and everything happen that it brings. */
async function later(seconds: number) {
  await clock.advance(seconds * 1000)
  await rescueRound(world.carrying)
  await world.drain()
}

describe('a text message', () => {
  it('is one request with the service, the callback of its delivery and at most the cadence to live', async () => {
    const row = await attemptWith()
    expect(row).toMatchObject({ state: 'accepted', attempts: 1, providerId: twilio.sent[0]!.sid })
    expect(twilio.requests).toHaveLength(1)
    expect(twilio.requests[0]).toEqual({
      To: '+4915112345678',
      MessagingServiceSid: `MG${'1'.repeat(32)}`,
      StatusCallback: `${URLS.api}/hooks/twilio/status?delivery=${row.id}`,
      ValidityPeriod: '900',
      Body: `Northwind SEV1 14:04 UTC: Some customers cannot sign in. Next update by 14:19. Reply STOP to end. ${URLS.site}/i/${row.incidentId}`,
    })
  })

  it('is tried again after 429, each attempt one request, four at most', async () => {
    const busy: TwilioFault = { status: 429, code: 20429, message: 'Too many requests' }
    const row = await attemptWith(busy, busy, busy, busy)
    expect(row).toMatchObject({ state: 'failed_for_now', attempts: 1, code: '20429' })
    for (const seconds of [20, 70, 320]) await later(seconds)
    expect(await rowOf(row.incidentId!)).toMatchObject({ state: 'failed', attempts: 4 })
    expect(twilio.requests).toHaveLength(4)
  })

  it.each([
    [21211, 'failed'],
    [30007, 'failed'],
    [21408, 'failed'],
    [99999, 'failed'],
  ])('is not tried again after %d', async (code, state) => {
    const row = await attemptWith({ status: 400, code, message: 'no' })
    expect(row).toMatchObject({ state, code: String(code), nextAttemptAt: null })
    expect(await db.select().from(channelStates)).toEqual([expect.objectContaining({ failingSince: null })])
  })

  it('to somebody who opted out at the carrier ends their subscription', async () => {
    const row = await attemptWith({ status: 400, code: 21610, message: 'opted out' })
    expect(row).toMatchObject({ state: 'suppressed', code: '21610' })
    const [gone] = await db.select().from(subscribers).where(eq(subscribers.id, reader.id))
    expect(gone).toMatchObject({ state: 'ended', endedBy: 'carrier' })
    expect(await suppressed()).toMatchObject({ reason: 'opted_out', source: 'twilio', code: '21610' })
  })

  it.each([
    [21211, 'bad_number'],
    [21614, 'bad_number'],
    [30007, undefined],
    [21408, undefined],
  ])('refused with %d: the number is given up as %s', async (code, reason) => {
    await attemptWith({ status: 400, code, message: 'no' })
    expect((await suppressed())?.reason).toBe(reason)
  })

  it('that our own sign-in stops makes the channel rest and costs no attempt', async () => {
    const row = await attemptWith({ status: 401, code: 20003, message: 'Authenticate' })
    expect(row).toMatchObject({ state: 'failed_for_now', attempts: 0, code: '20003' })
    await later(20)
    expect(await rowOf(row.incidentId!)).toMatchObject({ state: 'accepted', attempts: 1 })
  })

  it.each<[string, TwilioFault]>([
    ['taken before a 500', { afterAccepting: { status: 500, code: 20500 } }],
    ['taken before silence', { silent: true, accept: true }],
  ])('%s is found by asking and never sent twice', async (_, fault) => {
    const row = await attemptWith(fault)
    expect(row).toMatchObject({ state: 'unknown', unknowns: 1, providerId: null })
    await later(11)
    expect(await rowOf(row.incidentId!)).toMatchObject({ state: 'accepted', providerId: twilio.sent[0]!.sid })
    await later(600)
    expect(twilio.requests).toHaveLength(1)
  })

  it.each<[string, TwilioFault]>([
    ['silence', { silent: true, accept: false }],
    ['a broken connection', { reset: true }],
    ['a 500', { status: 500, code: 20500, message: 'oops' }],
  ])('to a subscriber that was lost in %s is not sent again: the page is the truth', async (_, fault) => {
    const row = await attemptWith(fault)
    for (const seconds of [11, 60, 300]) await later(seconds)
    expect(await rowOf(row.incidentId!)).toMatchObject({ state: 'unknown', nextAttemptAt: null })
    expect(twilio.requests).toHaveLength(1)
  })

  it('to staff that was lost is sent once more, and no third time', async () => {
    const person = await somePerson(db, 'responder', 'Priya')
    const lost: TwilioFault = { reset: true }
    twilio.faults.push(lost, lost)
    await db.transaction(async (tx) => queueTest(tx, person, ['sms'], await clock(tx)))
    await world.drain()
    for (const seconds of [11, 20, 11, 60, 300]) await later(seconds)
    expect(twilio.requests).toHaveLength(2)
    expect(twilio.requests[0]!.Body).toBe(twilio.requests[1]!.Body)
    const [row] = await db.select().from(deliveries).where(eq(deliveries.personId, person.id))
    expect(row).toMatchObject({ state: 'unknown', unknowns: 2, attempts: 2, nextAttemptAt: null })
  })
})

describe('a process killed between commit and answer', () => {
  it('leaves a row that is asked about when its lease runs out, not sent again', async () => {
    const incident = await world.declare()
    await world.fanOut()
    const [claimed] = await claim(world.carrying, 'sms', 'public', 5)
    const [begun] = await begin(world.carrying, claimed!)
    await hand(world.carrying, begun!.message, new AbortController().signal)
    expect(await rowOf(incident.id)).toMatchObject({ state: 'sending' })
    for (const seconds of [46, 11]) await later(seconds)
    expect(await rowOf(incident.id)).toMatchObject({ state: 'accepted', providerId: twilio.sent[0]!.sid })
    expect(twilio.sent).toHaveLength(1)
  })
})

describe('what Twilio tells later', () => {
  const hearing = { db, clock, secrets: SECRETS, record: noRecorder }
  const tell = (message: SentSms, status: string, ErrorCode?: string) => {
    const { params, url } = twilio.statusCallback(message, status, ErrorCode ? { ErrorCode } : {})
    return recordSmsStatus(hearing, {
      ...params,
      delivery: new URL(url).searchParams.get('delivery')!,
    } as unknown as SmsStatus)
  }

  it.each([
    [['sent', 'delivered']],
    [['delivered', 'sent', 'queued']],
    [['delivered', 'delivered', 'delivered', 'sending']],
  ])('ends as delivered in whatever order it comes: %j', async (order) => {
    const row = await attemptWith()
    for (const status of order) await tell(twilio.sent[0]!, status)
    expect(await rowOf(row.incidentId!)).toMatchObject({ state: 'delivered', deliveredAt: await clock.now() })
  })

  it('makes a message of unknown fate ours', async () => {
    const row = await attemptWith({ afterAccepting: { status: 500, code: 20500 } })
    await tell(twilio.sent[0]!, 'sent')
    expect(await rowOf(row.incidentId!)).toMatchObject({ state: 'accepted', providerId: twilio.sent[0]!.sid })
  })

  it('fails a message for good, or for now where its code says so', async () => {
    const landline = await attemptWith()
    await tell(twilio.sent[0]!, 'undelivered', '30006')
    expect(await rowOf(landline.incidentId!)).toMatchObject({ state: 'failed', code: '30006' })
    expect(await suppressed()).toMatchObject({ reason: 'bad_number', code: '30006', deliveryId: landline.id })
    await db.delete(suppressions)
    const away = await attemptWith()
    await tell(twilio.sent[1]!, 'undelivered', '30003')
    expect(await rowOf(away.incidentId!)).toMatchObject({ state: 'failed_for_now', code: '30003' })
    expect(await suppressed()).toBeNull()
    await later(20)
    expect(twilio.sent).toHaveLength(3)
  })

  it('says nothing of the next attempt, when it comes again or late about one that came back', async () => {
    const row = await attemptWith()
    const [first] = twilio.sent
    await tell(first!, 'undelivered', '30003')
    await clock.advance(20_000)
    const [claimed] = await claim(world.carrying, 'sms', 'public', 5)
    await begin(world.carrying, claimed!)
    expect(await rowOf(row.incidentId!)).toMatchObject({ state: 'sending', attempts: 2 })
    expect(await tell(first!, 'undelivered', '30006')).toBe(false)
    expect(await tell(first!, 'sent')).toBe(false)
    expect(await rowOf(row.incidentId!)).toMatchObject({ state: 'sending', providerId: null })
    expect(await suppressed()).toBeNull()
  })

  it('is asked for when no callback comes, once it is a minute old, and never again after the end', async () => {
    const asked: string[] = []
    const ask = () =>
      askAfterSms(hearing, async (sid) => {
        asked.push(sid)
        return world.carrying.carriers.sms.news!(sid)
      })
    const row = await attemptWith()
    await clock.advance(50_000)
    await ask()
    expect(asked).toEqual([])
    await clock.advance(20_000)
    await ask()
    expect(await rowOf(row.incidentId!)).toMatchObject({ state: 'accepted' })
    twilio.sent[0]!.status = 'delivered'
    await clock.advance(120_000)
    await ask()
    expect(await rowOf(row.incidentId!)).toMatchObject({ state: 'delivered', askAt: null })
    await clock.advance(3_600_000)
    await ask()
    expect(asked).toHaveLength(2)
  })

  it('is taken from the answer as from a callback: a number that cannot be texted fails for good', async () => {
    const row = await attemptWith()
    Object.assign(twilio.sent[0]!, { status: 'undelivered', errorCode: 30006 })
    await clock.advance(70_000)
    await askAfterSms(hearing, (sid) => world.carrying.carriers.sms.news!(sid))
    expect(await rowOf(row.incidentId!)).toMatchObject({ state: 'failed', code: '30006' })
  })

  it('means nothing when it is about a message that is not ours', async () => {
    const row = await attemptWith()
    expect(await tell({ ...twilio.sent[0]!, sid: 'SMforged' }, 'failed')).toBe(false)
    expect(await rowOf(row.incidentId!)).toMatchObject({ state: 'accepted' })
  })
})

describe('a signature of Twilio', () => {
  const params = {
    CallSid: 'CA1234567890ABCDE',
    Caller: '+12349013030',
    Digits: '1234',
    From: '+12349013030',
    To: '+18005551212',
  }
  const check = (token: string, host: string, given: Record<string, string>, signature?: string) =>
    isSignedByTwilio(token, host, '/myapp.php?foo=1&bar=2', given, signature)
  const good = '0/KCTR6DLpKmkAf8muzZqo1nDgQ='

  it('is taken for the configured address, with and without its port', () => {
    expect(check('12345', 'https://mycompany.com', params, good)).toBe(true)
    expect(check('12345', 'https://mycompany.com:443', params, good)).toBe(true)
  })

  it('is refused when anything differs', () => {
    expect(check('12345', 'https://forged.com', params, good)).toBe(false)
    expect(check('54321', 'https://mycompany.com', params, good)).toBe(false)
    expect(check('12345', 'https://mycompany.com', { ...params, More: '1' }, good)).toBe(false)
    expect(check('12345', 'https://mycompany.com', { ...params, Digits: '1234 ' }, good)).toBe(false)
    expect(check('12345', 'https://mycompany.com', params, undefined)).toBe(false)
  })
})

describe('a reply', () => {
  const reply = async (Body: string, MessageSid: string, more = {}) => {
    const sms = { MessageSid, From: '+4915112345678', Body, ...more }
    return (await recordInboundSms(world.acting, sms)).meaning
  }
  const state = async () => (await db.select().from(subscribers).where(eq(subscribers.id, reader.id)))[0]!.state

  it('of START lets texts through again after the carrier had blocked them, and lifts nothing else', async () => {
    await attemptWith({ status: 400, code: 21610, message: 'opted out' })
    expect(await reply('start', 'SMback')).toBe('start')
    expect(await suppressed()).toBeNull()
    await db.update(suppressions).set({ liftedAt: null, reason: 'bad_number' })
    await reply('START', 'SMagain')
    expect(await suppressed()).toMatchObject({ reason: 'bad_number' })
  })

  it('of STOP ends the subscription at once, before what is queued is sent', async () => {
    const incident = await world.declare()
    await world.fanOut()
    expect(await reply(' stop. ', 'SMin1')).toBe('stop')
    await world.drain()
    expect(await state()).toBe('ended')
    expect(twilio.sent).toHaveLength(0)
    expect(await rowOf(incident.id)).toMatchObject({ state: 'suppressed' })
  })

  it('that no keyword explains is kept for a person to read, once', async () => {
    expect(await reply('please stop texting me', 'SMin2')).toBe('unmatched')
    expect(await reply('please stop texting me', 'SMin2')).toBe('unmatched')
    const kept = await db.select().from(inboundMessages).where(eq(inboundMessages.providerId, 'SMin2'))
    expect(kept).toEqual([expect.objectContaining({ meaning: 'unmatched', body: 'please stop texting me' })])
    expect(await state()).toBe('active')
  })

  it('that Twilio itself took for STOP is one', async () => {
    expect(await reply('arrêt', 'SMin3', { OptOutType: 'STOP' })).toBe('stop')
    expect(await state()).toBe('ended')
  })
})

it('nothing in the log holds a number, a token or a credential', () => {
  const log = world.logged.join('\n')
  expect(log).not.toMatch(/15112345678|token=|Basic /)
  expect(log).not.toContain(twilio.authToken)
  expect(log).not.toContain(Buffer.from(`${twilio.accountSid}:${twilio.authToken}`).toString('base64'))
})
