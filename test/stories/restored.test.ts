import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { and, eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { openIncident } from '../../api/actions/open-incident.ts'
import { fanOutStep } from '../../api/delivery/fan-out.ts'
import { restoreBackup } from '../../db/backup/restore.ts'
import { takeBackup } from '../../db/backup/take.ts'
import { claimDeliveries, takeTurn } from '../../db/queries/deliveries.ts'
import { alerts, auditLog, deliveries, restores } from '../../db/schema.ts'
import { actingAs, setUpNorthwind } from '../support/acting.ts'
import { testDatabase } from '../support/database.ts'
import { wordsOf } from '../support/forms.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { follow, post, signIn, soon, staff } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const HOUR = 3_600_000
const READERS = ['ada', 'ben', 'cem'].map((name) => `${name}@customer.example`)

/** A database in the middle of an incident: something waits, something is just on its way. */
async function inTheMiddle() {
  const source = await testDatabase()
  const { db, clock } = source
  await setUpNorthwind(db)
  const admin = await staff(source as never, 'admin', 'Ada Admin')
  for (const address of READERS) await follow(source, 'email', address)
  const acting = actingAs(db, clock)
  const worst = await openIncident(acting, { title: 'Sign-in fails', severity: 'SEV1', body: 'We look into it.' })
  const mild = await openIncident(acting, { title: 'Typos in the docs', severity: 'SEV4', body: 'We mend them.' })
  while (await fanOutStep(db, ['email', 'sms']));
  const onTheirWay = await claimDeliveries(db, { channel: 'email', lane: 'public', count: 5, moreUrgentThan: null })
  const [claimed, sending] = onTheirWay.filter(({ incidentId }) => incidentId === mild.id)
  expect(claimed).toBeDefined()
  await takeTurn(db, [], [sending!])
  const chunks: Buffer[] = []
  for await (const chunk of takeBackup(db, [])) chunks.push(chunk)
  return { admin, worst, mild, chunks, takenAt: await clock.now() }
}

const { admin, worst, mild, chunks } = await inTheMiddle()
const smtp = await testSmtp()

/** Two hours later, on another machine. */
const story = await startStory(carriedBy(smtp, await testTwilio()), async ({ db, clock }) => {
  async function* backup() {
    yield* chunks
  }
  await clock.advance(2 * HOUR)
  await restoreBackup(db, backup(), { seals: null })
})
const stateOf = (incidentId: string) =>
  story.db
    .select({ state: deliveries.state })
    .from(deliveries)
    .where(and(eq(deliveries.incidentId, incidentId), eq(deliveries.audience, 'public')))
const page = join(story.folder, 'site', 'index.html')

it('sends, publishes and alerts nothing from a database that was restored two hours later', async () => {
  expect((await stateOf(worst.id)).map(({ state }) => state)).toEqual(['expired', 'expired', 'expired'])
  await story.later(60_000)
  await soon(async () => {
    const states = (await stateOf(mild.id)).map(({ state }) => state)
    expect(states.toSorted()).toEqual(['failed_for_now', 'queued', 'queued'])
  })
  const { body } = await story.api('POST', '/incidents', { title: 'News', severity: 'SEV1', body: 'Said meanwhile.' })
  await soon(async () => expect(await stateOf(body.id)).toHaveLength(3))
  await story.api('POST', `/incidents/${body.id}/updates`, { status: 'resolved', body: 'It works.' })
  await story.later(1_000)
  expect(smtp.received).toEqual([])
  expect(await story.db.select().from(alerts)).toEqual([])
  await expect(access(page)).rejects.toThrow()
})

it('says so to whoever asks whether it is ready, and on every screen; only an admin is led to the release', async () => {
  const ready = await story.visit('/readyz')
  expect(ready.status).toBe(503)
  expect(((await ready.json()) as { checks: Record<string, string> }).checks.queue).toContain('waits for its release')
  const cookie = await signIn(story, admin.email)
  const home = await (await story.visit('/console', { headers: { cookie } })).text()
  expect(wordsOf(home)).toContain('Nothing is sent, published or alerted until an admin releases it.')
  expect(home).toContain('href="/console/release"')
  const viewer = await signIn(story, (await staff(story, 'viewer', 'Vic')).email)
  const theirs = await (await story.visit('/console', { headers: { cookie: viewer } })).text()
  expect(wordsOf(theirs)).toContain('Restored from a backup of')
  expect(theirs).not.toContain('/console/release')
})

it('is released by an admin, with what still is news, one alert for each incident, and the page', async () => {
  const cookie = await signIn(story, admin.email)
  const screen = wordsOf(await (await story.visit('/console/release', { headers: { cookie } })).text())
  expect(screen).toContain('2 incidents are open in it.')
  const headers = { cookie, origin: story.url }
  const undecided = await post(story, '/console/release', {}, headers)
  expect(undecided.status).toBe(422)
  const done = await post(story, '/console/release', { waiting: 'send' }, headers)
  expect(done.headers.get('location')).toBe('/console?notice=released')
  await soon(async () => {
    const states = (await stateOf(mild.id)).map(({ state }) => state)
    expect(states).toEqual(['accepted', 'accepted', 'accepted'])
  })
  const ofSilence = and(eq(alerts.audience, 'public'), eq(alerts.incidentId, worst.id))
  await soon(async () => expect(await story.db.$count(alerts, ofSilence)).toBe(1))
  await soon(() => access(page))
  await soon(async () => expect((await story.visit('/readyz')).status).toBe(200))
  const toReaders = smtp.received.filter(({ to }) => READERS.includes(to[0]!))
  const about = (title: string) => toReaders.filter(({ mail }) => mail.subject?.includes(title))
  expect(about('Sign-in fails')).toEqual([])
  expect(about('Typos in the docs')).toHaveLength(3)
})

it('is in the audit, and is not released twice', async () => {
  const acts = await story.db.select().from(auditLog).where(eq(auditLog.action, 'restore.released'))
  expect(acts).toMatchObject([{ actorName: 'Ada Admin', actorKind: 'person', after: { dropped: 0 } }])
  expect(await story.db.select().from(restores)).toMatchObject([{ releasedBy: admin.id }])
  const headers = { cookie: await signIn(story, admin.email), origin: story.url }
  expect((await post(story, '/console/release', { waiting: 'drop' }, headers)).status).toBe(409)
})
