import { eq } from 'drizzle-orm'
import { beforeEach, expect, test } from 'vitest'
import { addComponent } from '../../api/actions/add-component.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { releaseDueUpdates } from '../../api/actions/release-update.ts'
import { announcements, incidents, updates } from '../../db/schema.ts'
import { fieldsOf, wordsOf } from '../support/forms.ts'
import { actingAs, testWorld } from '../support/world.ts'

const house = await testWorld()
const ada = await house.person('responder', { name: 'Ada' })
const bob = await house.person('responder', { name: 'Bob' })
const eve = await house.person('viewer', { name: 'Eve' })
const [visitor, other, reader] = await Promise.all([ada, bob, eve].map(house.signIn))
const login = await addComponent(house.acting(), { name: 'Login' })
const START = new Date('2026-11-12T14:00:00.000Z')

let id: string
let room: string
let posting: string
beforeEach(async () => {
  await house.clock.set(START)
  ;({ id } = await openIncident(actingAs(house, ada), { title: 'Sign-in fails', severity: 'SEV2', body: 'We look.' }))
  room = `/console/incidents/${id}`
  posting = `${room}/updates`
})

const page = async (path = room, by = visitor!) => (await by.get(path)).text()
const form = async () => fieldsOf(await page(), posting)
const said = () => house.db.select().from(updates).where(eq(updates.incidentId, id)).orderBy(updates.createdAt)
const stored = async () => (await house.db.select().from(incidents).where(eq(incidents.id, id)))[0]!
const announced = () => house.db.$count(announcements, eq(announcements.incidentId, id))
const heldAt = async () => `${posting}/${(await said()).find(({ state }) => state === 'held')!.id}`

/** Posts four seconds past the hour; the cadence holds a SEV2 for ten seconds. */
async function post(more: Record<string, string> = {}) {
  await house.clock.advance(4_000)
  return visitor!.post(posting, { ...(await form()), body: 'A roll-back runs.', ...more })
}

test('what is posted is shown as held, with the time at which it goes out, and has changed nothing yet', async () => {
  const answer = await post({ status: 'identified' })
  expect(answer.headers.get('location')).toBe(`${room}?notice=held`)
  const words = wordsOf(await page(`${room}?notice=held`))
  expect(words).toContain('Held. Nothing has left yet; the clock runs on until it does.')
  expect(words).toMatch(/Goes out in 00:10 at 14:00:14 UTC/)
  expect(words).toContain('Update 2, on the page only. Nothing has left yet.')
  expect(words).toContain('to the update promised for 14:30 UTC')
  expect(words).toContain('Update 2 posted, held until 14:00:14 UTC.')
  expect(words).not.toContain('Update 2 published')
  expect(await stored()).toMatchObject({ status: 'investigating', updateSeq: 1 })
  expect(await announced()).toBe(1)
})

test('after its time it is out, the composer is back, and the clock has started afresh', async () => {
  await post({ status: 'identified' })
  await house.clock.advance(10_000)
  expect(await releaseDueUpdates(house.acting())).toBeGreaterThan(0)
  const words = wordsOf(await page())
  expect(words).toContain('Update 2 published (identified)')
  expect(words).toMatch(/number 2 · Ada/)
  expect(words).not.toContain('Recall')
  expect((await form()).seq).toBe('3')
  expect((await stored()).nextUpdateDueAt!.toISOString()).toBe('2026-11-12T14:30:14.000Z')
})

test('a recalled update comes back to the composer as it was typed, to be mended', async () => {
  const typed = {
    status: 'monitoring',
    next_update_in: 'PT10M',
    severity: 'SEV1',
    severity_reason: 'All regions.',
    page_only: 'on',
    [`component:${login.id}`]: 'major_outage',
  }
  await post({ ...typed, severity: 'SEV3', next_update_in: 'PT10M' })
  const recall = `${await heldAt()}/recall`
  const answer = await visitor!.post(recall, fieldsOf(await page(), recall))
  expect(answer.headers.get('location')).toBe(`${room}?notice=recalled`)
  expect(wordsOf(await page(`${room}?notice=recalled`))).toContain('Update 2 recalled before it went out.')
  expect(await form()).toMatchObject({ ...typed, severity: 'SEV3', body: 'A roll-back runs.', seq: '2' })
  await house.clock.advance(60_000)
  await releaseDueUpdates(house.acting())
  expect(await stored()).toMatchObject({ status: 'investigating', severity: 'SEV2', updateSeq: 1 })
  expect((await visitor!.get(recall)).headers.get('location')).toBe(room)
})

test('the recall of somebody else’s update leaves alone what one is writing', async () => {
  await other!.post('/console/drafts', { form: `incident:${id}`, body: 'Bob writes.' })
  await post()
  await other!.post(`${await heldAt()}/recall`)
  expect(fieldsOf(await page(room, other), posting).body).toBe('Bob writes.')
})

test('it goes out before its time with one press', async () => {
  await post()
  const release = `${await heldAt()}/release`
  await visitor!.post(release, fieldsOf(await page(), release))
  expect(await said()).toMatchObject([{ seq: 1 }, { seq: 2, state: 'published', authorId: ada.id }])
  expect(await announced()).toBe(2)
})

test('another post meanwhile is refused by name, and its text is kept until the held one is out', async () => {
  const typed: Record<string, string> = { ...fieldsOf(await page(room, other), posting), body: 'Bob says more.' }
  await post()
  for (const version of [typed.version!, '']) {
    const refused = await other!.post(posting, { ...typed, version })
    expect(refused.status).toBe(version === '' ? 409 : 412)
    expect(wordsOf(await refused.text())).toContain('Nothing of yours was sent: another update is held.')
  }
  await visitor!.post(`${await heldAt()}/release`)
  const html = await page(room, other)
  expect(fieldsOf(html, posting).body).toBe('Bob says more.')
  expect(wordsOf(html)).toContain('Ada posted while you wrote')
})

test('pressing twice holds once', async () => {
  const typed = { ...(await form()), body: 'Once.' }
  const answers = await Promise.all([visitor!.post(posting, typed), visitor!.post(posting, typed)])
  expect(answers.map((answer) => answer.headers.get('location'))).toEqual(Array(2).fill(`${room}?notice=held`))
  expect(await said()).toHaveLength(2)
})

test('"No material change" is held too, and its text stays a draft', async () => {
  await post({ no_change: 'true', body: 'half a sentence' })
  expect(wordsOf(await page())).toContain('No material change.')
  await visitor!.post(`${await heldAt()}/recall`)
  expect((await form()).body).toBe('half a sentence')
})

test('a viewer sees it go and can do nothing about it', async () => {
  await post()
  const html = await page(room, reader)
  expect(wordsOf(html)).toContain('Goes out in')
  expect(html).not.toContain('/recall')
  expect((await reader!.post(`${await heldAt()}/recall`)).status).toBe(403)
})
