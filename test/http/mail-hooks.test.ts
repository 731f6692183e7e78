import { generateKeyPairSync } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { openSns } from '../../api/delivery/sns.ts'
import { DAY, HOUR, plus } from '../../api/domain/duration.ts'
import { makeLog } from '../../api/log.ts'
import { newId } from '../../db/ids.ts'
import { announcements, deliveries, heardReports, softBounces, subscribers, suppressions } from '../../db/schema.ts'
import { CERTIFICATE_URL, fakeAws, fakeSendgrid, snsPost, TOPIC } from '../support/providers.ts'
import { BOUNCE_DOMAIN, returnedMail } from '../support/returns.ts'
import { testWorld } from '../support/world.ts'

const aws = fakeAws()
const sendgrid = fakeSendgrid()
const logged: string[] = []
const house = await testWorld({
  log: makeLog('trace', { write: (line) => void logged.push(line) }),
  returns: {
    bounceDomain: BOUNCE_DOMAIN,
    inboundMailKey: 'the key of inbound mail',
    ses: openSns(TOPIC, aws.ask),
    sendgridPublicKey: sendgrid.publicKey,
    postmarkHookKey: 'the key of Postmark',
    proveSender: async () => 'unproven',
  },
})
const { db, clock } = house
const NOW = new Date('2027-03-01T12:00:00Z')
await clock.set(NOW)

beforeEach(async () => {
  await db.delete(suppressions)
  await db.delete(softBounces)
  await db.delete(heardReports)
  aws.asked.length = 0
  aws.trouble.status = 200
  logged.length = 0
})

let peers = 0
const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  house.app.request(
    `http://localhost:3000${path}`,
    { method: 'POST', body, headers },
    // Who tries what is refused pays for it; each try of these tests comes from somebody else.
    { incoming: { socket: { remoteAddress: `198.51.${Math.floor(peers / 250)}.${(peers++ % 250) + 1}` } } },
  )

/** A reader, and a mail that was sent to them a moment ago. */
async function told(address = `reader.${newId()}@example.com`) {
  const [reader] = await db
    .insert(subscribers)
    .values({ id: newId(), channel: 'email', address, addressKey: address, state: 'active', confirmedAt: NOW })
    .returning()
  const [announcement] = await db
    .insert(announcements)
    .values({
      id: newId(),
      kind: 'welcome',
      audience: 'public',
      priority: 1,
      expiresAt: plus(NOW, DAY),
      fannedOutAt: NOW,
    })
    .returning()
  const [delivery] = await db
    .insert(deliveries)
    .values({
      id: newId(),
      announcementId: announcement!.id,
      subscriberId: reader!.id,
      audience: 'public',
      lane: 'public',
      priority: 1,
      channel: 'email',
      address,
      state: 'accepted',
      attempts: 1,
      sendingAt: NOW,
      acceptedAt: NOW,
      nextAttemptAt: null,
      expiresAt: plus(NOW, DAY),
    })
    .returning()
  return { address, reader: reader!, id: delivery!.id, messageId: `<${delivery!.id}@northwind.example>` }
}
type Told = Awaited<ReturnType<typeof told>>

const stateOf = async ({ id }: Pick<Told, 'id'>) =>
  (await db.select().from(deliveries).where(eq(deliveries.id, id)))[0]!.state
const reasonsFor = async ({ address }: Pick<Told, 'address'>) =>
  (await db.select().from(suppressions).where(eq(suppressions.addressKey, address))).map(({ reason }) => reason)

/** Everything that a report could change. */
const everything = async () => [
  await db.select().from(deliveries).orderBy(deliveries.id),
  await db.select().from(suppressions),
  await db.select().from(softBounces),
  await db.select().from(heardReports),
  await db.select().from(subscribers).orderBy(subscribers.id),
]

/** Refused with this status, as a problem; nothing changed, and the log says so without an address. */
async function expectRefused(answer: Response, status: number, before: Awaited<ReturnType<typeof everything>>) {
  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(await everything()).toEqual(before)
  expect(logged.join('')).toContain('a hook was refused')
  expect(logged.join('')).not.toMatch(/reader\.[a-z0-9]+@/)
}

describe('raw mail', () => {
  const mime = (raw: string, key = 'the key of inbound mail') =>
    post(`/hooks/email/mime?key=${encodeURIComponent(key)}`, raw, { 'content-type': 'message/rfc822' })

  it('that reports a bounce is answered 202 and suppresses; the same again changes nothing', async () => {
    const reader = await told()
    expect((await mime(returnedMail('gmail-unknown', reader.id))).status).toBe(202)
    expect(await stateOf(reader)).toBe('bounced')
    expect(await reasonsFor(reader)).toEqual(['bounce'])
    const after = await everything()
    expect((await mime(returnedMail('gmail-unknown', reader.id))).status).toBe(202)
    expect(await everything()).toEqual(after)
    expect(logged.join('')).toContain(reader.id)
    expect(logged.join('')).not.toContain('ada@example.com')
  })

  it('that reports a complaint ends the subscription', async () => {
    const reader = await told()
    expect((await mime(returnedMail('arf-abuse', reader.id))).status).toBe(202)
    expect(await reasonsFor(reader)).toEqual(['complaint'])
    const [row] = await db.select().from(subscribers).where(eq(subscribers.id, reader.reader.id))
    expect(row).toMatchObject({ state: 'ended', endedBy: 'complaint' })
  })

  it('that is forged, no report, or about nothing of ours is answered 202 and changes nothing', async () => {
    const reader = await told()
    const before = await everything()
    const elsewhere = returnedMail('gmail-unknown', reader.id).replaceAll(BOUNCE_DOMAIN, 'bounce.evil.example')
    for (const raw of [
      returnedMail('gmail-unknown', 'zzzzzzzzzzzz'),
      elsewhere,
      returnedMail('out-of-office', reader.id),
    ])
      expect((await mime(raw)).status).toBe(202)
    for (const raw of ['', '\0\0\0', 'Content-Type: multipart/report; report-type=delivery-status'])
      expect((await mime(raw)).status).toBe(202)
    expect(await everything()).toEqual(before)
  })

  it('is refused with a wrong key, with none, and when it is too big', async () => {
    const reader = await told()
    const raw = returnedMail('gmail-unknown', reader.id)
    const before = await everything()
    await expectRefused(await mime(raw, 'another key'), 403, before)
    await expectRefused(await post('/hooks/email/mime', raw), 403, before)
    await expectRefused(await mime(raw + 'x'.repeat(1024 * 1024)), 413, before)
    expect(logged.join('')).not.toContain('another key')
  })
})

describe('SES', () => {
  const mail = ({ id, messageId }: Told) => ({
    timestamp: NOW.toISOString(),
    source: `bounce+${id}@${BOUNCE_DOMAIN}`,
    messageId: `0102-${id}`,
    destination: ['hidden'],
    headers: [{ name: 'Message-ID', value: messageId }],
  })
  const bounce = (reader: Told, recipients: object[], given: object = {}) => ({
    notificationType: 'Bounce',
    bounce: {
      bounceType: 'Permanent',
      bounceSubType: 'General',
      feedbackId: `feedback-${reader.id}`,
      timestamp: NOW.toISOString(),
      bouncedRecipients: recipients,
      ...given,
    },
    mail: mail(reader),
    somethingNew: { unheard: 'of' },
  })
  const dead = ({ address }: Told) => ({
    emailAddress: address,
    action: 'failed',
    status: '5.1.1',
    diagnosticCode: 'x',
  })
  const delivery = (reader: Told) => ({
    eventType: 'Delivery',
    delivery: { timestamp: NOW.toISOString(), recipients: [reader.address] },
    mail: mail(reader),
  })
  const complaint = (reader: Told, type: string | null) => ({
    notificationType: 'Complaint',
    complaint: {
      feedbackId: `complaint-${reader.id}`,
      complaintFeedbackType: type,
      complainedRecipients: [{ emailAddress: reader.address }],
    },
    mail: mail(reader),
  })
  const hook = (body: unknown) =>
    post('/hooks/email/ses', typeof body === 'string' ? body : JSON.stringify(body), { 'content-type': 'text/plain' })

  it.each(['1', '2'])(
    'is believed when SNS signed it, in version %s, and its certificate is fetched once',
    async (version) => {
      const reader = await told()
      const posted = snsPost(bounce(reader, [dead(reader)]), NOW, { SignatureVersion: version, Subject: 'Bounce' })
      expect((await hook(posted)).status).toBe(202)
      expect((await hook(posted)).status).toBe(202)
      expect(await stateOf(reader)).toBe('bounced')
      expect(await reasonsFor(reader)).toEqual(['bounce'])
      expect(aws.asked.length).toBeLessThan(2)
    },
  )

  it.each([
    ['Permanent', 'General', null, ['bounce']],
    ['Permanent', 'Suppressed', '5.0.0', ['bounce']],
    ['Permanent', 'General', '5.7.1', []],
    ['Permanent', 'General', '5.2.2', []],
    ['Permanent', 'AttachmentRejected', null, []],
    ['Transient', 'General', null, []],
    ['Transient', 'MailboxFull', '4.2.2', []],
    ['Undetermined', 'Undetermined', null, []],
  ])(
    'a bounce that is %s, %s with the code %s gives reasons %j',
    async (bounceType, bounceSubType, status, reasons) => {
      const reader = await told()
      const recipient = { emailAddress: reader.address, status, diagnosticCode: null }
      expect((await hook(snsPost(bounce(reader, [recipient], { bounceType, bounceSubType }), NOW))).status).toBe(202)
      expect(await reasonsFor(reader)).toEqual(reasons)
      expect(await stateOf(reader)).toBe('bounced')
    },
  )

  it('ends in the same place in both orders of delivery and bounce', async () => {
    for (const order of [0, 1]) {
      const reader = await told()
      const news = [bounce(reader, [dead(reader)]), delivery(reader)]
      for (const each of order ? news.toReversed() : news) expect((await hook(snsPost(each, NOW))).status).toBe(202)
      expect(await stateOf(reader)).toBe('bounced')
    }
    const reader = await told()
    await hook(snsPost(delivery(reader), NOW))
    expect(await stateOf(reader)).toBe('delivered')
  })

  it('may name several recipients: each is judged on their own, and strangers are left alone', async () => {
    const [one, other] = [await told(), await told()]
    const stranger = { emailAddress: 'stranger@example.net', status: '5.1.1' }
    await hook(snsPost(bounce(one, [stranger, dead(one), dead(other)]), NOW))
    expect(await reasonsFor(one)).toEqual(['bounce'])
    expect(await reasonsFor(other)).toEqual(['bounce'])
    expect(await db.select().from(suppressions)).toHaveLength(2)
    expect([await stateOf(one), await stateOf(other)]).toEqual(['bounced', 'accepted'])
  })

  it.each([
    ['abuse', ['complaint']],
    [null, ['complaint']],
    ['not-spam', []],
  ])('a complaint of type %j gives reasons %j', async (type, reasons) => {
    const reader = await told()
    await hook(snsPost(complaint(reader, type), NOW))
    expect(await reasonsFor(reader)).toEqual(reasons)
  })

  it('is refused when anything about its signature is wrong', async () => {
    const reader = await told()
    const message = bounce(reader, [dead(reader)])
    const good = snsPost(message, NOW)
    const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    const before = await everything()
    const host = 'sns.eu-west-1.amazonaws.com'
    const elsewhere = [
      CERTIFICATE_URL.replace(host, 'evil.example'),
      CERTIFICATE_URL.replace(host, 'sns.eu-west-1.amazonaws.com.evil.example'),
      CERTIFICATE_URL.replace(host, `${host}@evil.example`),
      CERTIFICATE_URL.replace(host, `user@${host}`),
      CERTIFICATE_URL.replace(host, `${host}:8443`),
      CERTIFICATE_URL.replace(host, 'sns.us-east-1.amazonaws.com'),
      CERTIFICATE_URL.replace(host, 's3.eu-west-1.amazonaws.com'),
      CERTIFICATE_URL.replace('https:', 'http:'),
      `https://${host}/evil/SimpleNotificationService-1.pem`,
      `https://${host}/`,
      'not an address',
    ].map((SigningCertURL) => snsPost(message, NOW, { SigningCertURL }))
    for (const bad of [
      { ...good, Message: good.Message!.replace('5.1.1', '5.1.2') },
      { ...good, Signature: `${good.Signature!.startsWith('A') ? 'B' : 'A'}${good.Signature!.slice(1)}` },
      { ...good, Signature: '' },
      { ...good, SignatureVersion: '1' },
      { ...good, Subject: 'added' },
      snsPost(message, NOW, {}, foreign),
      snsPost(message, NOW, { TopicArn: TOPIC.replace('northwind', 'another') }),
      snsPost(message, plus(NOW, -26 * HOUR)),
      snsPost(message, plus(NOW, HOUR)),
      snsPost(message, NOW, { Timestamp: 'yesterday' }),
      ...elsewhere,
    ])
      await expectRefused(await hook(bad), 403, before)
    await expectRefused(await hook('nonsense'), 403, before)
    await expectRefused(await hook({ ...good, Message: 'x'.repeat(1024 * 1024) }), 413, before)
    expect(aws.asked.every((url) => url === CERTIFICATE_URL)).toBe(true)
  })

  it('is refused with what SES does not send, and with a certificate that has run out', async () => {
    const reader = await told()
    const before = await everything()
    await expectRefused(await hook(snsPost({ hello: 'world' }, NOW)), 400, before)
    await expectRefused(await hook(snsPost(null, NOW, { Message: 'no JSON' })), 400, before)
    const later = new Date('2040-01-01T00:00:00Z')
    await clock.set(later)
    await expectRefused(await hook(snsPost(bounce(reader, [dead(reader)]), later)), 403, before)
    await clock.set(NOW)
  })

  it('is asked to come again while AWS does not hand out its certificate', async () => {
    const fresh = await testWorld({ returns: { ...house.world.returns, ses: openSns(TOPIC, aws.ask) } })
    await fresh.clock.set(NOW)
    const body = JSON.stringify(snsPost({}, NOW))
    const ask = () => fresh.app.request('http://localhost:3000/hooks/email/ses', { method: 'POST', body })
    aws.trouble.status = 503
    expect((await ask()).status).toBe(500)
    aws.trouble.status = 404
    expect((await ask()).status).toBe(403)
  })

  it('has its subscription confirmed at SNS alone', async () => {
    const subscription = (SubscribeURL: string, given = {}) =>
      snsPost('You have chosen to subscribe', NOW, {
        Type: 'SubscriptionConfirmation',
        Token: 't',
        SubscribeURL,
        ...given,
      })
    const right = `https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=t`
    expect((await hook(subscription(right))).status).toBe(202)
    expect(aws.asked).toContain(right)
    aws.asked.length = 0
    const before = await everything()
    for (const wrong of [
      'https://evil.example/?Action=ConfirmSubscription',
      'http://169.254.169.254/latest/meta-data',
      'https://sns.eu-west-1.amazonaws.com@evil.example/',
      'https://s3.eu-west-1.amazonaws.com/',
    ])
      await expectRefused(await hook(subscription(wrong)), 403, before)
    await expectRefused(await hook(subscription(right, { TopicArn: `${TOPIC}2` })), 403, before)
    expect(aws.asked.filter((url) => url !== CERTIFICATE_URL)).toEqual([])
    const ended = snsPost('gone', NOW, { Type: 'UnsubscribeConfirmation', Token: 't', SubscribeURL: right })
    expect((await hook(ended)).status).toBe(202)
    expect(aws.asked.filter((url) => url !== CERTIFICATE_URL)).toEqual([])
  })
})

describe('SendGrid', () => {
  const event = ({ address, messageId }: Told, given: object) => ({
    email: address,
    timestamp: NOW.getTime() / 1000,
    'smtp-id': messageId,
    sg_event_id: newId(),
    sg_message_id: 'sg.filter0001',
    ...given,
  })
  const hook = (events: unknown, at = NOW, change: (body: string) => string = (body) => body) => {
    const body = JSON.stringify(events)
    return post('/hooks/email/sendgrid', change(body), sendgrid.signed(body, at))
  }

  it.each([
    [{ event: 'bounce', type: 'bounce', status: '5.1.1', reason: '550 5.1.1 no' }, 'bounced', ['bounce']],
    [{ event: 'bounce', type: 'bounce', status: '5.2.2', reason: '552 full' }, 'bounced', []],
    [{ event: 'bounce', type: 'blocked', status: '5.7.1', reason: '550 5.7.1 spam' }, 'bounced', []],
    [{ event: 'bounce', type: 'blocked', status: '5.1.1', reason: 'blocked' }, 'bounced', []],
    [{ event: 'dropped', reason: 'Bounced Address' }, 'bounced', ['bounce']],
    [{ event: 'dropped', reason: 'Spam Content' }, 'bounced', []],
    [{ event: 'dropped', reason: 'Unsubscribed Address' }, 'accepted', ['opted_out']],
    [{ event: 'deferred', response: '421 5.1.1 later' }, 'accepted', []],
    [{ event: 'delivered', response: '250 OK' }, 'delivered', []],
    [{ event: 'spamreport' }, 'accepted', ['complaint']],
    [{ event: 'unsubscribe' }, 'accepted', ['opted_out']],
    [{ event: 'open' }, 'accepted', []],
  ])('%j: the delivery is %s, reasons %j', async (given, state, reasons) => {
    const reader = await told()
    expect((await hook([event(reader, given)])).status).toBe(202)
    expect([await stateOf(reader), await reasonsFor(reader)]).toEqual([state, reasons])
  })

  it('posts by the hundred, in any order, and again what it thinks was lost', async () => {
    const readers = await Promise.all(Array.from({ length: 30 }, () => told()))
    const events = readers.flatMap((reader) => [
      event(reader, { event: 'bounce', type: 'bounce', status: '5.1.1' }),
      event(reader, { event: 'delivered' }),
    ])
    for (const batch of [events, events.toReversed()]) expect((await hook(batch)).status).toBe(202)
    expect(await db.select().from(suppressions)).toHaveLength(30)
    expect(await db.select().from(heardReports)).toHaveLength(60)
    expect(await Promise.all(readers.map(stateOf))).toEqual(readers.map(() => 'bounced'))
  })

  it('is refused with an altered byte, another key, no signature, an old time and another shape', async () => {
    const reader = await told()
    const dead = [event(reader, { event: 'bounce', type: 'bounce', status: '5.1.1' })]
    const body = JSON.stringify(dead)
    const before = await everything()
    await expectRefused(await hook(dead, NOW, (text) => text.replace('5.1.1', '5.1.2')), 403, before)
    await expectRefused(await hook(dead, NOW, (text) => `${text} `), 403, before)
    await expectRefused(await post('/hooks/email/sendgrid', body, fakeSendgrid().signed(body, NOW)), 403, before)
    await expectRefused(await post('/hooks/email/sendgrid', body), 403, before)
    await expectRefused(await hook(dead, plus(NOW, -26 * HOUR)), 403, before)
    await expectRefused(await hook(dead, plus(NOW, HOUR)), 403, before)
    const moved = { ...sendgrid.signed(body, NOW), 'x-twilio-email-event-webhook-timestamp': '1900000000' }
    await expectRefused(await post('/hooks/email/sendgrid', body, moved), 403, before)
    await expectRefused(await hook({ event: 'bounce' }), 400, before)
    await expectRefused(await hook([{ event: 'bounce' }]), 400, before)
    await expectRefused(await hook('x'.repeat(1024 * 1024)), 413, before)
  })
})

describe('Postmark', () => {
  const hook = (body: unknown, key = 'the key of Postmark') =>
    post(`/hooks/email/postmark?key=${encodeURIComponent(key)}`, JSON.stringify(body), {
      'content-type': 'application/json',
    })
  const record = (reader: Told, given: object) => ({
    RecordType: 'Bounce',
    ID: Math.floor(Math.random() * 1e9),
    MessageID: `postmark-${reader.id}`,
    Email: reader.address,
    From: 'status@northwind.example',
    BouncedAt: NOW.toISOString(),
    Inactive: true,
    CanActivate: true,
    ...given,
  })

  it.each([
    [{ Type: 'HardBounce', TypeCode: 1 }, 'bounced', ['bounce']],
    [{ Type: 'HardBounce', TypeCode: 1, Details: 'smtp;550 5.7.26 unauthenticated' }, 'bounced', []],
    [{ Type: 'HardBounce', TypeCode: 1, Details: 'smtp;550 5.1.1 no such user' }, 'bounced', ['bounce']],
    [{ Type: 'Transient', TypeCode: 2 }, 'bounced', []],
    [{ Type: 'SoftBounce', TypeCode: 4096 }, 'bounced', []],
    [{ Type: 'Blocked', TypeCode: 100006, Details: '550 5.1.1' }, 'bounced', []],
    [{ Type: 'AutoResponder', TypeCode: 64 }, 'accepted', []],
    [{ Type: 'SpamComplaint', TypeCode: 100001 }, 'accepted', ['complaint']],
    [{ RecordType: 'SpamComplaint', Type: 'SpamComplaint', TypeCode: 512 }, 'accepted', ['complaint']],
    [{ RecordType: 'Delivery' }, 'delivered', []],
    [{ RecordType: 'Open' }, 'accepted', []],
  ])('%j: the delivery is %s, reasons %j', async (given, state, reasons) => {
    const reader = await told()
    await db
      .update(deliveries)
      .set({ providerId: `postmark-${reader.id}` })
      .where(eq(deliveries.id, reader.id))
    const body = record(reader, given)
    for (const time of [1, 2]) expect((await hook(body)).status, `time ${time}`).toBe(202)
    expect([await stateOf(reader), await reasonsFor(reader)]).toEqual([state, reasons])
  })

  it('is refused with a wrong key and another shape', async () => {
    const reader = await told()
    const before = await everything()
    await expectRefused(await hook(record(reader, { TypeCode: 1 }), 'guess'), 403, before)
    await expectRefused(await hook(['no record']), 400, before)
    await expectRefused(await post('/hooks/email/postmark?key=the+key+of+Postmark', '{'), 400, before)
  })
})

describe('a hook that is not set up', () => {
  it('is not there', async () => {
    const bare = await testWorld()
    for (const name of ['mime', 'ses', 'sendgrid', 'postmark']) {
      const answer = await bare.app.request(`http://localhost:3000/hooks/email/${name}?key=`, {
        method: 'POST',
        body: '{}',
      })
      expect(answer.status, name).toBe(404)
      expect((await answer.json()).detail).toContain('not set up')
    }
  })
})
