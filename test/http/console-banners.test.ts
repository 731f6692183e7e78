import { expect, test } from 'vitest'
import { hints, troubles } from '../../api/http/console/shell.ts'
import { pauseChannel } from '../../db/queries/channel-states.ts'
import { wordsOf } from '../support/forms.ts'
import { testWorld } from '../support/world.ts'

const ok = { state: 'ok' as const, since: null }
const failing = { state: 'failing' as const, since: new Date('2026-11-12T14:31:07Z') }

test.each([
  ['both work', ok, ok, null],
  ['mail fails', failing, ok, 'Mail does not get through since 14:31 UTC. SMS does.'],
  ['SMS fails', ok, failing, 'SMS does not get through since 14:31 UTC. Mail does.'],
  ['both fail', failing, failing, 'Neither mail nor SMS gets through since 14:31 UTC. Alerts reach nobody'],
])('when %s, staff are told so', (_, email, sms, text) => {
  const banners = troubles(email, sms)
  expect(banners.map((banner) => banner.kind)).toEqual(text === null ? [] : ['alarm'])
  expect(banners[0]?.text ?? '').toContain(text ?? '')
})

test.each([
  [true, true, 'mail and SMS go to the mailbox'],
  [true, false, 'mail goes to the mailbox'],
  [false, true, 'SMS go to the mailbox'],
  [false, false, null],
])('without a carrier (mail: %s, SMS: %s) staff know that messages stay in the house', (email, sms, text) => {
  const banners = hints({ folder: '', email, sms })
  expect(banners.map((banner) => banner.kind)).toEqual(text === null ? [] : ['hint'])
  expect(banners[0]?.text ?? '').toContain(text ?? '')
})

const house = await testWorld()

test('every screen of the console says first that both carriers fail; outsiders are not told', async () => {
  const visitor = await house.signIn(await house.person('viewer'))
  const now = await house.clock.now()
  await pauseChannel(house.db, 'email', { code: 'EAUTH', reason: 'refused' }, now)
  await pauseChannel(house.db, 'sms', { code: '20003', reason: 'refused' }, now)
  for (const path of ['/console', '/console/components', '/console/people', '/console/me'])
    expect(wordsOf(await (await visitor.get(path)).text()), path).toContain('Neither mail nor SMS gets through')
  expect(await (await house.visitor().get('/console/sign-in')).text()).not.toContain('Neither mail')
})
