import { expect, test } from 'vitest'
import { openIncident } from '../../api/actions/open-incident.ts'
import { defaultPolicy } from '../../api/domain/cadence.ts'
import { currentPolicy } from '../../db/queries/cadence.ts'
import { fieldsOf, wordsOf } from '../support/forms.ts'
import { testWorld } from '../support/world.ts'

const house = await testWorld()
const ada = await house.person('admin', { name: 'Ada' })
const visitor = await house.signIn(ada)
const PATH = '/console/cadence'
const ticked = (html: string) => {
  const fields: Record<string, string[]> = {}
  for (const [box] of html.matchAll(/<input type="checkbox"[^>]*\schecked\b[^>]*>/g)) {
    const [, name, value] = /name="([^"]+)" value="([^"]+)"/.exec(box)!
    fields[name!] = [...(fields[name!] ?? []), value!]
  }
  return Object.fromEntries(Object.entries(fields).map(([name, values]) => [name, values.join(',')]))
}
const fieldsIn = (html: string) => ({ ...fieldsOf(html, PATH), ...ticked(html) })
const page = async (path = PATH) => (await visitor.get(path)).text()
const inForce = () => currentPolicy(house.db)

test('the screen tells in words what is in force, and who would be reached now by name', async () => {
  const words = wordsOf(await page())
  expect(words).toContain(
    'A SEV1 opened at 14:00 must speak by 14:05, then at least every 15 min and every 30 min while monitoring.',
  )
  expect(words).toContain('14:11 commander and comms lead are reminded by SMS and email. Now: Ada.')
  expect(words).toContain('As installed')
})

test('the form saved untouched keeps the cadence as it stands, under the next version, with who changed it', async () => {
  const saved = await visitor.post(PATH, fieldsIn(await page()))
  expect(saved.headers.get('location')).toBe(`${PATH}?notice=cadence_changed`)
  expect(await inForce()).toEqual({ ...defaultPolicy(), version: 2 })
  expect(wordsOf(await page())).toMatch(/Version 2 \S+.* Ada/)
})

test('a preview plays through what was typed, keeps it, and changes nothing', async () => {
  const fields = {
    ...fieldsIn(await page()),
    'SEV1.public': '20',
    'SEV1.ladder.0.amount': '5',
    'SEV1.ladder.0.unit': 'minutes',
  }
  const answer = await visitor.post(PATH, { ...fields, preview: 'true' })
  const html = await answer.text()
  expect(answer.status).toBe(200)
  expect(wordsOf(html)).toContain('Not in force yet.')
  expect(wordsOf(html)).toContain('14:15 commander and comms lead are reminded')
  expect(fieldsIn(html)).toEqual(fields)
  expect((await inForce()).version).toBe(2)
})

test('what is wrong is named beside its field, and nothing typed is lost', async () => {
  const fields = { ...fieldsIn(await page()), 'SEV2.public': 'soon', 'SEV3.ladder.4.name': 'last', time_zone: 'Mars' }
  const refused = await visitor.post(PATH, fields)
  const html = await refused.text()
  expect(refused.status).toBe(422)
  for (const field of ['SEV2.public', 'SEV3.ladder.4.amount', 'SEV3.ladder.4.to', 'time_zone'])
    expect(html).toContain(`id="${field}-error"`)
  expect(fieldsIn(html)).toEqual(fields)
  expect((await inForce()).version).toBe(2)
})

test('a rung that reaches nobody by its channels is warned of before it is saved', async () => {
  const fields = { ...fieldsIn(await page()), 'SEV1.ladder.0.channels': 'sms' }
  const words = wordsOf(await (await visitor.post(PATH, { ...fields, preview: 'true' })).text())
  expect(words).toContain('Its channels reach nobody in these roles; the fallback is told instead.')
})

test('a rung is added and another removed; an open promise keeps its terms', async () => {
  const opened = await openIncident(house.acting(), { title: 'Slow', severity: 'SEV2', body: 'Yes.', components: [] })
  const fields = {
    ...fieldsIn(await page()),
    'SEV2.ladder.2.remove': 'on',
    'SEV2.ladder.4.name': 'all_hands',
    'SEV2.ladder.4.amount': '12',
    'SEV2.ladder.4.side': 'after',
    'SEV2.ladder.4.unit': 'minutes',
    'SEV2.ladder.4.to': 'everyone',
    'SEV2.ladder.4.channels': 'sms,email',
  }
  await visitor.post(PATH, fields)
  const { ladder } = (await inForce()).SEV2
  expect(ladder.map(({ name }) => name)).toEqual(['reminder', 'due', 'sponsor', 'all_hands'])
  expect(ladder.at(-1)).toEqual({ name: 'all_hands', at: '+PT12M', to: ['everyone'], channels: ['sms', 'email'] })
  const room = wordsOf(await (await visitor.get(`/console/incidents/${opened.id}`)).text())
  expect(room).toContain('deputy')
  expect(room).not.toContain('all_hands')
})

test('a change that came first is told of; what was typed stays and may be saved over it', async () => {
  const fields = { ...fieldsIn(await page()), 'SEV1.public': '10' }
  await visitor.post(PATH, { ...fields, 'SEV1.public': '12' })
  const refused = await visitor.post(PATH, fields)
  expect(refused.status).toBe(412)
  const html = await refused.text()
  expect(wordsOf(html)).toContain('Saving again puts what stands here in place of theirs.')
  expect((await visitor.post(PATH, fieldsIn(html))).status).toBe(303)
  expect((await inForce()).SEV1.public).toBe('PT10M')
})

test('others read it and cannot change it', async () => {
  const reader = await house.signIn(await house.person('viewer'))
  const html = await (await reader.get(PATH)).text()
  expect(wordsOf(html)).toContain('A SEV1 opened at 14:00')
  expect(html).not.toContain('Put in force')
  expect((await reader.post(PATH, {})).status).toBe(403)
})
