import { expect, it } from 'vitest'
import { postBriefingInput } from '../../api/actions/briefing-fields.ts'
import { changeBriefingRules } from '../../api/actions/change-briefing-rules.ts'
import { planMaintenance, planMaintenanceInput } from '../../api/actions/plan-maintenance.ts'
import { postBriefing } from '../../api/actions/post-briefing.ts'
import { releaseRestored } from '../../api/actions/release-restored.ts'
import { subscribe, subscribeInput } from '../../api/actions/subscribe.ts'
import { DAY, HOUR, MINUTE, plus } from '../../api/domain/duration.ts'
import { KEPT_FOR } from '../../api/domain/retention.ts'
import { noRecorder } from '../../api/recorder.ts'
import { duties } from '../../api/schedule/duties.ts'
import { newId } from '../../db/ids.ts'
import {
  alerts,
  announcements,
  briefings,
  deliveries,
  heardReports,
  incidents,
  maintenances,
  maintenanceUpdates,
  restores,
  subscribers,
  timelineEntries,
  updates,
} from '../../db/schema.ts'
import { somePerson } from '../support/acting.ts'
import { BRIEFING } from '../support/briefings.ts'
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

it('says, alerts, reminds, begins and plans nothing while it is held, though all of it is due; released, it does', async () => {
  const { db, clock, acting, declare, post, drain } = await delivering()
  const [casey, ana] = [await somePerson(db, 'commander', 'Casey'), await somePerson(db, 'executive', 'Ana')]
  await changeBriefingRules(acting, [{ to: [ana.id], severities: ['SEV1'], channels: ['email'] }])
  const late = await declare({ commander_id: casey.id })
  const by = plus(START, 30 * MINUTE).toISOString()
  const decision_needed = { question: 'Do we write to all?', by_person_id: ana.id, by, advice: 'No.' }
  await postBriefing(acting, late.id, postBriefingInput.parse({ ...BRIEFING, decision_needed }))
  const silent = await declare({ title: 'Typos', severity: 'SEV4' })
  await post(silent.id, { body: 'Mended.', hold: 5 * MINUTE })
  const [scheduled_for, scheduled_until] = [plus(START, HOUR), plus(START, 3 * HOUR)].map((at) => at.toISOString())
  const work = { title: 'Storage', body: 'We replace disks.', rrule: 'FREQ=DAILY', scheduled_for, scheduled_until }
  await planMaintenance(acting, planMaintenanceInput.parse(work))
  await drain()
  const everything = async () => [
    ...(await Promise.all(
      [announcements, deliveries, alerts, updates, incidents].map((table) => db.select().from(table)),
    )),
    ...(await Promise.all(
      [briefings, maintenances, maintenanceUpdates, timelineEntries].map((table) => db.select().from(table)),
    )),
  ]
  const all = duties({ ...acting, record: noRecorder }, db, 'a process', async () => null)
  const goRound = async () => {
    for (const duty of all) await duty.round()
  }
  await clock.set(plus(START, 2 * HOUR))
  await db.insert(restores).values({ id: newId(), takenAt: START })
  const before = await everything()
  await goRound()
  expect(await everything()).toEqual(before)

  await releaseRestored(acting, { dropWaiting: false })
  await goRound()
  const kinds = (await db.select().from(announcements)).map(({ kind }) => kind)
  expect(kinds).toEqual(
    expect.arrayContaining(['alert', 'briefing_alert', 'decision_reminder', 'handover', 'maintenance', 'update']),
  )
  expect((await db.select().from(updates)).map(({ state }) => state)).not.toContain('held')
  const statuses = (await db.select().from(maintenances)).map(({ status }) => status)
  expect(statuses).toContain('in_progress')
  expect(statuses.length).toBeGreaterThan(1)
})
