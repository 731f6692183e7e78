import { and, eq } from 'drizzle-orm'
import { beforeEach, expect, test } from 'vitest'
import { openIncident } from '../../api/actions/open-incident.ts'
import { planMaintenance } from '../../api/actions/plan-maintenance.ts'
import { fanOutStep } from '../../api/delivery/fan-out.ts'
import { updatesOf } from '../../db/queries/incidents.ts'
import { deliveries, maintenanceUpdates, siteTargets } from '../../db/schema.ts'
import { someSubscriber } from '../support/delivering.ts'
import { fieldsOf, wordsOf } from '../support/forms.ts'
import { actingAs, testWorld } from '../support/world.ts'

const house = await testWorld({ smsSegmentsPerSecond: 1 })
const ada = await house.person('responder', { name: 'Ada' })
const visitor = await house.signIn(ada)
const viewer = await house.signIn(await house.person('viewer'))
const START = new Date('2026-11-12T14:00:00.000Z')
for (const address of ['ada@x.test', 'bob@x.test', '+4915112345678', '+4915112345679'])
  await someSubscriber(house, address)

let room: string
let board: string
let updateId: string
beforeEach(async () => {
  await house.clock.set(START)
  const { id } = await openIncident(actingAs(house, ada), {
    title: 'Sign-in fails',
    severity: 'SEV2',
    body: 'We look.',
  })
  await fanOut()
  updateId = (await updatesOf(house.db, id))[0]!.id
  room = `/console/incidents/${id}`
  board = `${room}/deliveries/${updateId}`
})

const fanOut = async () => {
  while (await fanOutStep(house.db, ['email', 'sms']));
}
const words = async (path: string, by = visitor) => wordsOf(await (await by.get(path)).text())
const end = (channel: 'email' | 'sms', set: Partial<typeof deliveries.$inferInsert>) =>
  house.db
    .update(deliveries)
    .set({ nextAttemptAt: null, ...set })
    .where(and(eq(deliveries.updateId, updateId), eq(deliveries.channel, channel)))
const failMail = () => end('email', { state: 'failed', code: '550', enhancedCode: '5.7.515', attempts: 1 })

test('the room says how many of how many have been told, and by when the last SMS leaves', async () => {
  await end('email', { state: 'accepted', acceptedAt: START })
  const said = await words(room)
  expect(said).toContain('Delivery · update 1, 14:00')
  expect(said).toMatch(/Email 2 2 0 SMS 2 0 0/)
  expect(said).toContain('2 of 4 handed over. 2 SMS on their way; the last SMS leaves by 14:00:04 UTC at the latest.')
})

test('the board says in words what became of everything, who failed, and why', async () => {
  await failMail()
  await end('sms', { state: 'delivered', acceptedAt: START, deliveredAt: START })
  const said = await words(board)
  expect(said).toContain('Email 2 failed')
  expect(said).toContain('SMS 2 arrived')
  expect(said).toContain('2 email. Their server refuses our mail: check SPF, DKIM and our reputation. 550 5.7.515')
  expect(said).toMatch(/[ab]\*\*\*@x\.test Their server refuses our mail/)
  expect(said).not.toMatch(/(ada|bob)@/)
})

test('what failed is sent again from the room, each once, and the board counts on', async () => {
  await failMail()
  expect(await words(room)).toContain('Retry 2 failed')
  const fields = fieldsOf(await (await visitor.get(room)).text(), board)
  const answer = await visitor.post(board, fields)
  expect(answer.headers.get('location')).toBe(`${board}?notice=resent`)
  expect(await words(answer.headers.get('location')!)).toContain('What failed is on its way again.')
  expect(await words(room)).not.toContain('Retry')
})

test('what would be left alone is said before anybody presses', async () => {
  await failMail()
  await end('sms', { state: 'unknown', unknowns: 1 })
  expect(await words(board)).toContain('Left alone: 2 may have it already.')
})

test('the page stands beside the channels: in place, being written, or failed', async () => {
  const at = START
  await house.db.insert(siteTargets).values({ name: 'site', revision: 0, state: 'published', publishedAt: at })
  expect(await words(room)).toContain('Page, feeds being written')
  await house.db.update(siteTargets).set({ state: 'failed', detail: 'disk full' })
  expect(await words(room)).toContain('Page, feeds failed; what it showed before still stands')
  await house.db.update(siteTargets).set({ state: 'published', revision: 1000, detail: null })
  expect(await words(board)).toContain('Page, feeds in place, last written 14:00:00')
  expect(await words(board)).toContain('The page site in place, last written 14:00:00 UTC')
  await house.db.delete(siteTargets)
})

test('who only reads sees how many, not whom, and has no button', async () => {
  await failMail()
  const html = await (await viewer.get(board)).text()
  expect(wordsOf(html)).toContain('2 email. Their server refuses our mail')
  expect(html).not.toContain('<form')
  expect(html).not.toContain('@x.test')
  expect((await viewer.post(board)).status).toBe(403)
})

test('an update that nobody was to be told of has a board that says so', async () => {
  const quiet = { title: 'Quiet', severity: 'SEV3' as const, body: 'No fuss.', notify: false }
  const { id } = await openIncident(actingAs(house, ada), quiet)
  const [update] = await updatesOf(house.db, id)
  expect(await words(`/console/incidents/${id}/deliveries/${update!.id}`)).toContain('Nobody was to be told of this')
  expect(await words(`/console/incidents/${id}`)).toContain('Nothing has been sent yet.')
})

test('planned work has a board of its own, and what failed of it is sent again', async () => {
  const { id } = await planMaintenance(actingAs(house, ada), {
    title: 'Newer database',
    body: 'Invoices can be read, not changed.',
    scheduled_for: new Date('2026-11-14T22:00:00Z'),
    scheduled_until: new Date('2026-11-14T23:30:00Z'),
  })
  await fanOut()
  await house.db
    .update(deliveries)
    .set({ state: 'failed', code: '21211', nextAttemptAt: null })
    .where(and(eq(deliveries.maintenanceId, id), eq(deliveries.channel, 'sms')))
  const [step] = await house.db.select().from(maintenanceUpdates).where(eq(maintenanceUpdates.maintenanceId, id))
  const own = `/console/maintenance/${id}/deliveries/${step!.id}`
  expect(await words(`/console/maintenance/${id}`)).toContain('Delivery · Planned, 14:00')
  expect(await words(own)).toContain('2 SMS. The number cannot receive SMS. 21211')
  expect((await visitor.post(own)).status).toBe(303)
  expect(await words(own)).not.toContain('Retry')
})

test('a board of nothing is missing', async () => {
  expect((await visitor.get(`${room}/deliveries/${'a'.repeat(12)}`)).status).toBe(404)
  expect((await visitor.get(`${room}/deliveries/nonsense`)).status).toBe(404)
  expect((await visitor.post(`${room}/deliveries/${'a'.repeat(12)}`)).status).toBe(404)
})
