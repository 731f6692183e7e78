import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { newId } from '../../db/ids.ts'
import { channelStates, deliveries, dutyRounds, siteTargets } from '../../db/schema.ts'
import { wordsOf } from '../support/forms.ts'
import { testWorld } from '../support/world.ts'

const house = await testWorld()
const { db, clock } = house
await clock.set(new Date('2026-11-12T14:00:00.000Z'))
const visitor = await house.signIn(await house.person('viewer'))
const words = async () => wordsOf(await (await visitor.get('/console')).text())
const round = () =>
  db
    .insert(dutyRounds)
    .values({ duty: 'cadence watch', process: 'one', lastRoundAt: sql`sitrep_now()` })
    .onConflictDoUpdate({ target: [dutyRounds.duty, dutyRounds.process], set: { lastRoundAt: sql`sitrep_now()` } })

it('home says in words that mail, SMS, the page and the watch work, and that nothing is going out', async () => {
  await round()
  expect(await words()).toMatch(
    /Mail Works SMS Works Public page Works Watch over promises Works Going out now nothing/,
  )
})

it('what fails is named with what it means and since when, as /readyz counts it', async () => {
  await round()
  const failingSince = new Date('2026-11-12T13:40:00.000Z')
  await db.insert(channelStates).values({ channel: 'email', failingSince })
  await db.insert(siteTargets).values({ name: '/elsewhere', revision: 0, state: 'failed', publishedAt: failingSince })
  await clock.advance(45_000)
  const said = await words()
  expect(said).toContain('Mail Fails : nothing has got through since 13:40 UTC')
  expect(said).toContain('SMS Works')
  expect(said).toContain('Public page Fails : a place where the page stands cannot be written')
  expect(said).toContain('Watch over promises Fails : last looked 45 s ago; nobody would be alerted')
  const { checks } = await (await house.app.request('http://localhost:3000/readyz')).json()
  expect(checks).toMatchObject({ mail: 'failing', sms: 'ok', publisher: 'failing', cadence_scan: 'last ran 45 s ago' })
})

it('what is going out is counted by channel, apart from what goes later', async () => {
  const person = await house.person('responder')
  const now = await clock(db)
  const row = (channel: 'email' | 'sms', seconds: number) => ({
    id: newId(),
    announcementId: newId(),
    personId: person.id,
    audience: 'internal' as const,
    lane: 'staff' as const,
    priority: 0,
    channel,
    address: 'x',
    nextAttemptAt: new Date(now.getTime() + seconds * 1000),
    expiresAt: new Date(now.getTime() + 3_600_000),
  })
  await db.insert(deliveries).values([row('email', 0), row('email', -5), row('sms', 0), row('email', 600)])
  expect(await words()).toContain('Going out now 2 email, 1 SMS · 1 later')
})
