import { eq } from 'drizzle-orm'
import { beforeEach, expect, test } from 'vitest'
import { openIncident } from '../../api/actions/open-incident.ts'
import { postUpdate } from '../../api/actions/post-update.ts'
import { announcements, corrections, incidents, updates } from '../../db/schema.ts'
import { fieldsOf, wordsOf } from '../support/forms.ts'
import { actingAs, testWorld } from '../support/world.ts'

const house = await testWorld()
const ada = await house.person('responder', { name: 'Ada' })
const visitor = await house.signIn(ada)
const WRONG = 'About 300 customers cannot sign in.'
const RIGHT = 'About 1,300 customers cannot sign in.'

let id: string
let room: string
let correcting: string
beforeEach(async () => {
  ;({ id } = await openIncident(actingAs(house, ada), { title: 'Sign-in fails', severity: 'SEV2', body: WRONG }))
  const [first] = await house.db.select().from(updates).where(eq(updates.incidentId, id))
  room = `/console/incidents/${id}`
  correcting = `${room}/corrections/${first!.id}`
})

const page = async (path = room) => (await visitor.get(path)).text()
const form = async () => fieldsOf(await page(), correcting)
const made = () => house.db.select().from(corrections).where(eq(corrections.incidentId, id))
const dueAt = async () => (await house.db.select().from(incidents).where(eq(incidents.id, id)))[0]!.nextUpdateDueAt
const announced = async () =>
  (await house.db.select().from(announcements).where(eq(announcements.incidentId, id))).map(({ kind }) => kind)

test('a correction begins with the words that stand there, and with telling those who were sent them', async () => {
  expect(await form()).toMatchObject({ body: WRONG, reason: '', notify: 'on' })
})

test('a corrected update is shown as it reads now, with what it said before and why it was changed', async () => {
  const due = await dueAt()
  const answer = await visitor.post(correcting, { ...(await form()), body: RIGHT, reason: 'Support counted again.' })
  expect(answer.headers.get('location')).toBe(`${room}?notice=corrected`)
  const words = wordsOf(await page(`${room}?notice=corrected`))
  expect(words).toContain('Corrected. The page shows both, and the clock runs on.')
  expect(words).toContain(`Investigating. ${RIGHT}`)
  expect(words).toMatch(/Corrected [\d:]+ UTC · Ada · Support counted again\. What it said before About 300/)
  expect(await dueAt()).toEqual(due)
  expect(await announced()).toEqual(['update', 'correction'])
  expect((await form()).body).toBe(RIGHT)
})

test('nobody is sent a correction when that is not wanted', async () => {
  const { notify: _, ...silent } = await form()
  await visitor.post(correcting, { ...silent, body: RIGHT, reason: 'A slip of the pen.' })
  expect(await made()).toMatchObject([{ notify: false }])
  expect(await announced()).toEqual(['update'])
})

test('a refused correction keeps what was typed, beside what is wrong with it', async () => {
  const { notify: _, ...silent } = await form()
  const refused = await visitor.post(correcting, { ...silent, body: 'Kept <as> typed.', reason: '' })
  expect(refused.status).toBe(422)
  const html = await refused.text()
  expect(html).toMatch(/<details class="fold correcting"[^>]* open/)
  expect(html).toContain('id="correct-1-reason-error"')
  const again = fieldsOf(html, correcting)
  expect(again).toMatchObject({ body: 'Kept <as> typed.', reason: '' })
  expect(again.notify).toBeUndefined()
  expect(await made()).toEqual([])
})

test('words that have not been changed are no correction', async () => {
  const refused = await visitor.post(correcting, { ...(await form()), reason: 'None.' })
  expect(refused.status).toBe(422)
  expect(wordsOf(await refused.text())).toContain('These are the words that stand there.')
})

test('a correction of what somebody else spoke about meanwhile is refused, and may be sent then', async () => {
  const fields = { ...(await form()), body: RIGHT, reason: 'Support counted again.' }
  await postUpdate(actingAs(house, ada), id, { body: 'A roll-back runs.' })
  const stale = await visitor.post(correcting, fields)
  expect(stale.status).toBe(412)
  const again = fieldsOf(await stale.text(), correcting)
  expect(again.body).toBe(RIGHT)
  expect((await visitor.post(correcting, again)).status).toBe(303)
})

test('a resolved incident can be corrected too', async () => {
  await postUpdate(actingAs(house, ada), id, { body: 'It works.', status: 'resolved' })
  expect((await visitor.post(correcting, { ...(await form()), body: RIGHT, reason: 'Counted.' })).status).toBe(303)
})

test('only who may speak is offered to correct, and what is not there cannot be corrected', async () => {
  const viewer = await house.signIn(await house.person('viewer'))
  expect(await (await viewer.get(room)).text()).not.toContain('Correct this')
  expect((await viewer.post(correcting, { body: RIGHT, reason: 'x' })).status).toBe(403)
  const elsewhere = `${room}/corrections/aaaaaaaaaaaa`
  expect((await visitor.post(elsewhere, { body: RIGHT, reason: 'x' })).status).toBe(404)
})

test('who reloads a refused correction comes back to the room', async () => {
  expect((await visitor.get(correcting)).headers.get('location')).toBe(room)
})
