import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { openIncident } from '../../api/actions/open-incident.ts'
import { componentGroups, components } from '../../db/schema.ts'
import { fieldsOf, wordsOf } from '../support/forms.ts'
import { testWorld } from '../support/world.ts'

const house = await testWorld()
const visitor = await house.signIn(await house.person('admin', { name: 'Ada' }))
const PATH = '/console/components'
const page = async (path = PATH) => (await visitor.get(path)).text()
const named = async (name: string) => (await house.db.select().from(components).where(eq(components.name, name)))[0]!

test('a group and a component in it are added, and the screen says so', async () => {
  expect((await visitor.post('/console/component-groups', { name: 'Storage' })).headers.get('location')).toBe(
    `${PATH}?notice=group_added`,
  )
  const [group] = await house.db.select().from(componentGroups)
  const fields = { ...fieldsOf(await page(), PATH), name: 'Storage EU', description: 'Files', group_id: group!.id }
  const added = await visitor.post(PATH, fields)
  expect(added.headers.get('location')).toBe(`${PATH}?notice=component_added`)
  expect(await named('Storage EU')).toMatchObject({ description: 'Files', groupId: group!.id, status: 'operational' })
  expect(wordsOf(await page(`${PATH}?notice=component_added`))).toContain('The component is on the page.')
})

test('a status set by hand shows at once, and every other field goes with the form as it stands', async () => {
  await visitor.post(PATH, { name: 'API' })
  const { id } = await named('API')
  const fields = fieldsOf(await page(), `${PATH}/${id}`)
  expect(fields).toEqual({ status: 'operational', name: 'API', description: '', group_id: '' })
  const changed = await visitor.post(`${PATH}/${id}`, { ...fields, status: 'degraded_performance', description: ' ' })
  expect(changed.headers.get('location')).toBe(`${PATH}?notice=component_changed`)
  expect(await named('API')).toMatchObject({ status: 'degraded_performance', description: null, groupId: null })
  expect(wordsOf(await page())).toContain('API Degraded performance')
})

test('a refused change opens the component again with what was typed, and changes nothing', async () => {
  const { id } = await named('API')
  const refused = await visitor.post(`${PATH}/${id}`, {
    name: '',
    status: 'operational',
    description: 'kept <as> typed',
  })
  expect(refused.status).toBe(422)
  const html = await refused.text()
  expect(html).toMatch(new RegExp(`id="${id}-name-error"`))
  expect(fieldsOf(html, `${PATH}/${id}`)).toMatchObject({ name: '', description: 'kept <as> typed' })
  expect((await named('API')).status).toBe('degraded_performance')
})

test('a refused new component and a refused new group keep their text', async () => {
  const long = 'x'.repeat(81)
  const component = await visitor.post(PATH, { name: long, description: 'kept' })
  expect(component.status).toBe(422)
  expect(fieldsOf(await component.text(), PATH)).toMatchObject({ name: long, description: 'kept' })
  const group = await visitor.post('/console/component-groups', { name: long })
  expect(group.status).toBe(422)
  expect(fieldsOf(await group.text(), '/console/component-groups').name).toBe(long)
})

test('a component that an open incident names cannot be archived, and the screen says which incident', async () => {
  await visitor.post(PATH, { name: 'Login' })
  const { id } = await named('Login')
  const held = [{ id, status: 'major_outage' as const }]
  await openIncident(house.acting(), { title: 'Sign-in fails', severity: 'SEV2', body: 'Yes.', components: held })
  expect(wordsOf(await page())).toContain('Held at Major outage by Sign-in fails')
  const refused = await visitor.post(`${PATH}/${id}/archive`)
  expect(refused.status).toBe(409)
  expect(wordsOf(await refused.text())).toContain('is open and names this component.')
})

test('an archived component is off the page and its history stays', async () => {
  await visitor.post(PATH, { name: 'Old' })
  const { id } = await named('Old')
  expect((await visitor.post(`${PATH}/${id}/archive`)).headers.get('location')).toBe(
    `${PATH}?notice=component_archived`,
  )
  expect((await named('Old')).archivedAt).not.toBeNull()
  expect(wordsOf(await page())).not.toContain('Old')
  expect((await visitor.post(`${PATH}/${id}`, { name: 'Older' })).status).toBe(404)
})
