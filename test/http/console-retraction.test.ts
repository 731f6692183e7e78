import { eq } from 'drizzle-orm'
import { beforeEach, expect, test } from 'vitest'
import { openIncident } from '../../api/actions/open-incident.ts'
import { postUpdate } from '../../api/actions/post-update.ts'
import { announcements, incidents } from '../../db/schema.ts'
import { fieldsOf, wordsOf } from '../support/forms.ts'
import { actingAs, testWorld } from '../support/world.ts'

const house = await testWorld()
const ada = await house.person('responder', { name: 'Ada' })
const visitor = await house.signIn(ada)

let id: string
let room: string
let retraction: string
beforeEach(async () => {
  const said = { title: 'Sign-in fails', severity: 'SEV2', body: 'Nobody can sign in.' } as const
  ;({ id } = await openIncident(actingAs(house, ada), said))
  room = `/console/incidents/${id}`
  retraction = `${room}/retraction`
})

const page = async (path = room) => (await visitor.get(path)).text()
const form = async () => fieldsOf(await page(), retraction)
const stored = async () => (await house.db.select().from(incidents).where(eq(incidents.id, id)))[0]!
const announced = () => house.db.$count(announcements, eq(announcements.incidentId, id))
const mistake = { body: 'Sign-in has worked all the time.', reason: 'A test alert.' }

test('an incident declared by mistake is retracted from its room, which says so and offers it no second time', async () => {
  const answer = await visitor.post(retraction, { ...(await form()), ...mistake })
  expect(answer.headers.get('location')).toBe(`${room}?notice=retracted`)
  const html = await page(`${room}?notice=retracted`)
  const words = wordsOf(html)
  expect(words).toContain('Retracted. The page says that it was a false alarm, and every promise is void.')
  expect(words).toContain('False alarm. Sign-in has worked all the time. Declared by mistake: A test alert.')
  expect(html).not.toContain(`action="${retraction}"`)
  expect(await stored()).toMatchObject({ retracted: true, status: 'resolved', nextUpdateDueAt: null })
  expect(await announced()).toBe(2)
})

test('nobody is told where that is not wanted', async () => {
  const { notify: _, ...silent } = await form()
  await visitor.post(retraction, { ...silent, ...mistake })
  expect(await stored()).toMatchObject({ retracted: true })
  expect(await announced()).toBe(1)
})

test('what was resolved already can be retracted, and keeps the time at which it ended', async () => {
  await postUpdate(actingAs(house, ada), id, { status: 'resolved', body: 'Over.' })
  const { resolvedAt } = await stored()
  await visitor.post(retraction, { ...(await form()), ...mistake })
  expect(await stored()).toMatchObject({ retracted: true, resolvedAt })
})

test('a refused retraction keeps what was typed, beside what is wrong with it', async () => {
  const refused = await visitor.post(retraction, { ...(await form()), body: 'Kept <as> typed.', reason: '' })
  expect(refused.status).toBe(422)
  const html = await refused.text()
  expect(html).toMatch(/<details class="fold retracting"[^>]* open/)
  expect(html).toContain('id="retract-reason-error"')
  expect(fieldsOf(html, retraction)).toMatchObject({ body: 'Kept <as> typed.', notify: 'on' })
  expect(await stored()).toMatchObject({ retracted: false, status: 'investigating' })
})

test('a retraction of what somebody else spoke about meanwhile is refused', async () => {
  const fields = { ...(await form()), ...mistake }
  await postUpdate(actingAs(house, ada), id, { body: 'It is real.' })
  expect((await visitor.post(retraction, fields)).status).toBe(412)
  expect(await stored()).toMatchObject({ retracted: false })
})
