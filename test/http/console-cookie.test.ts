import { expect, test } from 'vitest'
import { PASSWORD, testWorld } from '../support/world.ts'

const house = await testWorld({ urls: { site: 'https://status.example', api: 'https://sitrep.example' } })

test('behind https the cookie carries the __Host- prefix and is Secure', async () => {
  const ada = await house.person('viewer')
  const entered = await house.visitor().post('/console/sign-in', { email: ada.email, password: PASSWORD })
  const [cookie] = entered.headers.getSetCookie()
  expect(cookie).toMatch(/^__Host-sitrep=/)
  for (const attribute of [/; Secure/i, /; HttpOnly/i, /; SameSite=Lax/i, /; Path=\/(;|$)/i])
    expect(cookie).toMatch(attribute)
  expect((await house.visitor(cookie!.split(';')[0]).get('/console')).status).toBe(200)
  expect(entered.headers.get('strict-transport-security')).toContain('max-age=31536000')
})
