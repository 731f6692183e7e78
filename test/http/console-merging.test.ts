import { eq } from 'drizzle-orm'
import { beforeEach, expect, test } from 'vitest'
import { openIncident } from '../../api/actions/open-incident.ts'
import { postUpdate } from '../../api/actions/post-update.ts'
import { announcements, incidents, updates } from '../../db/schema.ts'
import { fieldsOf, wordsOf } from '../support/forms.ts'
import { actingAs, testWorld } from '../support/world.ts'

const house = await testWorld()
const ada = await house.person('responder', { name: 'Ada' })
const visitor = await house.signIn(ada)
const open = (title: string, visibility: 'public' | 'internal' = 'public') =>
  openIncident(actingAs(house, ada), { title, severity: 'SEV2', body: `CANARY of ${title}.`, visibility })

let id: string
let other: string
let room: string
beforeEach(async () => {
  await house.db.update(incidents).set({ status: 'resolved', resolvedAt: new Date(), nextUpdateDueAt: null })
  ;[id, other] = [(await open('The API is slow')).id, (await open('Sign-in fails')).id]
  room = `/console/incidents/${id}`
})
const page = async (path = room) => (await visitor.get(path)).text()
const stored = async (of = id) => (await house.db.select().from(incidents).where(eq(incidents.id, of)))[0]!

test('an incident is merged from its room into one of the others that are open, once it is chosen, and one goes on there', async () => {
  await open('CANARY inside', 'internal')
  const html = await page()
  expect(wordsOf(html)).toContain('SEV2 Sign-in fails')
  expect(wordsOf(html)).not.toContain('SEV2 CANARY inside')
  const fields = fieldsOf(html, `${room}/merge`)
  expect(fields.into).toBe('')
  const hasty = await visitor.post(`${room}/merge`, fields)
  expect(hasty.status).toBe(422)
  expect(wordsOf(await hasty.text())).toContain('Nothing was merged. The incident that goes on:')
  expect(await stored()).toMatchObject({ status: 'investigating' })
  const answer = await visitor.post(`${room}/merge`, { ...fields, into: other })
  const there = `/console/incidents/${other}`
  expect(answer.headers.get('location')).toBe(`${there}?notice=merged`)
  expect(wordsOf(await page(`${there}?notice=merged`))).toContain('Merged. It is told here from now on')
  expect(await stored()).toMatchObject({ status: 'resolved' })
  expect(await page(there)).not.toContain(`action="${there}/merge"`)
})

test('a merge that is refused says why beside its choice', async () => {
  const fields = { ...fieldsOf(await page(), `${room}/merge`), into: other }
  await postUpdate(actingAs(house, ada), other, { status: 'resolved', body: 'Over.' })
  const refused = await visitor.post(`${room}/merge`, fields)
  expect(refused.status).toBe(409)
  expect(wordsOf(await refused.text())).toContain(
    'Nothing was merged. The incident that goes on: The other incident is over',
  )
  expect((await visitor.get(`${room}/merge`)).headers.get('location')).toBe(room)
})

test('an internal incident becomes public with its first public words, and nothing written before comes along', async () => {
  const { id: inside } = await open('exports broken (CANARY customer)', 'internal')
  const path = `/console/incidents/${inside}`
  const form = `${path}/publication`
  const html = await page(path)
  expect(wordsOf(html)).toContain(
    'What was written until now stays inside: updates, notes and the timeline never become public.',
  )
  const fields = { ...fieldsOf(html, form), title: 'Exports are late', body: 'Nightly exports are late.' }
  const refused = await visitor.post(form, { ...fields, body: '' })
  expect(refused.status).toBe(422)
  expect(await stored(inside)).toMatchObject({ visibility: 'internal', title: 'exports broken (CANARY customer)' })
  const answer = await visitor.post(form, fields)
  expect(answer.headers.get('location')).toBe(`${path}?notice=made_public`)
  expect(await stored(inside)).toMatchObject({ visibility: 'public', title: 'Exports are late' })
  const said = await house.db.select().from(updates).where(eq(updates.incidentId, inside)).orderBy(updates.seq)
  expect(said.map(({ audience, body }) => [audience, body])).toEqual([
    ['internal', 'CANARY of exports broken (CANARY customer).'],
    ['public', 'Nightly exports are late.'],
  ])
  expect(await house.db.$count(announcements, eq(announcements.incidentId, inside))).toBe(1)
  expect(await page(path)).not.toContain(form)
})
