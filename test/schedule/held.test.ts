import { expect, it } from 'vitest'
import { subscribe, subscribeInput } from '../../api/actions/subscribe.ts'
import { DAY, plus } from '../../api/domain/duration.ts'
import { KEPT_FOR } from '../../api/domain/retention.ts'
import { noRecorder } from '../../api/recorder.ts'
import { duties } from '../../api/schedule/duties.ts'
import { newId } from '../../db/ids.ts'
import { deliveries, heardReports, restores, subscribers } from '../../db/schema.ts'
import { delivering, START } from '../support/delivering.ts'

const world = await delivering()
const { db, clock, acting } = world
const rounds = (name: string) =>
  duties({ ...acting, record: noRecorder }, db, 'a process', null).find((duty) => duty.name === name)!

it('forgets nothing and admits no endpoint in a restored database until a person has released it (R22)', async () => {
  await clock.set(START)
  await db.insert(heardReports).values({ id: 'ses:1' })
  await clock.set(plus(START, KEPT_FOR.heard_reports + DAY))
  const endpoint = { channel: 'webhook', address: 'https://hooks.example.com/sitrep' }
  await subscribe(acting, subscribeInput.parse(endpoint))
  await db.update(deliveries).set({ state: 'accepted', acceptedAt: await clock.now() })
  await db.insert(restores).values({ id: newId(), takenAt: START })
  const [retention, endpoints] = [rounds('retention'), rounds('endpoints')]
  await retention.round()
  await endpoints.round()
  expect(await db.$count(heardReports)).toBe(1)
  expect(await db.$count(subscribers)).toBe(0)

  await db.update(restores).set({ releasedAt: await clock.now() })
  await retention.round()
  await endpoints.round()
  expect(await db.$count(heardReports)).toBe(0)
  expect(await db.$count(subscribers)).toBe(1)
})
