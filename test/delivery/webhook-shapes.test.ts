import { beforeEach, expect, it } from 'vitest'
import { admitEndpoints } from '../../api/actions/admit-endpoints.ts'
import { advanceMaintenance } from '../../api/actions/advance-maintenance.ts'
import { alertBriefingSilence } from '../../api/actions/alert-briefing-silence.ts'
import { alertSilence } from '../../api/actions/alert-silence.ts'
import { answerDecision } from '../../api/actions/answer-decision.ts'
import { postBriefingInput } from '../../api/actions/briefing-fields.ts'
import { changeBriefingRules } from '../../api/actions/change-briefing-rules.ts'
import { correctUpdate } from '../../api/actions/correct-update.ts'
import { handOver } from '../../api/actions/hand-over.ts'
import { markLate } from '../../api/actions/mark-late.ts'
import { mergeIncident } from '../../api/actions/merge-incident.ts'
import { noteForStaff } from '../../api/actions/note-for-staff.ts'
import { planMaintenance, planMaintenanceInput } from '../../api/actions/plan-maintenance.ts'
import { postBriefing } from '../../api/actions/post-briefing.ts'
import { remindOfDecisions } from '../../api/actions/remind-of-decisions.ts'
import { reopenIncident } from '../../api/actions/reopen-incident.ts'
import { retractIncident } from '../../api/actions/retract-incident.ts'
import { sendTestAlert } from '../../api/actions/send-test-alert.ts'
import { subscribe, subscribeInput } from '../../api/actions/subscribe.ts'
import { webhookCarrier } from '../../api/delivery/webhook.ts'
import { DAY, HOUR, MINUTE, plus } from '../../api/domain/duration.ts'
import { newId } from '../../db/ids.ts'
import { components, staffReaders } from '../../db/schema.ts'
import { actingAs, actorFor, somePerson } from '../support/acting.ts'
import { BRIEFING } from '../support/briefings.ts'
import { delivering, everybodyLeaves, latestAnnouncement, someSubscriber } from '../support/delivering.ts'
import { someEndpoint } from '../support/endpoints.ts'
import { setTerms } from '../support/holding.ts'
import { publishedTypes, unlikePublished } from '../support/published-shapes.ts'
import { testReceiver } from '../support/receiver.ts'

const receiver = await testReceiver()
const world = await delivering({ webhook: webhookCarrier({ allow: [receiver.allowed] }, 400) })
const { db, clock } = world
const acting = { ...world.acting, webhookAllow: [receiver.allowed] }
const login = newId()
await db.insert(components).values({ id: login, name: 'Login', position: 0, startDate: '2026-01-01' })
const [ana, priya, rob] = await Promise.all([
  somePerson(db, 'executive', 'Ana', { webhookUrl: receiver.url('/ana') }),
  somePerson(db, 'commander', 'Priya', { webhookUrl: receiver.url('/priya') }),
  somePerson(db, 'commander', 'Rob', { webhookUrl: receiver.url('/rob') }),
])
let paths = 0
const endpoint = async () => {
  const path = `/${paths++}`
  await someEndpoint(world, receiver.url(path))
  return () => receiver.at(path).map(({ body }) => body)
}
const pass = async (wait: number) => {
  await clock.advance(wait)
  await alertSilence(acting)
  await alertBriefingSilence(acting)
  await remindOfDecisions(acting)
  await advanceMaintenance(acting)
  await world.drain()
}

beforeEach(() => everybodyLeaves(world))

it('everything that is sent to endpoints is as the description of the API publishes it', async () => {
  const told = await endpoint()
  const address = { channel: 'webhook', address: receiver.url('/challenged') }
  await subscribe(acting, subscribeInput.parse(address))
  await world.drain()
  expect(await admitEndpoints(acting)).toBe(1)
  const other = await world.declare({ components: [{ id: login, status: 'major_outage' }] })
  await pass(1000)
  const { id } = await world.declare({ title: 'The API is slow', severity: 'SEV2' })
  await pass(1000)
  const { updateId } = await latestAnnouncement(world, id)
  await correctUpdate(acting, id, updateId!, { body: 'All of it.', reason: 'We counted.', notify: true })
  await pass(1000)
  await mergeIncident(acting, id, { into: other.id })
  await pass(1000)
  await reopenIncident(acting, id, { body: 'It was another matter.' })
  await pass(1000)
  await retractIncident(acting, id, { body: 'All is well.', reason: 'A broken probe.' })
  await pass(1000)
  const now = await clock.now()
  const [scheduled_for, scheduled_until] = [plus(now, DAY + HOUR), plus(now, DAY + 2 * HOUR)].map((at) =>
    at.toISOString(),
  )
  const work = { title: 'Storage', body: 'We replace disks.', components: [login], reminders: ['-PT24H'] }
  await planMaintenance(acting, planMaintenanceInput.parse({ ...work, scheduled_for, scheduled_until }))
  for (const wait of [0, HOUR, DAY, HOUR]) await pass(wait)
  await setTerms(acting, { holding_notice: true })
  await world.declare({ title: 'Mail is late', severity: 'SEV1' })
  await pass(1000)
  await clock.advance(17 * MINUTE)
  await markLate(acting)
  await world.drain()
  await setTerms(acting, { holding_notice: false })
  expect(told().map(({ type, incident }) => `${type} ${incident.status} ${incident.impact}`)).toEqual([
    'incident.update investigating critical',
    'incident.update investigating major',
    'incident.correction investigating major',
    'incident.merged resolved major',
    'incident.update investigating major',
    'incident.update resolved none',
    'maintenance.update scheduled maintenance',
    'maintenance.reminder scheduled maintenance',
    'maintenance.update in_progress maintenance',
    'maintenance.update completed maintenance',
    'incident.update investigating critical',
    'incident.holding_notice investigating critical',
  ])
})

it('everything that is sent to staff is so as well', async () => {
  await changeBriefingRules(acting, [{ to: [ana.id], severities: ['SEV1'], channels: ['webhook'] }])
  await sendTestAlert(acting, ana.id)
  const { id } = await world.declare({ commander_id: priya.id, roles: { executive_sponsor: ana.id } })
  const by = plus(await clock.now(), 20 * MINUTE).toISOString()
  const decision_needed = { question: 'Do we write to all?', by_person_id: ana.id, by, advice: 'No.' }
  const asked = postBriefingInput.parse({ ...BRIEFING, eta: 'unknown', actions: 'unknown', decision_needed })
  const briefing = await postBriefing(acting, id, asked)
  await pass(0)
  for (const wait of [11, 10, 10, 20]) await pass(wait * MINUTE)
  await answerDecision(actingAs(db, clock, actorFor(ana)), id, briefing.id, { answer: 'approved' })
  await handOver(acting, id, { to_person_id: rob.id, note: 'The EU is back.' })
  const desk = await someEndpoint(world, receiver.url('/desk'), { list: 'staff' })
  await db.insert(staffReaders).values({ subscriberId: desk.id, personId: rob.id })
  await noteForStaff(acting, id, { kind: 'workaround', text: 'Sign in by the old page.' })
  await pass(0)
  const parts = receiver.received.flatMap(({ body: { type, alert, briefing: told } }) => [
    ...(alert ? [`${type} ${Object.keys(alert).join(' ')}`] : []),
    ...(told ? [`${type} ${Object.keys(told).join(' ')}`] : []),
  ])
  const distinct = new Set(parts)
  for (const part of ['commander', 'due_at', 'comment', 'customers_affected', 'person'])
    expect(
      [...distinct].filter((each) => each.includes(` ${part}`)),
      part,
    ).not.toEqual([])
})

it('and nothing is published that is never sent', () => {
  expect(new Set(receiver.received.map(({ body }) => body.type))).toEqual(new Set(publishedTypes()))
})

it('a body that differs in anything is told apart', () => {
  const [sent] = receiver.received.filter(({ body }) => body.type === 'incident.merged')
  const { body } = sent!
  expect(unlikePublished(body)).toEqual([])
  for (const wrong of [
    { ...body, more: 1 },
    { ...body, incident: { ...body.incident, impact: 'severe' } },
    { ...body, incident: { ...body.incident, started_at: 'today' } },
    { ...body, merged_into: undefined },
    { ...body, type: 'incident.moved' },
  ])
    expect(unlikePublished(JSON.parse(JSON.stringify(wrong)))).not.toEqual([])
})

it('of a merge nobody but endpoints is told, not even where a reader follows it', async () => {
  const told = await endpoint()
  await someSubscriber(world, 'lena@customer.example')
  const other = await world.declare()
  const { id } = await world.declare({ title: 'The API is slow' })
  await pass(0)
  const before = (await world.ledger()).length
  // The ledger is read in the order of its times.
  await clock.advance(1000)
  await mergeIncident(acting, id, { into: other.id })
  await pass(0)
  const later = (await world.ledger()).slice(before)
  expect(later.map(({ channel, state }) => `${channel} ${state}`)).toEqual(['webhook accepted'])
  expect(told().at(-1)).toMatchObject({
    type: 'incident.merged',
    incident: { id, status: 'resolved', incident_updates: [{ deliver_notifications: false }, {}] },
    merged_into: { id: other.id, shortlink: expect.stringContaining(`/i/${other.id}`) },
  })
})
