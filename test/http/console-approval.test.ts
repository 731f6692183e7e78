import { eq } from 'drizzle-orm'
import { beforeEach, expect, test } from 'vitest'
import { openIncident } from '../../api/actions/open-incident.ts'
import { approvals, updates } from '../../db/schema.ts'
import { fieldsOf, wordsOf } from '../support/forms.ts'
import { setTerms } from '../support/holding.ts'
import { actingAs, testWorld } from '../support/world.ts'

const house = await testWorld()
const ada = await house.person('responder', { name: 'Ada' })
const bob = await house.person('responder', { name: 'Bob' })
const eve = await house.person('viewer', { name: 'Eve' })
const root = await house.person('admin', { name: 'Root' })
const [author, second, reader, admin] = await Promise.all([ada, bob, eve, root].map(house.signIn))
await setTerms(house.acting(), { approval: 'PT5M', hold: 'PT0S' })

let room: string
let posting: string
let update: string
beforeEach(async () => {
  await house.clock.set(new Date('2026-11-12T14:00:00.000Z'))
  const { id } = await openIncident(actingAs(house, ada), {
    title: 'Sign-in fails',
    severity: 'SEV2',
    body: 'We look.',
  })
  room = `/console/incidents/${id}`
  posting = `${room}/updates`
  const answer = await author!.post(posting, { ...fieldsOf(await page(author!), posting), body: 'A roll-back runs.' })
  expect(answer.headers.get('location')).toBe(`${room}?notice=awaits_approval`)
  const [held] = await house.db.select().from(updates).where(eq(updates.state, 'held'))
  update = `${posting}/${held!.id}`
})
const page = async (by: typeof author, path = room) => (await by!.get(path)).text()
const standing = async () => {
  const [row] = await house.db
    .select()
    .from(updates)
    .where(eq(updates.id, update.slice(-12)))
  const [approval] = await house.db
    .select()
    .from(approvals)
    .where(eq(approvals.updateId, update.slice(-12)))
  return [row!.state, approval!.outcome]
}

test('the author sees that somebody else approves it and when it goes out by itself, and may recall it', async () => {
  const html = await page(author, `${room}?notice=awaits_approval`)
  const words = wordsOf(html)
  expect(words).toContain('Waiting for a second person’s approval. Nothing has left yet')
  expect(words).toMatch(/Waits for approval\. Goes out by itself in 05:00 at 14:05:00 UTC/)
  expect(words).toContain('You wrote it: somebody else approves it.')
  expect(html).not.toContain(`${update}/approve`)
  expect(html).not.toContain(`${update}/release`)
  const refused = await author!.post(`${update}/approve`)
  expect(refused.status).toBe(409)
  expect(wordsOf(await refused.text())).toContain('You wrote this update: another person approves it')
  expect(await standing()).toEqual(['held', null])
  await author!.post(`${update}/recall`, fieldsOf(html, `${update}/recall`))
  expect(await standing()).toEqual(['recalled', null])
})

test('another person approves it with one press', async () => {
  const html = await page(second)
  expect(html.indexOf(`${update}/approve`)).toBeLessThan(html.indexOf(`${update}/recall`))
  const answer = await second!.post(`${update}/approve`, fieldsOf(html, `${update}/approve`))
  expect(answer.headers.get('location')).toBe(`${room}?notice=posted`)
  expect(await standing()).toEqual(['published', 'approved'])
  const words = wordsOf(await page(second))
  expect(words).toContain('Update 2 approved.')
  expect(words).not.toContain('Waits for approval')
})

test('the glass is broken with a reason, and a missing one is asked for beside its field', async () => {
  const refused = await author!.post(`${update}/break-glass`, { reason: ' ' })
  expect(refused.status).toBe(422)
  const html = await refused.text()
  expect(wordsOf(html)).toContain('Nothing was sent.')
  expect(html).toContain('aria-invalid="true"')
  expect(await standing()).toEqual(['held', null])
  const answer = await author!.post(`${update}/break-glass`, { reason: 'Bob sleeps.' })
  expect(answer.headers.get('location')).toBe(`${room}?notice=posted`)
  expect(await standing()).toEqual(['published', 'glass_broken'])
  expect(wordsOf(await page(author))).toContain('Bob sleeps.')
})

test('a viewer sees that it waits and can do nothing about it', async () => {
  const html = await page(reader)
  expect(wordsOf(html)).toContain('Waits for approval')
  for (const verb of ['approve', 'recall', 'break-glass']) {
    expect(html).not.toContain(`${update}/${verb}`)
    expect((await reader!.post(`${update}/${verb}`, { reason: 'x' })).status).toBe(403)
  }
})

test('the editor of the cadence takes the term in minutes and tells it in words', async () => {
  const html = await page(admin, '/console/cadence')
  const words = wordsOf(html)
  expect(words).toContain(
    'An update waits for a second person’s approval for at most 5 min, and never beyond the promise',
  )
  const fields = fieldsOf(html, '/console/cadence')
  expect(fields['SEV1.approval']).toBe('5')
  const none = { ...fields, 'SEV1.approval': '', 'SEV2.approval': '', 'SEV3.approval': '', 'SEV4.approval': '' }
  const preview = await admin!.post('/console/cadence/preview', none)
  expect(wordsOf(await preview.text())).not.toContain('An update waits for')
  const wrong = await admin!.post('/console/cadence', { ...fields, 'SEV1.approval': '9999' })
  expect(wrong.status).toBe(422)
  expect(wordsOf(await wrong.text())).toContain('Use a number of minutes')
})
