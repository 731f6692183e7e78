import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { setUpToken } from '../../api/actions/set-up.ts'
import { organisation, people } from '../../db/schema.ts'
import { fieldsOf, wordsOf } from '../support/forms.ts'
import { cookieIn, PASSWORD, SECRET, testWorld } from '../support/world.ts'

const house = await testWorld({ company: null })
const PATH = `/setup?token=${setUpToken([SECRET])}`
const FIRST = {
  organisation: 'Northwind Cloud',
  short_name: '',
  contact: 'support@northwind.example',
  name: 'Ada',
  email: 'Ada@northwind.example',
  password: PASSWORD,
  phone: '+49 151 23456789',
}

test('a setup link that is not ours is refused', async () => {
  expect((await house.visitor().get('/setup')).status).toBe(404)
  expect((await house.visitor().post('/setup?token=guess', FIRST)).status).toBe(404)
  expect(await house.db.select().from(people)).toEqual([])
})

test('what is wrong in the setup stands beside its field, the text is kept, the password is not', async () => {
  const refused = await house.visitor().post(PATH, { ...FIRST, email: 'nobody', password: 'short' })
  expect(refused.status).toBe(422)
  expect(refused.headers.get('referrer-policy')).toBe('no-referrer')
  const html = await refused.text()
  expect(html).toContain('id="email-error"')
  expect(html).toContain('id="password-error"')
  expect(fieldsOf(html, PATH)).toMatchObject({ organisation: 'Northwind Cloud', email: 'nobody', password: '' })
  expect(html).not.toContain('"short"')
  expect(await house.db.select().from(people)).toEqual([])
})

test('the first person sets up, is in at once as admin, and the link is used up', async () => {
  const asked = await house.visitor().get(PATH)
  expect(wordsOf(await asked.text())).toContain('Set up your status page')
  const done = await house.visitor().post(PATH, FIRST)
  expect([done.status, done.headers.get('location')]).toEqual([303, '/console'])
  const home = await house.visitor(cookieIn(done.headers)).get('/console')
  expect(wordsOf(await home.text())).toContain('Nothing is open')
  expect(await house.db.select().from(organisation)).toMatchObject([{ supportUrl: 'mailto:support@northwind.example' }])
  const [ada] = await house.db.select().from(people).where(eq(people.role, 'admin'))
  expect(ada).toMatchObject({ name: 'Ada', phone: '+4915123456789' })
  for (const again of [await house.visitor().get(PATH), await house.visitor().post(PATH, FIRST)]) {
    expect(again.status).toBe(410)
    expect(wordsOf(await again.text())).toContain('Sitrep is set up already.')
  }
})
