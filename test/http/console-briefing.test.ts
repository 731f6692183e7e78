import { eq } from 'drizzle-orm'
import { beforeEach, expect, test } from 'vitest'
import { changeBriefingRules } from '../../api/actions/change-briefing-rules.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { postUpdate } from '../../api/actions/post-update.ts'
import { briefings, composerDrafts, updates } from '../../db/schema.ts'
import { elementsIn, fieldsOf, wordsOf } from '../support/forms.ts'
import { setTerms } from '../support/holding.ts'
import { actingAs, testWorld } from '../support/world.ts'

const house = await testWorld()
const ana = await house.person('executive', { name: 'Ana' })
const ada = await house.person('commander', { name: 'Ada' })
const visitor = await house.signIn(ada)
const responder = await house.signIn(await house.person('responder'))
await changeBriefingRules(house.acting(), [{ to: [ana.id], severities: ['SEV1'] }])

const FIELDS = {
  'briefing.headline': 'Most customers cannot sign in.',
  'briefing.situation': 'A roll-back runs.',
  'briefing.customer_impact': '6,000 of 8,400 accounts',
  'briefing.customers_affected': '6,000',
  'briefing.business_impact': 'unknown',
  'briefing.support_load': 'unknown',
  'briefing.actions.0.what': 'Roll back',
  'briefing.actions.0.owner': 'Ada',
  'briefing.eta': '2026-11-12T14:55',
  'briefing.eta_unknown': '',
  'briefing.confidence': 'high',
  'briefing.next_briefing_in': 'PT15M',
}

let id: string
let room: string
beforeEach(async () => {
  await house.clock.set(new Date('2026-11-12T14:00:00.000Z'))
  const words = { title: 'Sign-in fails', severity: 'SEV1' as const, body: 'It fails.', commander_id: ada.id }
  ;({ id } = await openIncident(house.acting(), words))
  room = `/console/incidents/${id}`
})
const said = () => house.db.select().from(updates).where(eq(updates.incidentId, id)).orderBy(updates.seq)
const briefed = () => house.db.select().from(briefings).where(eq(briefings.incidentId, id)).orderBy(briefings.seq)
const page = async (who = visitor) => wordsOf(await (await who.get(room)).text())
const composer = async () => fieldsOf(await (await visitor.get(room)).text(), `${room}/updates`)

test('a briefing is posted by itself from the public composer, whose own words stay', async () => {
  const fields = { ...(await composer()), body: 'Not yet.', ...FIELDS, brief: 'true' }
  const answer = await visitor.post(`${room}/updates`, fields)
  expect(answer.headers.get('location')).toBe(`${room}?notice=briefing_posted`)
  expect(await briefed()).toMatchObject([
    {
      customersAffected: 6000,
      actions: [{ what: 'Roll back', owner: 'Ada' }],
      eta: new Date('2026-11-12T14:55:00Z'),
      nextBriefingDueAt: new Date('2026-11-12T14:15:00Z'),
    },
  ])
  expect(await said()).toHaveLength(1)
  expect((await composer()).body).toBe('Not yet.')
})

test('the next one begins with what the last one said, but its headline', async () => {
  await visitor.post(`${room}/briefings`, FIELDS)
  const html = await (await visitor.get(room)).text()
  expect(html).toContain('A roll-back runs.</textarea>')
  expect(html).not.toContain('value="Most customers cannot sign in."')
  expect(await page()).toMatch(/Briefing 1 , 14:00 UTC: Most customers cannot sign in\. Sent to 1; read by nobody yet/)
})

test('one press carries both, and each is posted', async () => {
  const fields = { ...(await composer()), body: 'We know why.', status: 'identified', with_briefing: 'on', ...FIELDS }
  const answer = await visitor.post(`${room}/updates`, fields)
  expect(answer.headers.get('location')).toBe(`${room}?notice=posted`)
  const [, second] = await said()
  expect(await briefed()).toMatchObject([{ updateId: second!.id, status: 'identified' }])
  const drafts = house.db.select().from(composerDrafts)
  expect(await drafts.where(eq(composerDrafts.form, `incident:${id}`))).toEqual([])
})

test('a blank field holds up the briefing and not the public update; nothing typed is lost', async () => {
  const blank = { ...FIELDS, 'briefing.headline': ' ' }
  const fields = { ...(await composer()), body: 'We know why.', with_briefing: 'on', ...blank }
  const answer = await visitor.post(`${room}/updates`, fields)
  expect(answer.status).toBe(422)
  const html = await answer.text()
  expect(wordsOf(html)).toContain('The briefing was not sent. Your text is kept.')
  expect(html).toContain('6,000 of 8,400 accounts</textarea>')
  expect(await said()).toHaveLength(2)
  expect(await briefed()).toEqual([])
  expect(await (await visitor.get(room)).text()).toContain('6,000 of 8,400 accounts</textarea>')
})

test('an update that is refused does not hold up the briefing, which is not sent twice', async () => {
  const fields = { ...(await composer()), body: '', with_briefing: 'on', ...FIELDS }
  const answer = await visitor.post(`${room}/updates`, fields)
  expect(answer.status).toBe(422)
  expect(wordsOf(await answer.text())).toContain('Say what customers should read.')
  expect([(await said()).length, (await briefed()).length]).toEqual([1, 1])
})

test('a briefing that is not ticked stays a draft when the update goes out', async () => {
  await visitor.post(`${room}/updates`, { ...(await composer()), body: 'We know why.', ...FIELDS })
  expect(await briefed()).toEqual([])
  expect(await (await visitor.get(room)).text()).toContain('value="Most customers cannot sign in."')
})

test('who is reached is said before anything is sent, and so is that nobody is', async () => {
  expect(await page()).toContain('Goes to Ana (mail)')
  await changeBriefingRules(house.acting(), [{ to: [ana.id], severities: ['SEV4'] }])
  expect(await page()).toContain('Nobody: no rule matches this incident.')
  expect(await page()).toContain('Post it, to nobody')
  await changeBriefingRules(house.acting(), [{ to: [ana.id], severities: ['SEV1'] }])
})

test('is shown before it is sent, with who gets it; all that was typed stays, and nothing has left', async () => {
  const fields = { ...(await composer()), body: 'Not yet.', ...FIELDS, with_briefing: 'on', preview_briefing: 'true' }
  const answer = await visitor.post(`${room}/updates`, fields)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-security-policy')).toContain('style-src')
  const html = await answer.text()
  const seen = wordsOf(html)
  expect(seen).toContain('What executives will read · nothing has been sent')
  expect(seen).toMatch(/Ana \(mail\) 14 of 150 words in the sentences · promises the next by 14:15 UTC/)
  expect(seen).toContain('Subject Briefing 1, SEV1: Most customers cannot sign in.')
  expect(html).toMatch(/<iframe[^>]* sandbox srcdoc="[^"]*Most customers cannot sign in/)
  expect(html).toContain('A roll-back runs.</textarea>')
  expect(html).toContain('>Not yet.</textarea>')
  expect(html).toMatch(/name="with_briefing" value="on"[^>]* checked/)
  expect(await briefed()).toEqual([])
  expect(await (await visitor.get(room)).text()).toContain('A roll-back runs.</textarea>')
})

test('a preview is refused as the post would be, and of nobody says so', async () => {
  const blank = await visitor.post(`${room}/briefings`, {
    ...FIELDS,
    'briefing.headline': ' ',
    preview_briefing: 'true',
  })
  expect(blank.status).toBe(422)
  expect(wordsOf(await blank.text())).toContain('The briefing was not sent. Your text is kept.')
  await changeBriefingRules(house.acting(), [])
  const seen = wordsOf(await (await visitor.post(`${room}/briefings`, { ...FIELDS, preview_briefing: 'true' })).text())
  expect(seen).toContain('Nobody: no rule matches this incident. It will stand on the executives’ page alone.')
  await changeBriefingRules(house.acting(), [{ to: [ana.id], severities: ['SEV1'] }])
  expect((await responder.post(`${room}/briefings`, { ...FIELDS, preview_briefing: 'true' })).status).toBe(403)
  expect(await briefed()).toEqual([])
})

test('after the resolution there is one last briefing to give, and then none', async () => {
  await postUpdate(house.acting(), id, { status: 'resolved', body: 'It works.' })
  expect(await page()).toContain('this is the last briefing')
  await visitor.post(`${room}/briefings`, { ...FIELDS, 'briefing.next_briefing_in': '' })
  expect(await briefed()).toHaveLength(1)
  expect(await page()).not.toContain('this is the last briefing')
  expect((await visitor.post(`${room}/briefings`, { ...FIELDS, 'briefing.next_briefing_in': '' })).status).toBe(409)
})

test('a responder neither briefs nor reads what executives are told', async () => {
  await visitor.post(`${room}/briefings`, FIELDS)
  expect(await page(responder)).not.toContain('Most customers cannot sign in.')
  expect((await responder.post(`${room}/briefings`, FIELDS)).status).toBe(403)
  expect(await briefed()).toHaveLength(1)
})

test('its fields and buttons stand in the one form, so that a browser without `form` and `formaction` sends them too', async () => {
  const html = await (await visitor.get(room)).text()
  const elements = elementsIn(html)
  expect(elements.filter(({ attributes }) => 'form' in attributes || 'formaction' in attributes)).toEqual([])
  expect(fieldsOf(html, `${room}/updates`)).toMatchObject({ 'briefing.headline': '', 'briefing.confidence': 'unknown' })
  expect(html).not.toContain('id="brief"')
  expect((await responder.post(`${room}/updates`, { ...FIELDS, brief: 'true' })).status).toBe(403)
  expect(await briefed()).toEqual([])
})

test('while an update is held there is still a briefing to give, by a form of its own', async () => {
  await postUpdate(actingAs(house, ada), id, { body: 'Held.', hold: 60_000 })
  const html = await (await visitor.get(room)).text()
  expect(html).not.toContain('name="with_briefing"')
  const fields = { ...fieldsOf(html, `${room}/briefings`), ...FIELDS, brief: 'true' }
  const answer = await visitor.post(`${room}/briefings`, fields)
  expect(answer.headers.get('location')).toBe(`${room}?notice=briefing_posted`)
  expect(await briefed()).toHaveLength(1)
})

test('the preview of an update shows the briefing that goes along, told of that update as it will be', async () => {
  const fields = { ...(await composer()), body: 'We know why.', ...FIELDS, with_briefing: 'on', preview: 'true' }
  const answer = await visitor.post(`${room}/updates`, fields)
  expect(answer.status).toBe(200)
  const html = await answer.text()
  const [public_, briefing] = html.slice(html.indexOf('id="preview"')).split('id="briefing-previewed"')
  expect(wordsOf(public_!)).toContain('What they will read')
  expect(wordsOf(briefing!)).toMatch(/What executives will read · nothing has been sent Ana \(mail\) 14 of 150 words/)
  const frames = elementsIn(html).filter(({ name }) => name === 'iframe')
  const mail = frames.at(-1)!.attributes.srcdoc!
  expect(mail).toContain('Most customers cannot sign in.')
  expect(mail).toContain('We know why.')
  expect(html).toMatch(/name="with_briefing" value="on"[^>]* checked/)
  expect([(await said()).length, (await briefed()).length]).toEqual([1, 0])
  await visitor.post(`${room}/updates`, fieldsOf(html, `${room}/updates`))
  expect([(await said()).length, (await briefed()).length]).toEqual([2, 1])
})

test('where the update waits for approval, the briefing beside it goes out first and does not know of it', async () => {
  const fields = { ...(await composer()), body: 'We know why.', ...FIELDS, with_briefing: 'on', preview: 'true' }
  await setTerms(house.acting(), { approval: 'PT5M' })
  const html = await (await visitor.post(`${room}/updates`, fields)).text()
  await setTerms(house.acting(), { approval: null })
  const mail = elementsIn(html)
    .filter(({ name }) => name === 'iframe')
    .at(-1)!.attributes.srcdoc!
  expect(mail).toContain('Most customers cannot sign in.')
  expect(mail).not.toContain('We know why.')
})

test('a briefing that is not ticked stands in no preview of an update', async () => {
  const fields = { ...(await composer()), body: 'We know why.', ...FIELDS, preview: 'true' }
  const html = await (await visitor.post(`${room}/updates`, fields)).text()
  expect(html).toContain('id="preview"')
  expect(html).not.toContain('id="briefing-previewed"')
})

test('what is wrong with a briefing that goes along holds up no preview, and is said in it and beside its field', async () => {
  const blank = { ...FIELDS, 'briefing.headline': ' ', with_briefing: 'on' }
  const answer = await visitor.post(`${room}/updates`, {
    ...(await composer()),
    body: 'We know why.',
    ...blank,
    preview: 'true',
  })
  expect(answer.status).toBe(422)
  const seen = wordsOf(await answer.text())
  expect(seen).toContain('What they will read')
  expect(seen).toContain('The briefing that is to go along cannot be sent as it stands. Mend it below')
  expect(seen).toContain('The briefing was not sent. Your text is kept.')
})

test('where both are refused both say why, and the briefing still goes along', async () => {
  const blank = { ...FIELDS, 'briefing.headline': ' ', with_briefing: 'on' }
  const answer = await visitor.post(`${room}/updates`, { ...(await composer()), body: '', ...blank })
  const html = await answer.text()
  expect(wordsOf(html)).toContain('Say what customers should read.')
  expect(wordsOf(html)).toContain('The briefing was not sent. Your text is kept.')
  expect(html).toMatch(/name="with_briefing" value="on"[^>]* checked/)
  expect(await (await visitor.get(room)).text()).toMatch(/name="with_briefing" value="on"[^>]* checked/)
})

test('two presses of one button brief once', async () => {
  const fields = { ...(await composer()), body: 'We know why.', with_briefing: 'on', ...FIELDS }
  await visitor.post(`${room}/updates`, fields)
  const again = await visitor.post(`${room}/updates`, fields)
  expect(again.headers.get('location')).toBe(`${room}?notice=posted`)
  expect([(await said()).length, (await briefed()).length]).toEqual([2, 1])
})

test('"No material change" keeps both: the words in the composer and the briefing that was begun', async () => {
  await visitor.post(`${room}/updates`, {
    ...(await composer()),
    body: 'Half a sentence',
    ...FIELDS,
    no_change: 'true',
  })
  expect(await composer()).toMatchObject({
    body: 'Half a sentence',
    'briefing.headline': 'Most customers cannot sign in.',
  })
})

test('a briefing that is typed meanwhile leaves what was typed of the next update as it was', async () => {
  await visitor.post('/console/drafts', {
    form: `incident:${id}`,
    body: 'The next word.',
    'briefing.headline': 'Old.',
  })
  await visitor.post('/console/drafts', { form: `incident:${id}`, 'briefing.headline': 'Most customers wait.' })
  expect(await composer()).toMatchObject({ body: 'The next word.', 'briefing.headline': 'Most customers wait.' })
})
