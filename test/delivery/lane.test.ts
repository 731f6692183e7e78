import { sql } from 'drizzle-orm'
import { afterEach, describe, expect, it } from 'vitest'
import type { Carrier, MailMessage } from '../../api/delivery/channel.ts'
import { startDelivery } from '../../api/delivery/start.ts'
import type { Outcome } from '../../api/domain/attempt.ts'
import { channelStates, subscribers } from '../../db/schema.ts'
import { delivering, someSubscriber } from '../support/delivering.ts'
import { soon } from '../support/storytelling.ts'

/** A carrier that keeps what it is handed until the test answers. */
function heldCarrier() {
  const handed: { message: MailMessage; answer: (outcome: Outcome) => void }[] = []
  const carrier: Carrier<MailMessage> = {
    channel: 'email',
    name: 'held',
    slots: { staff: 1, executive: 1, public: 3 },
    slotsOverall: false,
    perSecond: null,
    send: (message, signal) =>
      new Promise((answer) => {
        handed.push({ message, answer })
        signal.addEventListener('abort', () => answer({ kind: 'unknown', code: 'aborted', reason: 'given up' }))
      }),
    close: async () => {},
  }
  return { carrier, handed }
}

const accepted: Outcome = { kind: 'accepted', providerId: null }
const { carrier, handed } = heldCarrier()
const world = await delivering({ email: carrier })
const { db, clock } = world
const counts = async () => {
  const rows = await db.execute<{ state: string; n: number }>(
    sql`select state, count(*)::int as n from deliveries group by state`,
  )
  return Object.fromEntries([...rows].map(({ state, n }) => [state, n]))
}
const answerAll = (outcome: Outcome) => {
  for (const { answer } of handed.splice(0)) answer(outcome)
}

afterEach(async () => {
  await db.delete(subscribers)
  await db.execute(sql`update deliveries set state = 'expired', lease_until = null where state <> 'accepted'`)
  await db.delete(channelStates)
  handed.length = 0
})

describe('a lane', () => {
  it('has begun no more than twice as many attempts as there are slots, and ends with all of them', async () => {
    for (let n = 0; n < 20; n++) await someSubscriber(world, `n${n}@x.test`)
    await world.declare()
    const delivery = startDelivery(world.carrying)
    const most: number[] = []
    await soon(async () => {
      most.push((await counts()).sending ?? 0)
      answerAll(accepted)
      expect((await counts()).accepted).toBe(20)
    })
    await delivery.stop()
    expect(Math.max(...most)).toBeLessThanOrEqual(6)
  })

  it('lets what is more urgent overtake what it has claimed already', async () => {
    for (let n = 0; n < 40; n++) await someSubscriber(world, `n${n}@x.test`)
    await world.declare({ severity: 'SEV4', title: 'Small' })
    const delivery = startDelivery(world.carrying)
    await soon(() => expect(handed.length).toBeGreaterThanOrEqual(3))
    await world.declare({ severity: 'SEV1', title: 'Grave' })
    await world.fanOut()
    delivery.kick('deliver')
    const before = handed.length
    const order: string[] = []
    await soon(async () => {
      for (const { message, answer } of handed.splice(0)) {
        order.push(message.letter.subject.includes('Grave') ? 'grave' : 'small')
        answer(accepted)
      }
      expect(order.filter((each) => each === 'grave')).toHaveLength(40)
    })
    await delivery.stop()
    const smallBetween = order.slice(0, order.lastIndexOf('grave')).filter((each) => each === 'small').length
    // What was under way, and what began until the urgent rows were claimed.
    expect(smallBetween).toBeLessThanOrEqual(before + 12)
  })

  it('that is stopped gives back at once what has not begun, and finishes what has', async () => {
    for (let n = 0; n < 20; n++) await someSubscriber(world, `n${n}@x.test`)
    await world.declare()
    const delivery = startDelivery(world.carrying)
    await soon(() => expect(handed.length).toBeGreaterThanOrEqual(3))
    const stopping = delivery.stop()
    await soon(async () => expect((await counts()).claimed).toBeUndefined())
    answerAll(accepted)
    await soon(async () => {
      answerAll(accepted)
      expect((await counts()).sending).toBeUndefined()
    })
    await stopping
    const { accepted: done, queued } = await counts()
    expect(queued).toBeGreaterThan(0)
    expect(done).toBeGreaterThanOrEqual(3)
    const [row] = await db.execute(sql`select max(attempts) as most from deliveries where state = 'queued'`)
    expect(row).toEqual({ most: 0 })
  })

  it('whose carrier fails gives back what waits, and tries with one message when it has rested', async () => {
    for (let n = 0; n < 20; n++) await someSubscriber(world, `n${n}@x.test`)
    await world.declare()
    const delivery = startDelivery(world.carrying)
    await soon(async () => {
      answerAll({ kind: 'channel', code: 'ECONNREFUSED', reason: 'no connection' })
      const { sending, claimed } = await counts()
      expect({ sending, claimed }).toEqual({ sending: undefined, claimed: undefined })
      expect((await db.select().from(channelStates))[0]?.failingSince).toBeTruthy()
    })
    handed.length = 0
    await clock.advance(61_000)
    delivery.kick('deliver')
    await soon(() => expect(handed).toHaveLength(1))
    await soon(async () => {
      answerAll(accepted)
      expect(Object.keys(await counts())).not.toContain('queued')
    })
    await delivery.stop()
  })
})

describe('slots that are meant over all processes', () => {
  it('are not exceeded by any number of claims', async () => {
    const { claim } = await import('../../api/delivery/carry.ts')
    for (let n = 0; n < 12; n++) await someSubscriber(world, `+49151123456${String(n).padStart(2, '0')}`)
    await world.declare()
    await world.fanOut()
    const sms = world.carrying.carriers.sms
    world.carrying.carriers.sms = {
      ...sms,
      perSecond: 100,
      slotsOverall: true,
      slots: { staff: 1, executive: 1, public: 4 },
    }
    const claims = await Promise.all(Array.from({ length: 5 }, () => claim(world.carrying, 'sms', 'public', 4)))
    expect(claims.flat()).toHaveLength(4)
    world.carrying.carriers.sms = sms
  })
})
