import { desc, eq } from 'drizzle-orm'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { addComponent } from '../../api/actions/add-component.ts'
import { newId } from '../../db/ids.ts'
import {
  announcements,
  composerDrafts,
  drafts,
  incidentComponents,
  incidents,
  subscribers,
  updates,
} from '../../db/schema.ts'
import { alertmanagerGroup, alertSource, someAlert } from '../support/alerts.ts'
import { elementsIn, fieldsOf, wordsOf } from '../support/forms.ts'
import { testWorld, type Visitor } from '../support/world.ts'

const house = await testWorld()
const ada = await house.person('responder', { name: 'Ada' })
const login = await addComponent(house.acting(), { name: 'Login' })
const PATH = '/console/declare'
let visitor: Visitor
beforeAll(async () => {
  visitor = await house.signIn(ada)
  await house.clock.set(new Date('2026-11-12T14:37:18.250Z'))
})

/** What one test leaves typed is no prefill of the next. */
afterEach(async () => {
  await house.db.delete(composerDrafts)
})

const form = async () => fieldsOf(await (await visitor.get(PATH)).text(), PATH)
const newest = async () => (await house.db.select().from(incidents).orderBy(desc(incidents.declaredAt)).limit(1))[0]!
const counted = async () => (await house.db.select().from(incidents)).length

test('severity and title are enough to declare and to speak; the rest is prefilled, first words too', async () => {
  await visitor.post(PATH, { ...(await form()), title: 'Uploads fail', severity: 'SEV1' })
  const incident = await newest()
  expect(incident).toMatchObject({ title: 'Uploads fail', commanderId: ada.id, updateSeq: 1 })
  expect(incident.firstPublicUpdateAt).not.toBeNull()
  const [update] = await house.db.select().from(updates).where(eq(updates.incidentId, incident.id))
  expect(update!.body).toContain('We are looking into a problem')
})

test('pressing the button twice declares once', async () => {
  await house.clock.advance(1000)
  const fields = { ...(await form()), title: 'Pressed twice', severity: 'SEV3' }
  const before = await counted()
  const [one, other] = await Promise.all([visitor.post(PATH, fields), visitor.post(PATH, fields)])
  expect(other.headers.get('location')).toBe(one.headers.get('location'))
  expect(await counted()).toBe(before + 1)
})

test('with the words taken out nobody is told yet, and the clock for them runs', async () => {
  await house.clock.set(new Date('2026-11-12T14:37:18.250Z'))
  const fields = { ...(await form()), body: '' }
  expect(fields).toMatchObject({ visibility: 'public', started_at: '2026-11-12T14:37' })
  await house.db.update(incidents).set({ declaredAt: new Date('2026-11-12T10:00:00Z') })
  const declared = await visitor.post(PATH, { ...fields, title: 'Sign-in fails', severity: 'SEV1' })
  expect(declared.status).toBe(303)
  const incident = await newest()
  expect(incident).toMatchObject({
    title: 'Sign-in fails',
    severity: 'SEV1',
    visibility: 'public',
    commanderId: ada.id,
    firstPublicUpdateAt: null,
  })
  expect(incident.startedAt.toISOString()).toBe('2026-11-12T14:37:00.000Z')
  expect(incident.nextUpdateDueAt!.toISOString()).toBe('2026-11-12T14:42:18.250Z')
  const room = await visitor.get(declared.headers.get('location')!)
  const words = wordsOf(await room.text())
  expect(words).toContain('Declared. You command until you hand over.')
  expect(words).toContain('You are the commander')
})

test('with first words and a component named, customers are told at once', async () => {
  await house.clock.advance(1000)
  const fields = { ...(await form()), title: 'Login is down', severity: 'SEV2', body: 'Nobody can sign in.' }
  await visitor.post(PATH, { ...fields, [`component:${login.id}`]: 'major_outage' })
  const incident = await newest()
  const [update] = await house.db.select().from(updates).where(eq(updates.incidentId, incident.id))
  expect(update).toMatchObject({ seq: 1, status: 'investigating', body: 'Nobody can sign in.', authorId: ada.id })
  const held = await house.db.select().from(incidentComponents).where(eq(incidentComponents.incidentId, incident.id))
  expect(held).toMatchObject([{ componentId: login.id, status: 'major_outage' }])
  const told = await house.db.select().from(announcements).where(eq(announcements.incidentId, incident.id))
  expect(told).toHaveLength(1)
})

test('the definition of each severity stands where it is picked, with "in doubt, the higher one"', async () => {
  const words = wordsOf(await (await visitor.get(PATH)).text())
  expect(words).toContain('Most customers cannot use a core function, or data is lost or exposed.')
  expect(words).toContain('An annoyance. Nobody loses the use of anything.')
  expect(words).toContain('In doubt, the higher one.')
})

test('a refused declaration changes nothing and keeps every field, with the error beside its field', async () => {
  const before = await counted()
  const typed = { ...(await form()), title: 'One\nTwo', body: ' Words & <b>more</b>', started_at: '2026-11-12T10:00' }
  const refused = await visitor.post(PATH, { ...typed, [`component:${login.id}`]: 'degraded_performance' })
  expect(refused.status).toBe(422)
  const html = await refused.text()
  expect(fieldsOf(html, PATH)).toMatchObject({
    body: typed.body,
    started_at: '2026-11-12T10:00',
    [`component:${login.id}`]: 'degraded_performance',
  })
  expect(html).toMatch(/id="title-error"[^>]*>\s*Use one line of plain text/)
  expect(html).toMatch(/id="severity-error"/)
  expect(await counted()).toBe(before)
  expect(await form()).toMatchObject({ title: 'One\nTwo', body: typed.body })
})

test.each([
  ['a beginning that has not come yet', { started_at: '2027-01-01T00:00' }, 'started_at', /has not come yet/],
  ['a beginning that is no time', { started_at: 'yesterday' }, 'started_at', /RFC 3339/],
  ['a title that is too long', { title: 'x'.repeat(121) }, 'title', /at most 120/],
  ['words with control characters', { body: 'a\u0007b' }, 'body', /control characters/],
  ['a severity that there is not', { severity: 'SEV9' }, 'severity', /SEV1/],
])('%s is refused beside its field', async (_, wrong, field, message) => {
  const before = await counted()
  const refused = await visitor.post(PATH, { ...(await form()), title: 'T', severity: 'SEV3', ...wrong })
  expect(refused.status).toBe(422)
  const error = new RegExp(`id="${field}-error"[^>]*>([^<]*)<`).exec(await refused.text())?.[1]
  expect(error).toMatch(message)
  expect(await counted()).toBe(before)
})

test('a component that is gone is refused beside its own field', async () => {
  const gone = 'gonegonegone'
  const refused = await visitor.post(PATH, {
    ...(await form()),
    title: 'T',
    severity: 'SEV3',
    [`component:${login.id}`]: 'major_outage',
    [`component:${gone}`]: 'major_outage',
  })
  expect(refused.status).toBe(422)
  expect(wordsOf(await refused.text())).toContain(`There is no component ${gone}.`)
})

test('fields that the form does not have are not taken over', async () => {
  const other = await house.person('viewer')
  await house.clock.advance(1000)
  await visitor.post(PATH, {
    ...(await form()),
    title: 'Mine',
    severity: 'SEV4',
    commander_id: other.id,
    kind: 'drill',
  })
  expect(await newest()).toMatchObject({ title: 'Mine', commanderId: ada.id, kind: 'incident' })
})

test('the button counts whom a first word would reach at each severity', async () => {
  const subscriber = (minSeverity: 'SEV1' | 'SEV4', componentIds: string[] = []) => ({
    id: newId(),
    channel: 'email' as const,
    address: `${newId()}@example.com`,
    addressKey: newId(),
    state: 'active' as const,
    minSeverity,
    componentIds,
    confirmedAt: new Date('2026-11-01'),
  })
  await house.db
    .insert(subscribers)
    .values([subscriber('SEV1'), subscriber('SEV4'), subscriber('SEV4'), subscriber('SEV4', [login.id])])
  const html = await (await visitor.get(PATH)).text()
  expect(html).toMatch(/class="r SEV1">3</)
  expect(html).toMatch(/class="r SEV3">2</)
})

describe('from a draft of alerts', async () => {
  const alertmanager = await alertSource(house, { kind: 'alertmanager' })
  const HOSTILE = '"><img src=x onerror=alert(1)> [x](javascript:alert(1))'
  let began = 0
  const suggested = async (summary = 'Sign-in fails for many') => {
    await house.clock.set(new Date(Date.UTC(2026, 10, 13, 9, 0, 30 + began)))
    const startsAt = new Date(Date.UTC(2026, 10, 13, 8, 41, 7, began++)).toISOString()
    const group = alertmanagerGroup([someAlert('SignInFails', startsAt, { annotations: { summary } })], {
      groupKey: startsAt,
      commonAnnotations: { summary },
    })
    return { id: (await alertmanager.tell(group))!, startsAt, group }
  }
  const from = async (id: string) => visitor.get(`${PATH}?draft=${id}`)
  const homeWords = async () => wordsOf(await (await visitor.get('/console')).text())

  test('the first page shows it, and one click leads to the form, filled', async () => {
    const { id } = await suggested()
    const page = await (await visitor.get('/console')).text()
    expect(wordsOf(page)).toContain('Sign-in fails for many The alertmanager · 1 alert · since 08:41 UTC')
    expect(page).toContain(`href="${PATH}?draft=${id}"`)
    const asked = await (await from(id)).text()
    expect(wordsOf(asked)).toContain('From The alertmanager , detected 08:41 UTC')
    expect(fieldsOf(asked, PATH)).toMatchObject({
      title: 'Sign-in fails for many',
      started_at: '2026-11-13T08:41',
      draft_id: id,
    })
  })

  test('declaring takes over when it was detected, and the first page asks no more', async () => {
    const { id, startsAt } = await suggested('Payments fail')
    const fields = fieldsOf(await (await from(id)).text(), PATH)
    const declared = await visitor.post(PATH, { ...fields, severity: 'SEV2' })
    expect(declared.status).toBe(303)
    const incident = await newest()
    expect(incident).toMatchObject({ title: 'Payments fail', detectedAt: new Date(startsAt) })
    expect(await homeWords()).not.toContain('Payments fail The alertmanager')
    const again = await from(id)
    expect(again.headers.get('location')).toBe(`/console/incidents/${incident.id}`)
  })

  test('what was typed about it comes back; what was typed about something else gives way', async () => {
    const { id } = await suggested('Search fails')
    await visitor.post('/console/drafts', { form: 'declare', title: 'Something else', body: 'Other words.' })
    expect(fieldsOf(await (await from(id)).text(), PATH)).toMatchObject({ title: 'Search fails' })
    await visitor.post('/console/drafts', { form: 'declare', title: 'Search is slow', draft_id: id })
    expect(fieldsOf(await (await from(id)).text(), PATH)).toMatchObject({ title: 'Search is slow', draft_id: id })
    expect(await form()).toMatchObject({ title: 'Search is slow', draft_id: id })
  })

  test('that somebody else declared meanwhile is refused once, with the text kept and without the draft', async () => {
    const { id } = await suggested('Mail fails')
    const fields = { ...fieldsOf(await (await from(id)).text(), PATH), severity: 'SEV3' }
    await visitor.post(PATH, fields)
    const before = await counted()
    const late = await visitor.post(PATH, { ...fields, once: newId(), title: 'Mail fails, too' })
    expect(late.status).toBe(409)
    const page = await late.text()
    expect(wordsOf(page)).toContain('An incident was declared from this draft already.')
    expect(fieldsOf(page, PATH)).toMatchObject({ title: 'Mail fails, too' })
    expect(fieldsOf(page, PATH)).not.toHaveProperty('draft_id')
    expect(await counted()).toBe(before)
  })

  test('may be declared though its alerts end while somebody types', async () => {
    const { id, group } = await suggested('Charts fail')
    const fields = { ...fieldsOf(await (await from(id)).text(), PATH), severity: 'SEV3' }
    const over = { status: 'resolved', endsAt: '2026-11-13T09:00:00Z' }
    await alertmanager.tell({ ...group, alerts: group.alerts.map((alert) => ({ ...alert, ...over })) })
    expect((await visitor.post(PATH, fields)).status).toBe(303)
    const [draft] = await house.db.select().from(drafts).where(eq(drafts.id, id))
    expect(draft).toMatchObject({ state: 'declared', incidentId: (await newest()).id })
  })

  test('is dismissed with one button', async () => {
    const { id } = await suggested('Nothing to tell')
    const done = await visitor.post(`/console/drafts/${id}/dismiss`)
    expect(done.headers.get('location')).toBe('/console?notice=draft_dismissed')
    const words = wordsOf(await (await visitor.get(done.headers.get('location')!)).text())
    expect(words).toContain('Dismissed.')
    expect(words).not.toContain('Nothing to tell')
  })

  test('text from outside is text on both screens', async () => {
    const { id } = await suggested(HOSTILE)
    for (const page of [await visitor.get('/console'), await from(id)]) {
      const html = await page.text()
      expect(wordsOf(html)).toContain(HOSTILE)
      expect(elementsIn(html).filter(({ name }) => name === 'img')).toEqual([])
      expect(elementsIn(html).filter(({ attributes }) => attributes.href?.startsWith('javascript:'))).toEqual([])
    }
  })

  test('a draft that is none leads nowhere, and a viewer is offered no button', async () => {
    const { id } = await suggested('Seen by viewers')
    for (const none of ['a'.repeat(12), 'x', '']) expect((await from(none)).status, none).toBe(404)
    const viewer = await house.signIn(await house.person('viewer'))
    const page = await (await viewer.get('/console')).text()
    expect(wordsOf(page)).toContain('Seen by viewers')
    expect(page).not.toContain(`draft=${id}`)
    expect((await viewer.post(`/console/drafts/${id}/dismiss`)).status).toBe(403)
  })
})
