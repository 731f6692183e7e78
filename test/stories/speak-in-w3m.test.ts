import { expect, it, vi } from 'vitest'
import { actingAs } from '../support/acting.ts'
import { INSTALLING } from '../support/debian-tools.ts'
import { holdFor } from '../support/holding.ts'
import { startStory } from '../support/service.ts'
import { staff } from '../support/storytelling.ts'
import { textBrowser } from '../support/w3m.ts'
import { PASSWORD } from '../support/world.ts'

vi.setConfig({ testTimeout: INSTALLING, hookTimeout: INSTALLING })

const story = await startStory({ ROLES: 'web' })
await holdFor(actingAs(story.db, story.clock), 'PT0S')
const priya = await staff(story, 'commander', 'Priya Nair')
const ana = await staff(story, 'executive', 'Ana Ruiz')
await story.api('PUT', '/briefing-rules', [{ to: [ana.id] }])
const w3m = await textBrowser()

const incidents = async () => (await story.api('GET', '/incidents?state=all')).body.data
const updates = async (id: string) => (await story.api('GET', `/incidents/${id}`)).body.updates
const briefings = async (id: string) => (await story.api('GET', `/incidents/${id}/briefings`)).body.data

it('somebody signs in and declares in a text browser, from ready words that they fill in', async () => {
  await w3m.open(`${story.url}/console/declare`)
  await w3m.type('Email', priya.email)
  await w3m.type('Password', PASSWORD)
  await w3m.press('Sign in', { after: 'Password' })
  expect(await w3m.read()).toContain('What is wrong?')
  await w3m.mark('SEV2')
  await w3m.type('Title', 'Sign-in fails')
  await w3m.choose('Start from', 'Investigating reports')
  await w3m.press('Use these words')
  expect(await w3m.read()).toContain('We are looking into reports of a problem')
  expect(await incidents()).toEqual([])
  await w3m.press('Declare and tell')
  expect(await w3m.read()).toContain('Declared. You command until you hand over.')
  expect(await incidents()).toMatchObject([{ title: 'Sign-in fails', severity: 'SEV2', commander_id: priya.id }])
})

it('the composer takes ready words, shows what they would be and posts them, each by its own button', async () => {
  const [{ id }] = await incidents()
  const room = await w3m.read()
  expect(room).toMatch(/to the update promised for \d\d:\d\d UTC/)
  expect(room).not.toContain('late. Promised')
  await w3m.choose('Start from', 'Cause found')
  await w3m.press('Use these words')
  expect(await w3m.read()).toMatch(/\(\*\) ?Identified/)
  await w3m.write('Wording', 'A change made this morning broke it.\nWe are taking it back.')
  await w3m.press('Preview')
  const previewed = await w3m.read()
  expect(previewed).toContain('nothing has been sent')
  expect(previewed).toMatch(/A change made this morning broke it\.\s+We are taking it back\./)
  expect(await updates(id)).toHaveLength(1)
  await w3m.press('Post to', { after: 'Wording' })
  expect(await w3m.read()).toContain('Posted. The clock starts afresh.')
  expect((await updates(id))[0]).toMatchObject({
    seq: 2,
    status: 'identified',
    body: 'A change made this morning broke it.\nWe are taking it back.',
  })
})

it('the page is shown by itself where no frame is, and the preview posts by its own button', async () => {
  const [{ id }] = await incidents()
  await w3m.write('Wording', 'Sign-in works again in the EU.')
  await w3m.press('Preview')
  await w3m.press('Show the page by itself')
  const page = await w3m.read()
  expect(page).toContain('Sign-in works again in the EU.')
  expect(page).toContain('A change made this morning broke it.')
  expect(page).not.toContain('nothing has been sent')
  expect(await updates(id)).toHaveLength(2)
  await w3m.open(`${story.url}/console/incidents/${id}`)
  await w3m.press('Preview')
  await w3m.press('Post to', { after: 'nothing has been sent' })
  expect(await w3m.read()).toContain('Posted. The clock starts afresh.')
  expect((await updates(id))[0]).toMatchObject({ seq: 3, body: 'Sign-in works again in the EU.' })
})

it('executives are briefed: what they would read is shown first, then it is sent alone or beside an update', async () => {
  const [{ id }] = await incidents()
  const below = { after: 'confidential, to executives alone' }
  await w3m.type('Headline', 'Most customers in the US cannot sign in.', below)
  await w3m.write('Situation', 'A roll-back runs, region by region.')
  await w3m.press('Preview', { after: '150 words in the sentences' })
  const previewed = await w3m.read()
  expect(previewed).toContain('What executives will read')
  expect(previewed).toContain('A roll-back runs, region by region.')
  expect(await briefings(id)).toEqual([])
  await w3m.press('Brief 1 executive')
  expect(await w3m.read()).toContain('Posted to the executives.')
  expect(await briefings(id)).toMatchObject([{ headline: 'Most customers in the US cannot sign in.' }])
  expect(await updates(id)).toHaveLength(3)
  await w3m.write('Wording', 'Half of the US is back.')
  await w3m.type('Headline', 'Half of the US is back.', below)
  await w3m.mark('Send it beside the public update')
  await w3m.press('Preview', { after: 'Wording' })
  expect(await w3m.read()).toContain('What executives will read')
  await w3m.press('Post to', { after: 'nothing has been sent' })
  expect(await w3m.read()).toContain('Posted. The clock starts afresh.')
  expect((await updates(id))[0]).toMatchObject({ seq: 4, body: 'Half of the US is back.' })
  expect((await briefings(id))[0]).toMatchObject({ seq: 2, headline: 'Half of the US is back.' })
})

it('no material change is said in one press, and nothing typed is lost when a post is refused', async () => {
  const [{ id }] = await incidents()
  await w3m.press('No material change')
  expect(await w3m.read()).toContain('Posted. The clock starts afresh.')
  expect((await updates(id))[0]).toMatchObject({ seq: 5, no_change: true })
  await w3m.write('Wording', 'Sign-in works for {{whom}} again.')
  await w3m.press('Post to', { after: 'Wording' })
  const refused = await w3m.read()
  expect(refused).toContain('Nothing was sent. Your text is kept.')
  expect(refused).toContain('Sign-in works for {{whom}} again.')
  expect(await updates(id)).toHaveLength(5)
})
