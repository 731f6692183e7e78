import { beforeEach, expect, test } from 'vitest'
import type { Channel, DeliveryState } from '../../api/domain/attempt.ts'
import { HOUR, MINUTE } from '../../api/domain/duration.ts'
import { newId } from '../../db/ids.ts'
import { channelHealth } from '../../db/queries/channel-health.ts'
import { pauseChannel, resumeChannel } from '../../db/queries/channel-states.ts'
import { announcements, deliveries, people } from '../../db/schema.ts'
import { testDatabase } from '../support/database.ts'

const { db, clock } = await testDatabase()
const NOW = new Date('2026-11-12T14:00:00.000Z')
const OK = { state: 'ok', since: null }
const personId = newId()
await db.insert(people).values({ id: personId, name: 'Ada', email: 'ada@northwind.example', role: 'viewer' })

beforeEach(async () => {
  await db.delete(deliveries)
  await clock.set(NOW)
})

/** A delivery whose last attempt was `minutesAgo`. */
async function tried(channel: Channel, state: DeliveryState, minutesAgo: number, code: string | null = 'ETIMEDOUT') {
  const at = new Date(NOW.getTime() - minutesAgo * MINUTE)
  const shared = { audience: 'internal' as const, priority: 0, expiresAt: new Date(NOW.getTime() + HOUR) }
  const announcementId = newId()
  await db.insert(announcements).values({ ...shared, id: announcementId, kind: 'test' })
  await db.insert(deliveries).values({
    ...shared,
    id: newId(),
    announcementId,
    personId,
    lane: 'staff',
    channel,
    address: 'x',
    state,
    code,
    sendingAt: at,
    acceptedAt: state === 'accepted' || state === 'delivered' ? at : null,
    leaseUntil: state === 'sending' || state === 'claimed' ? NOW : null,
  })
  return at
}

test('channels that nobody has used work as far as we know', async () => {
  expect(await channelHealth(db)).toEqual({ email: OK, sms: OK })
})

test.each(['failed_for_now', 'unknown', 'sending', 'claimed', 'expired'] as const)(
  'an attempt that ended %s, with nothing accepted after it, tells of a failing channel',
  async (state) => {
    const since = await tried('sms', state, 5)
    await tried('sms', state, 2)
    expect(await channelHealth(db)).toEqual({ email: OK, sms: { state: 'failing', since } })
  },
)

test('one message accepted afterwards, and the channel works', async () => {
  await tried('email', 'failed_for_now', 5)
  await tried('email', 'accepted', 4, null)
  expect((await channelHealth(db)).email).toEqual(OK)
})

test('a failure after the last message accepted counts, and since then', async () => {
  await tried('email', 'failed_for_now', 9)
  await tried('email', 'accepted', 8, null)
  const since = await tried('email', 'failed_for_now', 7)
  expect((await channelHealth(db)).email).toEqual({ state: 'failing', since })
})

test('a mailbox that does not exist says nothing about the channel', async () => {
  await tried('email', 'failed', 1)
  await tried('email', 'bounced', 1)
  expect((await channelHealth(db)).email).toEqual(OK)
})

test('a first attempt that is still under way is no failure', async () => {
  await tried('email', 'sending', 0, null)
  expect((await channelHealth(db)).email).toEqual(OK)
})

test('after a quiet hour an old failure is forgotten', async () => {
  await tried('sms', 'failed_for_now', 61)
  expect((await channelHealth(db)).sms).toEqual(OK)
})

test('a channel that rests because its carrier itself fails is failing, until it works again', async () => {
  await pauseChannel(db, 'email', { code: 'EAUTH', reason: 'refused' }, NOW)
  expect((await channelHealth(db)).email).toEqual({ state: 'failing', since: NOW })
  await resumeChannel(db, 'email')
  expect((await channelHealth(db)).email).toEqual(OK)
})
