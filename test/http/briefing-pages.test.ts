import { eq } from 'drizzle-orm'
import { beforeEach, expect, it, test } from 'vitest'
import { postBriefingInput } from '../../api/actions/briefing-fields.ts'
import { changeBriefingRules } from '../../api/actions/change-briefing-rules.ts'
import { changePerson } from '../../api/actions/change-person.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { postBriefing } from '../../api/actions/post-briefing.ts'
import { briefingUrl } from '../../api/domain/briefing-links.ts'
import { DAY } from '../../api/domain/duration.ts'
import { briefingReceipts, briefingRecipients, decisions, deliveries } from '../../db/schema.ts'
import { BRIEFING } from '../support/briefings.ts'
import { wordsOf } from '../support/forms.ts'
import { testWorld } from '../support/world.ts'

const house = await testWorld()
const START = new Date('2026-11-12T14:00:00.000Z')
const priya = await house.person('commander', { name: 'Priya' })
const ana = await house.person('executive', { name: 'Ana' })
const max = await house.person('executive', { name: 'Max' })
const viewer = await house.signIn(await house.person('viewer'))
const nobody = house.visitor()
await changeBriefingRules(house.acting(), [{ to: [ana.id, max.id] }])

let id: string
let briefing: string
let link: string
const linkOf = async (person: { id: string }) => {
  const rows = await house.db.select().from(briefingRecipients).where(eq(briefingRecipients.briefingId, briefing))
  const row = rows.find((each) => each.personId === person.id)!
  return new URL(briefingUrl({ urls: house.world.urls, secrets: house.world.secrets }, row)).pathname
}
beforeEach(async () => {
  await house.clock.set(START)
  const words = { title: 'Sign-in fails', severity: 'SEV1' as const, body: 'Some cannot sign in.' }
  ;({ id } = await openIncident(house.acting(), { ...words, commander_id: priya.id }))
  const decision_needed = {
    question: 'Do we write to all?',
    by_person_id: ana.id,
    by: '2026-11-12T14:30:00Z',
    advice: 'No.',
  }
  const input = postBriefingInput.parse({ ...BRIEFING, decision_needed })
  ;({ id: briefing } = await postBriefing(house.acting(), id, input))
  link = await linkOf(ana)
})
const reads = () => house.db.select().from(briefingReceipts).where(eq(briefingReceipts.briefingId, briefing))
const decision = async () => (await house.db.select().from(decisions).where(eq(decisions.briefingId, briefing)))[0]!

it('opens by its link without a session, kept by nobody, and looking changes nothing', async () => {
  for (let times = 0; times < 3; times++) {
    const answer = await nobody.get(link)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
    expect(wordsOf(await answer.text())).toContain(BRIEFING.headline)
  }
  await house.app.request(`http://localhost:3000${link}`, { method: 'HEAD' })
  expect(await reads()).toEqual([])
  expect((await decision()).answer).toBeNull()
})

it('is read by the button, once, and says so afterwards', async () => {
  const pressed = await nobody.post(`${link}/receipt`)
  expect([pressed.status, pressed.headers.get('location')]).toEqual([303, `${link}?notice=briefing_read`])
  await nobody.post(`${link}/receipt`, { way: 'script' })
  expect(await reads()).toMatchObject([{ personId: ana.id, way: 'button' }])
  expect(wordsOf(await (await nobody.get(link)).text())).toContain('You have read this')
})

it('takes the decision by a button, alerts the commander, and takes no second one', async () => {
  const pressed = await nobody.post(`${link}/decision`, { answer: 'approved', comment: 'Go.' })
  expect(pressed.status).toBe(303)
  expect(await decision()).toMatchObject({ answer: 'approved', comment: 'Go.', answeredBy: ana.id })
  const alerted = (await house.db.select().from(deliveries).where(eq(deliveries.incidentId, id))).filter(
    (row) => row.personId === priya.id,
  )
  expect(alerted.map((row) => `${row.lane} ${row.channel}`)).toContain('staff email')
  const again = await nobody.post(`${link}/decision`, { answer: 'not_yet' })
  expect(again.status).toBe(409)
  expect(wordsOf(await again.text())).toContain('answered already')
  expect(wordsOf(await (await nobody.get(link)).text())).toContain('Decided')
})

it('keeps the comment of an answer that was refused', async () => {
  const refused = await nobody.post(`${link}/decision`, { answer: 'comment', comment: ' ' })
  expect(refused.status).toBe(422)
  expect(wordsOf(await refused.text())).toContain('Say what you want to comment')
})

test.each([
  ['altered', () => link.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')), 404],
  ['of another purpose', () => link.replace(/\/b\/\w+/, '/b/aaaaaaaaaaaa'), 404],
  ['cut short', () => link.slice(0, -5), 404],
])('a link that is %s opens nothing and writes nothing', async (_, made, status) => {
  for (const answer of [await nobody.get(made()), await nobody.post(`${made()}/receipt`)]) {
    expect(answer.status).toBe(status)
    expect(await answer.text()).not.toContain(BRIEFING.headline)
  }
  expect(await reads()).toEqual([])
})

it('opens no more after three days', async () => {
  await house.clock.advance(3 * DAY)
  const answer = await nobody.get(link)
  expect(answer.status).toBe(410)
  expect(wordsOf(await answer.text())).toContain('too old')
})

it('opens no more for somebody who has been switched off, nor may they decide', async () => {
  const own = await linkOf(max)
  await changePerson(house.acting(), max.id, { active: false })
  expect((await nobody.get(own)).status).toBe(410)
  expect((await nobody.post(`${own}/receipt`)).status).toBe(410)
  await changePerson(house.acting(), max.id, { active: true })
})

it('is refused to somebody else who is signed in', async () => {
  const other = await house.signIn(max)
  for (const answer of [await other.get(link), await other.post(`${link}/decision`, { answer: 'approved' })])
    expect(answer.status).toBe(403)
  expect((await decision()).answer).toBeNull()
})

it('cannot be answered from another site', async () => {
  const away = { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' }
  expect((await nobody.post(`${link}/decision`, { answer: 'approved' }, away)).status).toBe(403)
})

it('is all an executive sees of the console: what burns, the latest on top, older ones below', async () => {
  const executive = await house.signIn(ana)
  const words = wordsOf(await (await executive.get('/console/brief')).text())
  expect(words).toContain('Sign-in fails')
  expect(words).toContain(BRIEFING.headline)
  expect(words).toContain('Decision needed by 14:30 UTC')
  expect(words).not.toMatch(/Components|Cadence|Mailbox|No carrier/)
  await house.clock.advance(60_000)
  const newer = postBriefingInput.parse({ ...BRIEFING, headline: 'The EU is back.' })
  await postBriefing(house.acting(), id, newer)
  const html = await (await executive.get('/console/brief')).text()
  const [now, earlier] = html.slice(html.indexOf(`id="incident-${id}"`)).split('Earlier briefings')
  expect(now).toContain('The EU is back.')
  expect(earlier).toContain(`/console/brief/${briefing}"`)
  expect((await executive.get('/console')).status).toBe(403)
  expect((await viewer.get('/console/brief')).status).toBe(403)
  expect((await viewer.get(`/console/brief/${briefing}`)).status).toBe(403)
})

it('leads commanders and admins back to the console, and executives nowhere else', async () => {
  for (const path of ['/console/brief', `/console/brief/${briefing}`]) {
    const linksTo = async (who: typeof nobody) => (await (await who.get(path)).text()).includes('href="/console"')
    expect([await linksTo(await house.signIn(priya)), await linksTo(await house.signIn(ana))]).toEqual([true, false])
  }
  expect(await (await nobody.get(link)).text()).not.toContain('href="/console')
})

it('is where an executive arrives after signing in', async () => {
  const signedIn = await nobody.post('/console/sign-in', { email: ana.email, password: 'correct horse battery staple' })
  expect(signedIn.headers.get('location')).toBe('/console/brief')
})

it('shows an executive nothing of an incident inside that nobody briefed them on', async () => {
  await openIncident(house.acting(), { title: 'Inside only', severity: 'SEV1', visibility: 'internal', body: 'x' })
  expect(await (await (await house.signIn(ana)).get('/console/brief')).text()).not.toContain('Inside only')
})
