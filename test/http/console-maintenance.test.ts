import { eq } from 'drizzle-orm'
import { beforeEach, expect, test } from 'vitest'
import { addComponent } from '../../api/actions/add-component.ts'
import { type PlanMaintenance, planMaintenance } from '../../api/actions/plan-maintenance.ts'
import { postMaintenanceUpdate } from '../../api/actions/post-maintenance-update.ts'
import { announcements, maintenanceComponents, maintenances, maintenanceUpdates } from '../../db/schema.ts'
import { fieldsOf, wordsOf } from '../support/forms.ts'
import { actingAs, testWorld } from '../support/world.ts'

const house = await testWorld()
const ada = await house.person('responder', { name: 'Ada' })
const visitor = await house.signIn(ada)
const billing = await addComponent(house.acting(), { name: 'Billing' })
const storage = await addComponent(house.acting(), { name: 'Storage EU' })
const LIST = '/console/maintenance'
const NEW = `${LIST}/new`
const NOW = new Date('2026-11-12T14:00:00.000Z')
const said = {
  title: 'Newer database',
  body: 'Invoices can be read, not changed.',
  scheduled_for: '2026-11-14T22:00',
  scheduled_until: '2026-11-14T23:30',
}

beforeEach(() => house.clock.set(NOW))

const page = async (path: string) => (await visitor.get(path)).text()
const idIn = (answer: Response) => answer.headers.get('location')!.replace(/^.*\/|\?.*$/g, '')
const stored = async (id: string) => (await house.db.select().from(maintenances).where(eq(maintenances.id, id)))[0]!
const steps = async (id: string) =>
  (await house.db.select().from(maintenanceUpdates).where(eq(maintenanceUpdates.maintenanceId, id)))
    .toSorted((one, other) => one.seq - other.seq)
    .map(({ step, body }) => [step, body])
const planned = (more: Partial<PlanMaintenance> = {}) =>
  planMaintenance(actingAs(house, ada), {
    title: 'Newer database',
    body: 'Invoices can be read, not changed.',
    scheduled_for: new Date('2026-11-14T22:00:00Z'),
    scheduled_until: new Date('2026-11-14T23:30:00Z'),
    ...more,
  })

test('maintenance is planned with a title, words and a window; the rest is filled in', async () => {
  const answer = await visitor.post(NEW, { ...fieldsOf(await page(NEW), NEW), ...said })
  expect(answer.status).toBe(303)
  const id = idIn(answer)
  expect(await stored(id)).toMatchObject({
    scheduledFor: new Date('2026-11-14T22:00:00Z'),
    scheduledUntil: new Date('2026-11-14T23:30:00Z'),
    reminders: ['-PT24H', '-PT1H'],
    autoStart: true,
    autoComplete: true,
    notify: true,
    rrule: null,
  })
  expect(wordsOf(await page(answer.headers.get('location')!))).toContain('Planned.')
})

test('components, reminders, a rule and silence are taken as they were chosen', async () => {
  const { once } = fieldsOf(await page(NEW), NEW)
  const chosen = { [`component:${storage.id}`]: 'on', 'reminder:-P7D': 'on', repeats: 'FREQ=WEEKLY;INTERVAL=2' }
  const id = idIn(await visitor.post(NEW, { once: once!, ...said, ...chosen }))
  expect(await stored(id)).toMatchObject({
    rrule: 'FREQ=WEEKLY;INTERVAL=2',
    reminders: ['-P7D'],
    autoStart: false,
    autoComplete: false,
    notify: false,
  })
  const rows = await house.db.select().from(maintenanceComponents).where(eq(maintenanceComponents.maintenanceId, id))
  expect(rows.map(({ componentId }) => componentId)).toEqual([storage.id])
})

test('pressing the button twice plans once', async () => {
  const fields = { ...fieldsOf(await page(NEW), NEW), ...said, title: 'Pressed twice' }
  const [first, second] = [await visitor.post(NEW, fields), await visitor.post(NEW, fields)]
  expect(idIn(first)).toBe(idIn(second))
  expect(await house.db.$count(maintenances, eq(maintenances.title, 'Pressed twice'))).toBe(1)
})

test('a refused plan keeps everything that was typed, beside what is wrong with it', async () => {
  const odd = {
    title: '',
    body: 'kept <as> typed',
    scheduled_for: '2026-11-14T22:00',
    scheduled_until: '',
    repeats: 'own',
    rrule: 'FREQ=SECONDLY',
    [`component:${billing.id}`]: 'on',
  }
  const refused = await visitor.post(NEW, odd)
  expect(refused.status).toBe(422)
  const html = await refused.text()
  expect(fieldsOf(html, NEW)).toMatchObject(odd)
  for (const field of ['title', 'scheduled_until']) expect(html).toContain(`id="${field}-error"`)
  const mended = { ...fieldsOf(html, NEW), title: 'Mended', scheduled_until: '2026-11-14T23:00' }
  const rule = await visitor.post(NEW, mended)
  expect(rule.status).toBe(422)
  expect(await rule.text()).toContain('id="rrule-error"')
})

test('the list tells what is under way, what is to come, nearest first, and what is past', async () => {
  const running = await planned({ title: 'Running now', scheduled_for: NOW })
  await postMaintenanceUpdate(actingAs(house, ada), running.id, { status: 'in_progress', body: 'Begun.' })
  const done = await planned({ title: 'All done', components: [billing.id] })
  await postMaintenanceUpdate(actingAs(house, ada), done.id, { status: 'in_progress', body: 'Begun.' })
  await postMaintenanceUpdate(actingAs(house, ada), done.id, { status: 'completed', body: 'Done.' })
  await planned({ title: 'Sooner', scheduled_for: new Date('2026-11-13T22:00:00Z') })
  const words = wordsOf(await page(LIST))
  expect(words).toMatch(
    /Work is under way.*Under way Running now.*To come Sooner.*Past All done Done · Sat 14 Nov, 22:00 to 23:30 UTC · Billing/,
  )
})

test('a maintenance is begun and completed by hand, with words, and the screen tells every step', async () => {
  const { id } = await planned({ auto_start: false, auto_complete: false, components: [billing.id] })
  const posting = `${LIST}/${id}/updates`
  const fields = async () => fieldsOf(await page(`${LIST}/${id}`), posting)
  expect(await fields()).toMatchObject({ status: '', body: '' })
  await visitor.post(posting, { ...(await fields()), body: 'We have what we need.' })
  await visitor.post(posting, { ...(await fields()), body: 'We begin.', status: 'in_progress' })
  await visitor.post(posting, { ...(await fields()), body: 'It works.', status: 'completed' })
  expect(await steps(id)).toEqual([
    ['planned', said.body],
    ['note', 'We have what we need.'],
    ['started', 'We begin.'],
    ['completed', 'It works.'],
  ])
  const words = wordsOf(await page(`${LIST}/${id}`))
  expect(words).toContain('This is over.')
  expect(words).toMatch(/14:00 UTC · Ada · delivery Done\. It works\./)
})

test('a maintenance is given more time, and who asked to hear is told why', async () => {
  const { id } = await planned()
  const extending = `${LIST}/${id}/extension`
  const fields = fieldsOf(await page(`${LIST}/${id}`), extending)
  expect(fields.scheduled_until).toBe('2026-11-14T23:30')
  const early = await visitor.post(extending, { ...fields, scheduled_until: '2026-11-14T23:00', body: 'Longer.' })
  expect(early.status).toBe(422)
  const html = await early.text()
  expect(html).toContain('id="extend-scheduled_until-error"')
  expect(fieldsOf(html, extending)).toMatchObject({ scheduled_until: '2026-11-14T23:00', body: 'Longer.' })
  const later = { ...fields, scheduled_until: '2026-11-15T00:30', body: 'Longer.' }
  expect((await visitor.post(extending, later)).status).toBe(303)
  expect((await stored(id)).scheduledUntil).toEqual(new Date('2026-11-15T00:30:00Z'))
  expect((await steps(id)).at(-1)).toEqual(['extended', 'Longer.'])
})

test('a change takes over what differs and nothing else: untouched seconds move no window and tell nobody', async () => {
  const { id } = await planned({ scheduled_for: new Date('2026-11-14T22:00:30Z'), components: [billing.id] })
  const before = await house.db.$count(announcements)
  const facts = `${LIST}/${id}/facts`
  const fields = fieldsOf(await page(`${LIST}/${id}`), facts)
  const { [`component:${billing.id}`]: _, ...rest } = fields
  await visitor.post(facts, { ...rest, title: 'Newest database', [`component:${storage.id}`]: 'on' })
  expect(await stored(id)).toMatchObject({ title: 'Newest database', scheduledFor: new Date('2026-11-14T22:00:30Z') })
  expect(wordsOf(await page(`${LIST}/${id}`))).toContain('Storage EU Begins and ends by itself')
  expect(await house.db.$count(announcements)).toBe(before)
  const again = fieldsOf(await page(`${LIST}/${id}`), facts)
  await visitor.post(facts, { ...again, scheduled_for: '2026-11-14T21:00' })
  expect((await steps(id)).map(([step]) => step)).toEqual(['planned', 'moved'])
})

test('a maintenance is called off, alone or with all that follow', async () => {
  const { id } = await planned({ rrule: 'FREQ=WEEKLY' })
  const cancelling = `${LIST}/${id}/cancellation`
  const fields = fieldsOf(await page(`${LIST}/${id}`), cancelling)
  const blank = await visitor.post(cancelling, { ...fields, body: ' ', whole_series: 'on' })
  expect(blank.status).toBe(422)
  expect(fieldsOf(await blank.text(), cancelling).whole_series).toBe('on')
  await visitor.post(cancelling, { ...fields, body: 'Not needed.', whole_series: 'on' })
  expect(await stored(id)).toMatchObject({ status: 'cancelled', rrule: expect.stringContaining('UNTIL=') })
})

test('a form that somebody else overtook is refused and keeps its text', async () => {
  const { id } = await planned()
  const posting = `${LIST}/${id}/updates`
  const fields = { ...fieldsOf(await page(`${LIST}/${id}`), posting), body: 'Mine.' }
  await postMaintenanceUpdate(actingAs(house, ada), id, { body: 'Theirs.' })
  const stale = await visitor.post(posting, fields)
  expect(stale.status).toBe(412)
  const html = await stale.text()
  expect(wordsOf(html)).toContain('Somebody changed this maintenance since you looked')
  expect((await visitor.post(posting, fieldsOf(html, posting))).status).toBe(303)
})

test('who only reads sees the plan and no form', async () => {
  const { id } = await planned()
  const viewer = await house.signIn(await house.person('viewer'))
  const html = await (await viewer.get(`${LIST}/${id}`)).text()
  expect(html).not.toContain('<form')
  expect(await (await viewer.get(LIST)).text()).not.toContain(NEW)
  expect((await viewer.get(NEW)).status).toBe(403)
  expect((await viewer.post(`${LIST}/${id}/cancellation`, { body: 'x' })).status).toBe(403)
})

test('what is not there is missing, and a reload of a refused form leads back', async () => {
  expect((await visitor.get(`${LIST}/aaaaaaaaaaaa`)).status).toBe(404)
  const { id } = await planned()
  for (const form of ['updates', 'extension', 'facts', 'cancellation'])
    expect((await visitor.get(`${LIST}/${id}/${form}`)).headers.get('location')).toBe(`${LIST}/${id}`)
})
