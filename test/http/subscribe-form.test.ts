import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { confirmations } from '../../db/schema.ts'
import { elementsIn } from '../support/forms.ts'
import { testWorld } from '../support/world.ts'

const house = await testWorld()
const asked = { channel: 'email', asks_maintenance: 'true' }

test.each([
  ['ticked', { ...asked, maintenance: 'true' }, true],
  ['unticked', asked, false],
  ['a client that does not know the question', { channel: 'email' }, true],
])('planned maintenance is told as the form says: %s', async (name, fields, told) => {
  const address = `${name.replaceAll(' ', '.')}@a.example`
  const answer = await house.visitor().post('/subscriptions', { ...fields, address })
  expect(answer.status).toBe(202)
  const [row] = await house.db.select().from(confirmations).where(eq(confirmations.address, address))
  expect(row!.maintenance).toBe(told)
})

test.each([
  ['ticked', { ...asked, maintenance: 'true' }, true],
  ['unticked', asked, false],
])('a refused form comes back with the box as it was: %s', async (_, fields, ticked) => {
  const answer = await house.visitor().post('/subscriptions', { ...fields, address: 'nobody' })
  expect(answer.status).toBe(422)
  const box = elementsIn(await answer.text()).find((element) => element.attributes.name === 'maintenance')!
  expect('checked' in box.attributes).toBe(ticked)
})
