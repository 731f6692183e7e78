import { eq } from 'drizzle-orm'
import { beforeEach, expect, test } from 'vitest'
import { addComponent } from '../../api/actions/add-component.ts'
import { alertSilence } from '../../api/actions/alert-silence.ts'
import { changeIncident } from '../../api/actions/change-incident.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { postUpdate } from '../../api/actions/post-update.ts'
import { fanOutStep } from '../../api/delivery/fan-out.ts'
import { MINUTE } from '../../api/domain/duration.ts'
import { newId } from '../../db/ids.ts'
import {
  announcements,
  auditLog,
  deliveries,
  incidentComponents,
  incidents,
  subscribers,
  timelineEntries,
  updates,
} from '../../db/schema.ts'
import { fieldsOf, wordsOf } from '../support/forms.ts'
import { holdFor } from '../support/holding.ts'
import { actingAs, testWorld } from '../support/world.ts'

const house = await testWorld()
await holdFor(house.acting(), 'PT0S')
const ada = await house.person('commander', { name: 'Ada', phone: '+4915123456789' })
const bob = await house.person('responder', { name: 'Bob' })
const [login, api] = [
  await addComponent(house.acting(), { name: 'Login' }),
  await addComponent(house.acting(), { name: 'API' }),
]
const visitor = await house.signIn(ada)
const START = new Date('2026-11-12T14:00:00.000Z')

let id: string
let room: string
let posting: string
beforeEach(async () => {
  await house.clock.set(START)
  const held = [{ id: login.id, status: 'major_outage' as const }]
  const input = { title: 'Sign-in fails', severity: 'SEV2' as const, body: 'We look into it.', components: held }
  ;({ id } = await openIncident(actingAs(house, ada), input))
  room = `/console/incidents/${id}`
  posting = `${room}/updates`
})

const page = async (path = room) => (await visitor.get(path)).text()
const form = async () => fieldsOf(await page(), posting)
const incident = async () => (await house.db.select().from(incidents).where(eq(incidents.id, id)))[0]!
const said = () => house.db.select().from(updates).where(eq(updates.incidentId, id)).orderBy(updates.seq)

test('an update is posted by its words alone, promises the next one, and the room says so', async () => {
  await house.clock.advance(10 * MINUTE)
  const answer = await visitor.post(posting, { ...(await form()), body: 'A roll-back runs.', status: 'identified' })
  expect(answer.status).toBe(303)
  expect(answer.headers.get('location')).toBe(`${room}?notice=posted`)
  const [, second] = await said()
  expect(second).toMatchObject({
    seq: 2,
    status: 'identified',
    body: 'A roll-back runs.',
    affected: [],
    promiseKept: true,
  })
  expect(second!.nextUpdateDueAt!.toISOString()).toBe('2026-11-12T14:40:00.000Z')
  const words = wordsOf(await page(`${room}?notice=posted`))
  expect(words).toContain('Posted. The clock starts afresh.')
  expect(words).toContain('to the update promised for 14:40 UTC')
  expect(words).toContain('Update 2 published (identified)')
})

test('an update for the page only is sent to nobody, answers the promise, and the room and the audit say so', async () => {
  const told = () => house.db.$count(announcements, eq(announcements.incidentId, id))
  const before = await told()
  await house.clock.advance(10 * MINUTE)
  await visitor.post(posting, { ...(await form()), body: 'Told the page alone.', page_only: 'on' })
  expect(await said()).toMatchObject([{ notify: true }, { notify: false, promiseKept: true }])
  expect(await told()).toBe(before)
  const words = wordsOf(await page())
  expect(words).toMatch(/number 2 · Ada · page only/)
  expect(words).toMatch(/Update 2 published \(investigating\), promise \d\d:\d\d UTC, sent to nobody\./)
  const [line] = await house.db
    .select()
    .from(auditLog)
    .where(eq(auditLog.subjectId, (await said())[1]!.id))
  expect(line).toMatchObject({ action: 'update.published', after: { notify: false } })
  expect((await form()).page_only).toBeUndefined()
})

test('another promise, a lower component and a changed severity go out with one post', async () => {
  const answer = await visitor.post(posting, {
    ...(await form()),
    body: 'Worse than thought.',
    next_update_in: 'PT10M',
    severity: 'SEV1',
    severity_reason: 'Nobody can sign in.',
    [`component:${login.id}`]: 'partial_outage',
    [`component:${api.id}`]: 'degraded_performance',
  })
  expect(answer.status).toBe(303)
  expect(await incident()).toMatchObject({ severity: 'SEV1', nextUpdateDueAt: new Date('2026-11-12T14:10:00.000Z') })
  const held = await house.db.select().from(incidentComponents).where(eq(incidentComponents.incidentId, id))
  expect(new Map(held.map((each) => [each.componentId, each.status]))).toEqual(
    new Map([
      [login.id, 'partial_outage'],
      [api.id, 'degraded_performance'],
    ]),
  )
  const timeline = await house.db.select().from(timelineEntries).where(eq(timelineEntries.incidentId, id))
  expect(timeline.map((entry) => entry.text)).toContain('SEV2 → SEV1: Nobody can sign in.')
})

test('a severity raised without script tightens the promise that the form had offered', async () => {
  const fields = await form()
  expect(fields.next_update_in).toBe('PT30M')
  await visitor.post(posting, { ...fields, body: 'Worse.', severity: 'SEV1', severity_reason: 'All regions.' })
  expect((await incident()).nextUpdateDueAt!.toISOString()).toBe('2026-11-12T14:15:00.000Z')
})

test('a promise that was chosen and is longer than the cadence allows is refused beside its field', async () => {
  const refused = await visitor.post(posting, { ...(await form()), body: 'Later.', next_update_in: 'PT1H' })
  expect(refused.status).toBe(422)
  const html = await refused.text()
  expect(html).toMatch(/id="next_update_in-error"[^>]*>\s*SEV2 allows PT30M; you asked PT1H\./)
  expect(fieldsOf(html, posting)).toMatchObject({ body: 'Later.', next_update_in: 'PT1H' })
})

test('a changed severity needs its reason, beside its field, and nothing is posted or sent without', async () => {
  const sent = (await house.db.select().from(announcements)).length
  const typed = { ...(await form()), body: 'Words <i>kept</i>', severity: 'SEV3', status: 'monitoring' }
  const refused = await visitor.post(posting, typed)
  expect(refused.status).toBe(422)
  const html = await refused.text()
  expect(html).toMatch(/id="severity_reason-error"/)
  expect(fieldsOf(html, posting)).toMatchObject({ body: typed.body, severity: 'SEV3', status: 'monitoring' })
  expect(await said()).toHaveLength(1)
  expect((await house.db.select().from(announcements)).length).toBe(sent)
  expect((await incident()).version).toBe(2)
})

test('who reloads a refused post finds the room with their text, and what others said meanwhile', async () => {
  const typed = { ...(await form()), body: 'Kept.', severity: 'SEV3' }
  expect((await visitor.post(posting, typed)).status).toBe(422)
  await (await house.signIn(bob)).post(posting, { ...typed, severity: 'SEV2', body: 'Bob says.' })
  const back = await visitor.get(posting)
  expect(back.headers.get('location')).toBe(room)
  const html = await page()
  expect(fieldsOf(html, posting).body).toBe('Kept.')
  expect(wordsOf(html)).toContain('Bob posted while you wrote')
})

test('"No material change" posts the words of the template in one press and keeps what stands in the text', async () => {
  const answer = await visitor.post(posting, { ...(await form()), body: 'half a sentence', no_change: 'true' })
  expect(answer.status).toBe(303)
  const [, second] = await said()
  expect(second).toMatchObject({ noChange: true, status: 'investigating', affected: [] })
  expect(second!.body).not.toContain('half a sentence')
  const html = await page()
  expect(fieldsOf(html, posting)).toMatchObject({ body: 'half a sentence', seq: '3' })
  expect(html).not.toContain('posted while you wrote')
  expect(wordsOf(html)).toContain('No material change.')
})

test('"No material change" with a change is refused in words', async () => {
  const refused = await visitor.post(posting, { ...(await form()), status: 'monitoring', no_change: 'true' })
  expect(refused.status).toBe(422)
  expect(wordsOf(await refused.text())).toContain('This changes something: say what in your own words')
  expect(await said()).toHaveLength(1)
})

test('who posts after somebody else sees the other words above their own, and may then post after them', async () => {
  const typed = { ...(await form()), body: 'The cause is known.' }
  const other = await house.signIn(bob)
  await other.post(posting, { ...typed, body: 'Bob was faster.' })
  const refused = await visitor.post(posting, typed)
  expect(refused.status).toBe(412)
  const html = await refused.text()
  expect(wordsOf(html)).toContain('Bob posted while you wrote')
  expect(wordsOf(html)).toContain('Post after it')
  expect(html.indexOf('Bob was faster.')).toBeLessThan(html.indexOf('The cause is known.'))
  expect(await said()).toHaveLength(2)
  const after = fieldsOf(html, posting)
  expect(after.body).toBe('The cause is known.')
  expect((await visitor.post(posting, after)).status).toBe(303)
  expect((await said()).map((update) => update.body)).toEqual([
    'We look into it.',
    'Bob was faster.',
    'The cause is known.',
  ])
})

test('a change without words meanwhile is told too, and the text stays', async () => {
  const typed = { ...(await form()), body: 'The cause is known.' }
  await changeIncident(actingAs(house, bob), id, { title: 'Sign-in fails in the EU' })
  const refused = await visitor.post(posting, typed)
  expect(refused.status).toBe(412)
  const html = await refused.text()
  expect(wordsOf(html)).toContain('Somebody changed this incident since you looked')
  expect(fieldsOf(html, posting).body).toBe('The cause is known.')
})

test('pressing twice posts once', async () => {
  const typed = { ...(await form()), body: 'Once.\r\nOnly.' }
  const answers = await Promise.all([visitor.post(posting, typed), visitor.post(posting, typed)])
  expect(answers.map((answer) => answer.status)).toEqual([303, 303])
  expect(await said()).toHaveLength(2)
})

test('a draft that was saved after its own post does not come back', async () => {
  const typed = { ...(await form()), body: 'Posted.' }
  await visitor.post(posting, typed)
  await visitor.post('/console/drafts', { form: `incident:${id}`, ...typed })
  expect((await form()).body).toBe('')
})

test('resolving ends the promise whatever was chosen, and the incident can be reopened with words', async () => {
  const resolved = await visitor.post(posting, { ...(await form()), body: 'It is over.', status: 'resolved' })
  expect(resolved.status).toBe(303)
  expect(await incident()).toMatchObject({ status: 'resolved', nextUpdateDueAt: null })
  const html = await page()
  expect(() => fieldsOf(html, posting)).toThrow()
  const silent = await visitor.post(`${room}/reopening`, { ...fieldsOf(html, `${room}/reopening`), body: ' ' })
  expect(silent.status).toBe(422)
  expect(await silent.text()).toContain('id="body-error"')
  const back = await visitor.post(`${room}/reopening`, { severity: 'SEV1', body: 'It is back.' })
  expect(back.headers.get('location')).toBe(`${room}?notice=reopened`)
  expect(await incident()).toMatchObject({ id, status: 'investigating', severity: 'SEV1' })
})

test('an update to an incident that somebody resolved meanwhile is refused, and its text is offered for reopening', async () => {
  const typed = { ...(await form()), version: '', body: 'Still failing in the US.' }
  await postUpdate(actingAs(house, bob), id, { status: 'resolved', body: 'Over.' })
  const refused = await visitor.post(posting, typed)
  expect(refused.status).toBe(409)
  expect(fieldsOf(await refused.text(), `${room}/reopening`).body).toBe('Still failing in the US.')
})

test('the room tells who is alerted if we stay silent, and leaves out what has passed', async () => {
  const words = wordsOf(await page())
  expect(words).toMatch(/14:22:30 SMS and email to Ada reminder/i)
  expect(words).toMatch(/14:30:00 The page says “late”. SMS and email to Ada due/i)
  await house.clock.advance(31 * MINUTE)
  const late = wordsOf(await page())
  expect(late).toContain('late. Promised for 14:30 UTC. The page says so.')
  expect(late).not.toContain('to Ada reminder')
  expect(late).toContain('deputy')
})

test('alerts that were sent are told in the room and at home, with the people they went to', async () => {
  await house.clock.advance(31 * MINUTE)
  await alertSilence(house.acting())
  expect(wordsOf(await page('/console'))).toContain('alert 14:31 to nobody yet')
  while (await fanOutStep(house.db, ['email', 'sms']));
  expect(wordsOf(await page('/console'))).toContain('alert 14:31 to Ada')
  const words = wordsOf(await page())
  expect(words).toContain('Ada due · on its way')
  await house.db.update(deliveries).set({ state: 'accepted', acceptedAt: START }).where(eq(deliveries.personId, ada.id))
  expect(wordsOf(await page())).toContain('Ada due · 2 taken by carriers')
})

test('the delivery of the newest update is counted by channel', async () => {
  const subscriber = { channel: 'email' as const, state: 'active' as const, confirmedAt: START }
  const born = ['a', 'b'].map((name) => ({
    ...subscriber,
    id: newId(),
    address: `${name}@x.example`,
    addressKey: name,
  }))
  await house.db.insert(subscribers).values(born)
  expect(wordsOf(await page())).toContain('Post to 2 people')
  while (await fanOutStep(house.db, ['email', 'sms']));
  const words = wordsOf(await page())
  expect(words).toContain('Delivery · update 1')
  expect(words).toContain('Email 2 0 0 0 of 2 handed over. 2 email on their way.')
})

test('an internal incident is marked as on no page, reaches nobody and has no public address', async () => {
  const inside = {
    title: 'Exports are late',
    severity: 'SEV3' as const,
    visibility: 'internal' as const,
    body: 'We look.',
  }
  const { id: quiet } = await openIncident(actingAs(house, ada), inside)
  const html = await page(`/console/incidents/${quiet}`)
  expect(wordsOf(html)).toContain('Internal , on no page')
  expect(wordsOf(html)).toContain('Post to 0 people')
  expect(html).not.toContain(`/incidents/${quiet}"`.replace('/console', ''))
})

test('home lists what is open, the nearest promise first', async () => {
  const { id: calm } = await openIncident(actingAs(house, bob), {
    title: 'Slow charts',
    severity: 'SEV4',
    body: 'Slow.',
  })
  await house.clock.advance(31 * MINUTE)
  const html = await page('/console')
  expect(html.indexOf(id)).toBeLessThan(html.indexOf(calm))
  expect(wordsOf(html)).toContain('updates are late')
  expect(wordsOf(html)).toContain('no promise')
})

test.each(['nothing', '%00', 'aaaaaaaaaaaa', "';--"])('a room that there is not answers 404: %s', async (wrong) => {
  const answer = await visitor.get(`/console/incidents/${wrong}`)
  expect(answer.status).toBe(404)
  expect(wordsOf(await answer.text())).toContain('There is no such incident.')
})
