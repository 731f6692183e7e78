import { sql } from 'drizzle-orm'
import { expect, it, vi } from 'vitest'
import { databaseClock } from '../../api/clock.ts'
import { holdingNotices } from '../../db/schema.ts'
import { actingAs } from '../support/acting.ts'
import { setTerms } from '../support/holding.ts'
import { killable } from '../support/killable.ts'
import { testSmtp } from '../support/smtp.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 })
const PATIENTLY = { timeout: 60_000, interval: 50 }
const READERS = ['ada', 'ben', 'cem'].map((name) => `${name}@customer.example`)

const smtp = await testSmtp()
const service = await killable(
  { SMTP_URL: smtp.url, MAIL_FROM: 'Northwind Status <status@northwind.example>' },
  READERS,
)
await setTerms(actingAs(service.db, databaseClock), { holding_notice: true })

it('a holding notice is told once, though everything is killed at the deadline and as soon as it is written', async () => {
  await service.post('/incidents', { title: 'Sign-in fails', severity: 'SEV1', body: 'First.' })
  await service.settled()
  const before = smtp.received.length
  await service.db.execute(sql`update test_support.test_clock set moved_by = moved_by + interval '15 minutes'`)
  await service.kill('process')
  await vi.waitFor(async () => expect(await service.db.$count(holdingNotices)).toBe(1), PATIENTLY)
  await service.kill('both')
  await service.settled()
  expect(await service.db.$count(holdingNotices)).toBe(1)
  const letters = smtp.received.slice(before).filter(({ mail }) => mail.text?.startsWith('Automatic notice'))
  expect([...new Set(letters.flatMap(({ to }) => to))].toSorted()).toEqual(READERS)
  // A mail that was on its way when everything was killed may come again, under the same Message-ID (standards R6).
  expect(new Set(letters.map(({ mail }) => mail.messageId)).size).toBe(READERS.length)
})
