import { eq } from 'drizzle-orm'
import { beforeEach, expect, test } from 'vitest'
import { addComponent } from '../../api/actions/add-component.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { postUpdate } from '../../api/actions/post-update.ts'
import { localSender } from '../../api/delivery/compose.ts'
import { HOUR, MINUTE } from '../../api/domain/duration.ts'
import { incidents, subscribers, timelineEntries, updates } from '../../db/schema.ts'
import { someSubscriber } from '../support/delivering.ts'
import { elementsIn, fieldsOf, wordsOf } from '../support/forms.ts'
import { holdFor } from '../support/holding.ts'
import { actingAs, testWorld } from '../support/world.ts'

const sending = { sender: localSender('http://localhost:3000'), segmentsPerSecond: 1, smsCountries: ['49'] }
const house = await testWorld({ sending })
await holdFor(house.acting(), 'PT0S')
const ada = await house.person('commander', { name: 'Ada Lovelace' })
const bob = await house.person('responder', { name: 'Bob' })
const login = await addComponent(house.acting(), { name: 'Login' })
for (let number = 10; number < 71; number++) await someSubscriber(house, `+49151123456${number}`)
await someSubscriber(house, 'lena@customer.example')
// No SMS are sent to France.
await someSubscriber(house, '+33612345678')
const visitor = await house.signIn(ada)
const START = new Date('2026-11-12T14:00:00.000Z')

let id: string
let room: string
let posting: string
beforeEach(async () => {
  await house.clock.set(START)
  const held = [{ id: login.id, status: 'partial_outage' as const }]
  const input = { title: 'Sign-in fails', severity: 'SEV2' as const, body: 'We look into it.', components: held }
  ;({ id } = await openIncident(actingAs(house, ada), input))
  room = `/console/incidents/${id}`
  posting = `${room}/updates`
})

const page = async (path = room) => (await visitor.get(path)).text()
const form = async () => fieldsOf(await page(), posting)
const said = () => house.db.select().from(updates).where(eq(updates.incidentId, id)).orderBy(updates.seq)
const stored = async () => (await house.db.select().from(incidents).where(eq(incidents.id, id)))[0]!
const preview = (typed: Record<string, string>, path = posting) => visitor.post(path, { ...typed, preview: 'true' })
const framesIn = (html: string) => elementsIn(html).filter(({ name }) => name === 'iframe')

test('the composer leads to a preview without script: by a button of its own name after the one that posts', async () => {
  const buttons = elementsIn(await page()).filter(({ name }) => name === 'button')
  // The first is what Enter presses.
  const names = buttons.map(({ attributes }) => attributes.name)
  expect(names.slice(0, 5)).toEqual([undefined, 'use_words', undefined, 'preview', 'no_change'])
})

test('a preview shows above the untouched text whom it reaches and what they get, and posts nothing', async () => {
  const typed = { ...(await form()), body: 'The EU has recovered.\r\n', status: 'identified', next_update_in: 'PT10M' }
  const answer = await preview(typed)
  expect(answer.status).toBe(200)
  const html = await answer.text()
  const words = wordsOf(html)
  expect(words).toContain('62 people : 1 by email, 61 by SMS, 0 by webhook.')
  expect(words).toContain('The page promises the next update by 14:10 UTC')
  expect(words).toContain('Northwind Cloud SEV2 14:00 UTC: The EU has recovered. Next update by 14:10.')
  expect(words).toMatch(/\d+ characters · GSM-7 · 1 segment each · 1 min to reach everyone · 61 in all/)
  expect(words).toContain('Subject Sign-in fails (Northwind Cloud)')
  expect(words).toContain('{"type":"incident.update"')
  expect(words).toContain('Nothing in the wording catches the eye.')
  expect(html.indexOf('id="preview"')).toBeLessThan(html.indexOf('id="body"'))
  expect(fieldsOf(html, posting)).toMatchObject({ ...typed, body: 'The EU has recovered.\r\n' })
  expect(await said()).toHaveLength(1)
  expect((await stored()).version).toBe(2)
})

test('the button outside the preview counts as the preview does, and the end is told to more', async () => {
  const milestones = { channel: 'email', addressKey: 'brief@customer.example' } as const
  await someSubscriber(house, milestones.addressKey)
  await house.db
    .update(subscribers)
    .set({ events: 'milestones' })
    .where(eq(subscribers.addressKey, milestones.addressKey))
  const counted = async () =>
    [...(await page()).matchAll(/>(Post to [\d,]+ people|Post on the page only)</g)].map(([, words]) => words)
  expect(await counted()).toEqual(['Post to 62 people'])
  const html = await (await preview({ ...(await form()), body: 'Over.', status: 'resolved' })).text()
  expect(wordsOf(html).match(/Post to \d+ people/g)).toEqual(['Post to 63 people', 'Post to 63 people'])
  const alone = await (
    await preview({ ...(await form()), body: 'Quiet.', status: 'identified', page_only: 'on' })
  ).text()
  expect(wordsOf(alone).match(/Post (?:to \d+ people|on the page only)/g)).toEqual(
    Array(2).fill('Post on the page only'),
  )
  await house.db.delete(subscribers).where(eq(subscribers.addressKey, milestones.addressKey))
})

test('a headline of its own leads mail and SMS, with or without ready words', async () => {
  expect((await form()).headline).toBe('')
  const typed = { ...(await form()), headline: 'Half of the EU is back', body: 'We roll back. The EU follows.' }
  const html = await (await preview(typed)).text()
  expect(wordsOf(html)).toContain('SEV2 14:00 UTC: Half of the EU is back.')
  await visitor.post(posting, fieldsOf(html, posting))
  expect((await said())[1]).toMatchObject({ headline: 'Half of the EU is back', body: typed.body })
})

test('page and mail stand in frames that may do nothing, with the styles they bring and no others', async () => {
  const answer = await preview({ ...(await form()), body: 'Words <script>alert(1)</script>' })
  const frames = framesIn(await answer.text())
  expect(frames.map(({ attributes }) => attributes.sandbox)).toEqual(['', ''])
  const [web, mail] = frames.map(({ attributes }) => attributes.srcdoc!)
  expect(web).toContain('Words &lt;script&gt;alert(1)&lt;/script&gt;')
  expect(mail).toContain('Words &lt;script&gt;alert(1)&lt;/script&gt;')
  const policy = answer.headers.get('content-security-policy')!
  expect(policy).toMatch(/style-src 'sha256-[^;]+'unsafe-hashes' 'sha256-/)
  expect(policy).not.toContain('unsafe-inline')
  expect(policy).toContain("script-src 'self'")
})

test('the page is shown by itself as well, where it may do nothing; the text is kept', async () => {
  const answer = await visitor.post(posting, { ...(await form()), body: 'The EU works.', preview_page: 'true' })
  expect(answer.status).toBe(200)
  const html = await answer.text()
  expect(html).toContain('<h1')
  expect(wordsOf(html)).toContain('The EU works.')
  expect(html).not.toContain('id="compose"')
  const policy = answer.headers.get('content-security-policy')!
  expect(policy).toContain("style-src 'sha256-")
  expect(policy).not.toContain('script-src')
  expect((await form()).body).toBe('The EU works.')
  expect(await said()).toHaveLength(1)
  const refused = await visitor.post(posting, { ...(await form()), body: '', preview_page: 'true' })
  expect(refused.status).toBe(422)
  expect(wordsOf(await refused.text())).toContain('Say what customers should read.')
})

test('what is previewed is posted as it stands, and a preview is kept as a draft until then', async () => {
  const typed = { ...(await form()), body: 'Kept while I look.', status: 'monitoring' }
  const html = await (await preview(typed)).text()
  expect((await form()).body).toBe('Kept while I look.')
  const answer = await visitor.post(posting, fieldsOf(html, posting))
  expect(answer.headers.get('location')).toBe(`${room}?notice=posted`)
  expect((await said())[1]).toMatchObject({ body: 'Kept while I look.', status: 'monitoring' })
  expect((await form()).body).toBe('')
})

test('words that customers are better off without are marked, and may be posted all the same', async () => {
  const body = 'Ada Lovelace found the root cause. We expect to resolve it by 15:00 UTC.'
  const html = await (await preview({ ...(await form()), body })).text()
  const marked = [...html.matchAll(/<mark>([^<]*)<\/mark>/g)].map(([, words]) => words)
  expect(marked).toEqual(['Ada Lovelace', 'root cause', 'expect to resolve it by 15:00 UTC'])
  expect(wordsOf(html)).toContain('This names somebody who works here. Say “we”.')
  expect((await visitor.post(posting, fieldsOf(html, posting))).status).toBe(303)
})

test('the words of a headline are marked as well, and said to be its', async () => {
  const html = await (
    await preview({ ...(await form()), headline: 'Fixed by 15:00 UTC', body: 'Some cannot sign in.' })
  ).text()
  expect(wordsOf(html)).toContain('Headline: Fixed by 15:00 UTC This says when it will be over.')
})

test('a resolution is told what it leaves out', async () => {
  const html = await (await preview({ ...(await form()), body: 'It is over.', status: 'resolved' })).text()
  expect(wordsOf(html).match(/Not said yet\./g)).toHaveLength(4)
})

test('a preview is refused beside its field as the post is, with the text untouched', async () => {
  const refused = await preview({ ...(await form()), body: 'Later.', next_update_in: 'PT1H' })
  expect(refused.status).toBe(422)
  const html = await refused.text()
  expect(html).toMatch(/id="next_update_in-error"[^>]*>\s*SEV2 allows PT30M; you asked PT1H\./)
  expect(html).not.toContain('id="preview"')
  expect(fieldsOf(html, posting)).toMatchObject({ body: 'Later.', next_update_in: 'PT1H' })
})

test('a preview after somebody else posted shows their words first, and reloading it leads to the room', async () => {
  const typed = { ...(await form()), body: 'Mine.' }
  await postUpdate(actingAs(house, bob), id, { body: 'Bob was faster.' })
  const refused = await preview(typed)
  expect(refused.status).toBe(412)
  expect(wordsOf(await refused.text())).toContain('Bob posted while you wrote')
  expect((await visitor.get(posting)).headers.get('location')).toBe(room)
  expect((await form()).body).toBe('Mine.')
})

test('of an internal incident, and for the page alone, the preview says that nobody is sent it', async () => {
  const alone = await preview({ ...(await form()), body: 'Quiet.', page_only: 'on' })
  expect(wordsOf(await alone.text())).toContain('Nobody is sent it; it is read on the page alone.')
  const inside = { title: 'Exports lag', severity: 'SEV3' as const, body: 'We look.', visibility: 'internal' as const }
  const quiet = (await openIncident(actingAs(house, ada), inside)).id
  const own = `/console/incidents/${quiet}/updates`
  const html = await (
    await preview({ ...fieldsOf(await page(`/console/incidents/${quiet}`), own), body: 'Still.' }, own)
  ).text()
  expect(wordsOf(html)).toContain('The incident is internal: nobody outside is told.')
  expect(framesIn(html)).toEqual([])
  expect(html).not.toContain('preview_page')
  const page_ = { ...fieldsOf(await page(`/console/incidents/${quiet}`), own), body: 'Still.', preview_page: 'true' }
  const refused = await visitor.post(own, page_)
  expect(refused.status).toBe(409)
  expect(wordsOf(await refused.text())).toContain('The incident is internal: it has no public page.')
})

test('a young incident offers no promise beyond the cadence, and asks for no reason', async () => {
  const html = await page()
  expect(html).not.toContain('value="PT45M"')
  expect(fieldsOf(html, posting).extension_reason).toBeUndefined()
})

test('an old one offers it, refuses it without a reason beside that field, and takes it with one', async () => {
  await house.clock.advance(2 * HOUR)
  const html = await page()
  expect(html).toContain('value="PT45M"')
  expect(wordsOf(html)).toContain(
    'SEV2 allows at most 30 min, 1 h once monitoring. With a reason, 45 min (1 h 15) at most.',
  )
  const typed = { ...fieldsOf(html, posting), body: 'We wait for the vendor.', next_update_in: 'PT45M' }
  for (const refused of [await visitor.post(posting, typed), await preview(typed)]) {
    expect(refused.status).toBe(422)
    const again = await refused.text()
    expect(again).toMatch(/id="extension_reason-error"[^>]*>\s*Say why it takes longer; it goes on the timeline\./)
    expect(fieldsOf(again, posting)).toMatchObject({ body: typed.body, next_update_in: 'PT45M' })
  }
  const posted = await visitor.post(posting, { ...typed, extension_reason: 'The vendor is asleep.' })
  expect(posted.status).toBe(303)
  expect((await stored()).nextUpdateDueAt).toEqual(new Date(START.getTime() + 2 * HOUR + 45 * MINUTE))
  const timeline = await house.db.select().from(timelineEntries).where(eq(timelineEntries.incidentId, id))
  expect(timeline.map(({ text }) => text)).toContain('Promised beyond the cadence: The vendor is asleep.')
})

test('a reason left over from a promise that needs none is no obstacle', async () => {
  await house.clock.advance(2 * HOUR)
  const typed = { ...(await form()), body: 'Still.', extension_reason: 'The vendor is asleep.' }
  expect((await visitor.post(posting, typed)).status).toBe(303)
})
