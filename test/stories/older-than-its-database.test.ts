import { sql } from 'drizzle-orm'
import { expect, it, vi } from 'vitest'
import { postUpdate } from '../../api/actions/post-update.ts'
import { HOUR } from '../../api/domain/duration.ts'
import { deliveries } from '../../db/schema.ts'
import { actingAs } from '../support/acting.ts'
import { wordsOf } from '../support/forms.ts'
import { startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { follow, pageWords, secondService, signIn, soon, staff } from '../support/storytelling.ts'

vi.setConfig({ testTimeout: 120_000 })

const smtp = await testSmtp()
const MAIL = { SMTP_URL: smtp.url, MAIL_FROM: 'status@northwind.example' }
const story = await startStory(MAIL)
await follow(story, 'email', 'ada@customer.example')
const admin = await staff(story, 'admin', 'Priya')
const OLDER = 'This process is older than its database: a newer version has made a change of the schema'

/** What a newer version does when it starts, and what its going back takes away again. */
const newerVersionStarts = () =>
  story.db.execute(sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('newer', 9999999999999)`)
const newerVersionIsTakenBack = () =>
  story.db.execute(sql`delete from drizzle.__drizzle_migrations where hash = 'newer'`)

it('a process that a newer version has overtaken shows the page, says why, and writes and sends nothing more', async () => {
  const cookie = await signIn(story, admin.email)
  const declared = { title: 'Sign-in fails', severity: 'SEV1', body: 'Some cannot sign in.' }
  const { body: incident } = await story.api('POST', '/incidents', declared)
  await soon(async () => expect(await pageWords(story, '/')).toContain('Some cannot sign in.'))
  await smtp.waitFor(1)

  await newerVersionStarts()
  await soon(async () => expect((await story.visit('/readyz')).status).toBe(503))
  const said = (await (await story.visit('/readyz')).json()).checks.database
  expect(said).toContain(OLDER)
  expect(await (await story.visit('/healthz')).json()).toEqual({ status: 'ok', detail: said })
  expect(await story.api('POST', '/incidents', declared)).toMatchObject({ status: 503, body: { detail: said } })
  const room = await story.visit(`/console/incidents/${incident.id}`, { headers: { cookie } })
  expect([room.status, wordsOf(await room.text())]).toEqual([503, expect.stringContaining(said)])
  expect(await pageWords(story, '/')).toContain('Some cannot sign in.')
  expect(story.logged.filter((line) => line.includes(OLDER))).toHaveLength(1)

  await soon(() => expect(story.logged.some((line) => line.includes('stands still'))).toBe(true))
  await postUpdate(actingAs(story.db, story.clock), incident.id, { body: 'We found out why.' })
  await story.later(HOUR)
  await story.service.stop()
  expect(smtp.received).toHaveLength(1)
  expect(await story.db.select().from(deliveries)).toHaveLength(1)
})

it('the next process that knows the schema tells what was left untold', async () => {
  await newerVersionIsTakenBack()
  const url = await secondService(story, MAIL)
  await soon(async () => expect(wordsOf(await (await fetch(url)).text())).toContain('We found out why.'))
  await soon(() => expect(smtp.received.filter(({ to }) => to[0] === admin.email)).not.toHaveLength(0))
})
