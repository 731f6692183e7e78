import { expect, test } from 'vitest'
import { elementsIn, wordsOf } from '../support/forms.ts'
import { testWorld } from '../support/world.ts'

const house = await testWorld()

test("the API's reference is read by anybody, without a script of anybody else", async () => {
  const answer = await house.visitor().get('/api/v1/docs')
  expect(answer.status).toBe(200)
  const html = await answer.text()
  expect(wordsOf(html)).toContain('POST /incidents Declare an incident')
  expect(wordsOf(html)).toContain('POST /incidents/{id}/updates')
  const scripts = elementsIn(html).filter(({ name }) => name === 'script')
  expect(scripts.map(({ attributes }) => attributes.src)).toEqual(['/console.js'])
})
