import { expect, test } from 'vitest'
import { addComponent } from '../../api/actions/add-component.ts'
import { changeComponent } from '../../api/actions/change-component.ts'
import { componentById } from '../../db/queries/components.ts'
import { audiences } from '../../db/schema.ts'
import { fieldsOf, wordsOf } from '../support/forms.ts'
import { testWorld } from '../support/world.ts'

const house = await testWorld()
const visitor = await house.signIn(await house.person('admin', { name: 'Ada' }))
const PATH = '/console/audiences'
const words = async (answer: Response | Promise<Response>) => wordsOf(await (await answer).text())
const theAudience = async () => (await house.db.select().from(audiences))[0]!
/** The address that is shown once. */
const shownOnce = async (answer: Response) => /value="(http[^"]*token=[^"]*)"/.exec(await answer.text())?.[1]

test('an audience is named, and a refused one keeps what was typed', async () => {
  const refused = await visitor.post(PATH, { name: 'Acme', slug: 'Acme GmbH' })
  expect(refused.status).toBe(422)
  expect(fieldsOf(await refused.text(), PATH)).toMatchObject({ name: 'Acme', slug: 'Acme GmbH' })
  const added = await visitor.post(PATH, { name: 'Acme', slug: 'acme' })
  expect(added.headers.get('location')).toBe(`${PATH}?notice=audience_added`)
  expect((await visitor.post(PATH, { name: 'Acme', slug: 'acme' })).status).toBe(422)
  expect(await words(visitor.get(PATH))).toContain('Acme')
})

test('a component is shown to an audience, and to everybody again, by ticks', async () => {
  const { id } = await addComponent(house.acting(), { name: 'Vault' })
  const audience = await theAudience()
  const form = `/console/components/${id}`
  const fields = async () => fieldsOf(await (await visitor.get('/console/components')).text(), form)
  await visitor.post(form, { ...(await fields()), audience_ids: audience.id })
  expect((await componentById(house.db, id))!.audienceIds).toEqual([audience.id])
  expect(await words(visitor.get('/console/components'))).toContain('Visible only to Acme')
  expect(await words(visitor.get(PATH))).toContain('Vault')
  const { audience_ids: ticked, ...unticked } = await fields()
  expect(ticked).toBe(audience.id)
  await visitor.post(form, unticked)
  expect((await componentById(house.db, id))!.audienceIds).toEqual([])
})

test('a link is shown once, opens the page, and opens nothing once revoked', async () => {
  const { id } = await theAudience()
  const made = await visitor.post(`${PATH}/${id}/links`, { name: 'Their desk' })
  expect(made.status).toBe(201)
  const url = new URL((await shownOnce(made))!)
  const page = () => house.visitor().get(url.pathname + url.search)
  expect((await page()).status).toBe(200)
  const list = await (await visitor.get(PATH)).text()
  expect(list).not.toContain(url.searchParams.get('token'))
  const revoke = new RegExp(`${PATH}/${id}/links/[a-z0-9]{12}/revoke`).exec(list)![0]
  expect((await visitor.post(revoke)).headers.get('location')).toBe(`${PATH}?notice=link_revoked`)
  expect((await page()).status).toBe(410)
  expect((await visitor.post(revoke)).status).toBe(404)
})

test('a link that would have ended already is refused, with what was typed', async () => {
  const { id } = await theAudience()
  const refused = await visitor.post(`${PATH}/${id}/links`, { name: 'Late', expires_at: '2020-01-01T00:00' })
  expect(refused.status).toBe(422)
  expect(await words(refused)).toContain('Choose a time that is still to come.')
})

test('an audience is archived by a button, and not while a component is shown to it alone', async () => {
  const { id } = await theAudience()
  const { id: vault } = await addComponent(house.acting(), { name: 'Safe', audience_ids: [id] })
  const refused = await visitor.post(`${PATH}/${id}/archive`)
  expect(refused.status).toBe(409)
  expect(await words(refused)).toContain('Safe is shown to Acme alone')
  await changeComponent(house.acting(), vault, { audience_ids: [] })
  const archived = await visitor.post(`${PATH}/${id}/archive`)
  expect(archived.headers.get('location')).toBe(`${PATH}?notice=audience_archived`)
  expect(await words(visitor.get(PATH))).not.toContain('/private/acme')
  expect((await visitor.post(`${PATH}/${id}/archive`)).status).toBe(404)
})
