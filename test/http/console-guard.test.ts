import { beforeEach, describe, expect, test } from 'vitest'
import { makeKey } from '../../api/actions/make-key.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { planMaintenance } from '../../api/actions/plan-maintenance.ts'
import { postUpdate } from '../../api/actions/post-update.ts'
import { DAY } from '../../api/domain/duration.ts'
import { askingAs, errorsIn } from '../support/asking.ts'
import { manyReaders } from '../support/flooding.ts'
import { fieldsOf, wordsOf } from '../support/forms.ts'
import { actingAs, testWorld } from '../support/world.ts'

const house = await testWorld()
const { ask, refused } = await askingAs(house)
const casey = await house.person('commander', { name: 'Casey' })
const rob = await house.person('responder', { name: 'Rob' })
const [commander, responder] = [await house.signIn(casey), await house.signIn(rob)]
await manyReaders(house.db, 1_200)

let day = new Date('2026-11-12T14:00:00.000Z').getTime()
let id: string
let room: string
beforeEach(async () => {
  day += DAY
  await house.clock.set(new Date(day))
  ;({ id } = await openIncident(actingAs(house, casey), { title: 'Sign-in fails', severity: 'SEV2', body: 'We look.' }))
  room = `/console/incidents/${id}`
  for (let seq = 2; seq <= 7; seq += 1) {
    await house.clock.advance(20_000)
    await postUpdate(actingAs(house, casey), id, { body: `Word ${seq}.` })
  }
})

const page = async (path = room, by = commander) => (await by.get(path)).text()
const told = async () => (await ask('GET', `/incidents/${id}/announcements`)).body.data
const waiting = async () => (await told()).find(({ guard }: { guard: string }) => guard === 'waiting')

test('the room asks once more before the seventh message goes out, and every screen says that it waits', async () => {
  const words = wordsOf(await page())
  expect(words).toContain('Update 7 waits for you')
  expect(words).toContain('This would be the 7th message in ten minutes to 1,200 people.')
  expect(words).toContain('It waits for a second confirmation.')
  const banner = 'Sign-in fails: a message to 1,200 people waits for a second confirmation. Send it, or drop it'
  expect(wordsOf(await page('/console/components'))).toContain(banner)
})

test('the one who posted sends it with a second press', async () => {
  const { id: message } = await waiting()
  const form = `${room}/announcements/${message}/release`
  const answer = await commander.post(form, fieldsOf(await page(), form))
  expect(answer.headers.get('location')).toBe(`${room}?notice=message_released`)
  const words = wordsOf(await page(answer.headers.get('location')!))
  expect(words).toContain('Confirmed. The message goes out.')
  expect(words).not.toContain('waits for you')
  expect((await told())[0]).toMatchObject({ guard: 'released', released_by: casey.id, reach: 1_200 })
})

test('it is dropped with one press, and the room says that nobody is told', async () => {
  const { id: message } = await waiting()
  const form = `${room}/announcements/${message}/withdraw`
  await commander.post(form, fieldsOf(await page(), form))
  expect((await told())[0]).toMatchObject({ guard: 'withdrawn', released_at: null })
  expect(wordsOf(await page())).toContain('It was withdrawn: nobody is told.')
  const late = await commander.post(`${room}/announcements/${message}/release`)
  expect(late.status).toBe(409)
  expect(wordsOf(await late.text())).toContain('Somebody has decided not to send it. Post anew to speak.')
  expect((await commander.get(`${room}/announcements/${message}/release`)).headers.get('location')).toBe(room)
})

test('a responder who does not command it reads who has to decide, and may not', async () => {
  const words = wordsOf(await page(room, responder))
  expect(words).toContain('A commander has to confirm it, or whoever commands the incident.')
  expect(words).not.toContain('Don’t send')
  const { id: message } = await waiting()
  expect((await responder.post(`${room}/announcements/${message}/release`)).status).toBe(403)
})

describe('by the API', () => {
  test('what waits is listed, confirmed and answered the same when asked again', async () => {
    const { id: message } = await waiting()
    const path = `/incidents/${id}/announcements/${message}`
    const first = await ask('POST', `${path}/release`)
    expect(first.status).toBe(200)
    expect(first.body).toMatchObject({ id: message, guard: 'released', kind: 'update' })
    expect((await ask('POST', `${path}/release`)).body).toEqual(first.body)
    expect(errorsIn(await refused(409, 'POST', `${path}/withdraw`))).toEqual([' already_released'])
  })

  test('what passed needs nobody, what is not there is missing, and a responder is refused', async () => {
    const passed = (await told()).at(-1)
    expect(passed.guard).toBe('passed')
    const path = `/incidents/${id}/announcements`
    expect(errorsIn(await refused(409, 'POST', `${path}/${passed.id}/release`))).toEqual([' already_passed'])
    await refused(404, 'POST', `${path}/${'a'.repeat(12)}/release`)
    const { key } = await makeKey(house.acting(), { name: 'posts', role: 'responder' })
    const { id: message } = await waiting()
    const headers = { authorization: `Bearer ${key}` }
    for (const verb of ['release', 'withdraw'])
      expect((await ask('POST', `${path}/${message}/${verb}`, { headers })).status).toBe(403)
    expect((await waiting()).id).toBe(message)
  })
})

test('planned work that one announces by the dozen is asked about in its own room', async () => {
  const plan = (title: string) =>
    planMaintenance(actingAs(house, rob), {
      title,
      body: 'Invoices can be read.',
      scheduled_for: new Date(day + 2 * DAY),
      scheduled_until: new Date(day + 3 * DAY),
    })
  let last = await plan('Work 0')
  for (let at = 1; at <= 5; at += 1) last = await plan(`Work ${at}`)
  const own = `/console/maintenance/${last.id}`
  const html = await page(own, responder)
  expect(wordsOf(html)).toContain('So much has gone out within the hour')
  const form = /action="([^"]+\/withdraw)"/.exec(html)![1]!
  expect((await responder.post(form, fieldsOf(html, form))).status).toBe(303)
  expect(wordsOf(await page(own, responder))).toContain('It was withdrawn: nobody is told.')
})
