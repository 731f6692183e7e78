import { beforeEach, expect, test } from 'vitest'
import { alertSilence } from '../../api/actions/alert-silence.ts'
import { changeCadence } from '../../api/actions/change-cadence.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { postUpdate } from '../../api/actions/post-update.ts'
import { MINUTE } from '../../api/domain/duration.ts'
import { currentPolicy } from '../../db/queries/cadence.ts'
import { fieldsOf, wordsOf } from '../support/forms.ts'
import { actingAs, testWorld } from '../support/world.ts'

const house = await testWorld()
const ada = await house.person('commander', { name: 'Ada' })
const dan = await house.person('responder', { name: 'Dan' })
const eve = await house.person('viewer', { name: 'Eve' })
const visitors = { ada: await house.signIn(ada), dan: await house.signIn(dan), eve: await house.signIn(eve) }

let id: string
let room: string
beforeEach(async () => {
  await house.clock.set(new Date('2026-11-12T14:00:00.000Z'))
  const said = { title: 'Sign-in fails', severity: 'SEV1', body: 'Nobody can sign in.' } as const
  ;({ id } = await openIncident(actingAs(house, ada), said))
  room = `/console/incidents/${id}`
})
const page = async (who: keyof typeof visitors, path = room) => (await visitors[who].get(path)).text()

test('one press says "I have it"; the room tells everybody who has it, until when, and what is held back', async () => {
  await house.clock.advance(10 * MINUTE)
  expect(wordsOf(await page('dan'))).toContain('I have it Holds the alerts for 15 min.')
  const answer = await visitors.dan.post(`${room}/acknowledgements`)
  expect(answer.headers.get('location')).toBe(`${room}?notice=acknowledged`)
  expect(wordsOf(await page('dan', `${room}?notice=acknowledged`))).toContain(
    'You have it, and everybody in this room sees so.',
  )
  const words = wordsOf(await page('eve'))
  expect(words).toContain('Dan has it until 14:25 UTC.')
  expect(words).toContain('If we are still silent, the latest of it goes out at 14:25 UTC.')
  expect(words).toMatch(/14:19:57 .{0,80}deputy, held back/)
  expect(words).not.toMatch(/sponsor, held back/)
  await house.clock.advance(6 * MINUTE)
  await alertSilence(house.acting())
  expect(wordsOf(await page('eve'))).toContain('due · held, somebody has it')
  await house.clock.advance(9 * MINUTE)
  expect(wordsOf(await page('eve'))).not.toContain('has it until')
})

test('whoever was alerted answers beside the clock, before anything else, until somebody has it', async () => {
  const clockOf = (html: string) => html.slice(html.indexOf('data-deadline'), html.indexOf('class="compose"'))
  expect(clockOf(await page('dan'))).not.toContain('I have it')
  await house.clock.advance(12 * MINUTE)
  await alertSilence(house.acting())
  expect(wordsOf(clockOf(await page('dan')))).toContain('I have it')
  expect(clockOf(await page('eve'))).not.toContain('I have it')
  await visitors.dan.post(`${room}/acknowledgements`)
  expect(clockOf(await page('ada'))).not.toContain('I have it')
  expect(wordsOf(clockOf(await page('ada')))).toContain('Dan has it until 14:27')
  await postUpdate(actingAs(house, ada), id, { body: 'Some can.' })
  expect(clockOf(await page('dan'))).not.toContain('has it')
})

test('the commander snoozes with a reason, which the room shows; others are not offered it', async () => {
  const fields = fieldsOf(await page('ada'), `${room}/snoozes`)
  expect(fields).toMatchObject({ for: 'PT5M', reason: '' })
  const typed = { for: 'PT10M', reason: 'On the phone with the <provider>' }
  const answer = await visitors.ada.post(`${room}/snoozes`, typed)
  expect(answer.headers.get('location')).toBe(`${room}?notice=snoozed`)
  expect(wordsOf(await page('eve'))).toContain(
    'Ada snoozed the alerts until 14:10 UTC: On the phone with the <provider>',
  )
  expect(await page('dan')).not.toContain(`${room}/snoozes`)
  expect((await visitors.dan.post(`${room}/snoozes`, typed)).status).toBe(403)
})

test('a snooze that may not be is kept as typed, beside what is wrong with it', async () => {
  const refused = await visitors.ada.post(`${room}/snoozes`, { for: 'PT1H', reason: 'A long call' })
  expect(refused.status).toBe(422)
  const html = await refused.text()
  expect(wordsOf(html)).toContain('The alerts of SEV1 may be snoozed for at most PT15M at a time; you asked PT1H.')
  expect(html).toMatch(/<details class="fold"[^>]* open/)
  expect(fieldsOf(html, `${room}/snoozes`).reason).toBe('A long call')
  const silent = await visitors.ada.post(`${room}/snoozes`, { for: 'PT5M', reason: ' ' })
  expect(await silent.text()).toContain('id="snooze-reason-error"')
})

test('nobody is offered what they may not do, or what would do nothing', async () => {
  expect(await page('eve')).not.toContain(`${room}/acknowledgements`)
  const calm = await openIncident(actingAs(house, ada), { title: 'Slow charts', severity: 'SEV4', body: 'Slow.' })
  expect(await page('ada', `/console/incidents/${calm.id}`)).not.toMatch(/acknowledgements|snoozes/)
  const policy = await currentPolicy(house.db)
  await changeCadence(house.acting(), { ...policy, SEV1: { ...policy.SEV1, max_snooze: 'PT0S' } })
  await postUpdate(actingAs(house, ada), id, { body: 'We go on.' })
  expect(await page('ada')).not.toContain(`${room}/snoozes`)
  await postUpdate(actingAs(house, ada), id, { status: 'resolved', body: 'Over.' })
  expect(await page('ada')).not.toMatch(/\/(acknowledgements|snoozes)"/)
  expect((await visitors.dan.post(`${room}/acknowledgements`)).status).toBe(409)
})
