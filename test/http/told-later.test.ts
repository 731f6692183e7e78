import { expect, it } from 'vitest'
import { DAY, plus } from '../../api/domain/duration.ts'
import { newId } from '../../db/ids.ts'
import { announcements, deliveries, subscribers } from '../../db/schema.ts'
import { readPrometheus } from '../support/prometheus.ts'
import { BOUNCE_DOMAIN, returnedMail } from '../support/returns.ts'
import { signed } from '../support/twilio.ts'
import { testWorld } from '../support/world.ts'

const AUTH_TOKEN = 'twilio-auth-token-of-the-test'
const KEY = 'the key of the hooks'
const house = await testWorld({
  twilio: { authToken: AUTH_TOKEN, optOut: 'twilio' },
  returns: {
    bounceDomain: BOUNCE_DOMAIN,
    inboundMailKey: KEY,
    ses: null,
    sendgridPublicKey: null,
    postmarkHookKey: KEY,
    proveSender: async () => 'unproven',
  },
})
const { db, clock } = house

/** A message that its carrier took a moment ago. */
async function sent(channel: 'email' | 'sms', address: string) {
  const now = await clock.now()
  const [id, announcementId, subscriberId] = [newId(), newId(), newId()]
  const told = { audience: 'public', priority: 1, expiresAt: plus(now, DAY) } as const
  await db
    .insert(subscribers)
    .values({ id: subscriberId, channel, address, addressKey: address, state: 'active', confirmedAt: now })
  await db.insert(announcements).values({ ...told, id: announcementId, kind: 'welcome', fannedOutAt: now })
  await db.insert(deliveries).values({
    ...told,
    id,
    announcementId,
    subscriberId,
    channel,
    address,
    lane: 'public',
    state: 'accepted',
    attempts: 1,
    sendingAt: now,
    acceptedAt: now,
    nextAttemptAt: null,
    providerId: `SM${id}`,
  })
  return { id, providerId: `SM${id}`, address }
}

/** Counted since the process began, as Prometheus reads it. */
async function counted(channel: string): Promise<Record<string, number>> {
  const family = readPrometheus(await house.world.metrics.scrape()).get('sitrep_deliveries_total')
  const own = (family?.samples ?? []).filter(({ labels }) => labels.channel === channel)
  return Object.fromEntries(own.map(({ labels, value }) => [labels.state!, value]))
}

async function twilioTells(
  { id, providerId }: { id: string; providerId: string },
  MessageStatus: string,
  ErrorCode?: string,
) {
  const url = `http://localhost:3000/hooks/twilio/status?delivery=${id}`
  const params = { MessageSid: providerId, MessageStatus, ...(ErrorCode && { ErrorCode }) }
  const answer = await house.app.request(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': signed(url, params, AUTH_TOKEN),
    },
    body: new URLSearchParams(params).toString(),
  })
  expect(answer.status).toBe(202)
}

async function hook(path: string, body: string): Promise<void> {
  const url = `http://localhost:3000/hooks/email/${path}?key=${encodeURIComponent(KEY)}`
  expect((await house.app.request(url, { method: 'POST', body })).status).toBe(202)
}

it('what Twilio tells of a text is counted once, however often and in whatever order it is told', async () => {
  const arrives = await sent('sms', '+4915112345601')
  for (const status of ['sent', 'delivered', 'delivered', 'sent']) await twilioTells(arrives, status)
  expect(await counted('sms')).toEqual({ delivered: 1 })
  const comesBack = await sent('sms', '+4915112345602')
  for (let times = 0; times < 3; times++) await twilioTells(comesBack, 'undelivered', '30006')
  expect(await counted('sms')).toEqual({ delivered: 1, failed: 1 })
  const later = await sent('sms', '+4915112345603')
  for (let times = 0; times < 3; times++) await twilioTells(later, 'undelivered', '30003')
  expect(await counted('sms')).toEqual({ delivered: 1, failed: 1, failed_for_now: 1 })
})

it('what comes back of a mail is counted once; a complaint changes nothing of how it was delivered', async () => {
  const bounces = await sent('email', 'ada@example.com')
  for (let times = 0; times < 3; times++) await hook('mime', returnedMail('postfix-unknown-user', bounces.id))
  expect(await counted('email')).toEqual({ bounced: 1 })
  const arrives = await sent('email', 'ben@example.com')
  const news = { RecordType: 'Delivery', MessageID: arrives.providerId, Recipient: arrives.address }
  for (let times = 0; times < 2; times++) await hook('postmark', JSON.stringify(news))
  await hook('mime', returnedMail('arf-abuse', arrives.id))
  expect(await counted('email')).toEqual({ bounced: 1, delivered: 1 })
})
