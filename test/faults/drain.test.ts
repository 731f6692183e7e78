import { sql } from 'drizzle-orm'
import { expect, inject, it, vi } from 'vitest'
import { openIncident } from '../../api/actions/open-incident.ts'
import { newId } from '../../db/ids.ts'
import { deliveries, subscribers } from '../../db/schema.ts'
import { actingAs, SECRETS, setUpNorthwind } from '../support/acting.ts'
import { dataFolder } from '../support/data-folder.ts'
import { testDatabase } from '../support/database.ts'
import { type Entry, startEntry } from '../support/entry.ts'
import { testSmtp } from '../support/smtp.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

const READERS = 150
/** Milliseconds that the mail server takes over each recipient: many messages are under way at any moment. */
const SLOW = 100
const PATIENTLY = { timeout: 60_000, interval: 50 }

const { db, clock } = await testDatabase()
const smtp = await testSmtp({ onRcptTo: (_address, _session, done) => void setTimeout(done, SLOW) })
await setUpNorthwind(db)
await db.insert(subscribers).values(
  Array.from({ length: READERS }, (_, n) => ({
    id: newId(),
    channel: 'email' as const,
    address: `reader${n}@customer.example`,
    addressKey: `reader${n}@customer.example`,
    state: 'active' as const,
    confirmedAt: new Date('2026-01-01T00:00:00Z'),
  })),
)
const [named] = await db.execute<{ name: string }>(sql`select current_database() as name`)

/** One more process on the same database. */
async function process(): Promise<Entry> {
  const { socketDirectory, user } = inject('testServer')
  return startEntry(await dataFolder(), {
    DATABASE_URL: `postgres:///${named!.name}`,
    PGHOST: socketDirectory,
    PGUSER: user,
    SECRET: SECRETS.join(','),
    SMTP_URL: smtp.url,
    MAIL_FROM: 'status@northwind.example',
  })
}

const speak = () =>
  openIncident(actingAs(db, clock), { title: 'Sign-in fails', severity: 'SEV2', body: 'We look into it.' })
const count = async (...states: (typeof deliveries.$inferSelect)['state'][]) => {
  const rows = await db.select({ state: deliveries.state }).from(deliveries)
  return rows.filter(({ state }) => states.includes(state)).length
}
const expectNoRepeat = () => {
  const ids = smtp.received.map(({ mail }) => mail.messageId)
  expect(ids.length - new Set(ids).size).toBe(0)
}

it('finishes what is under way when told to stop, and gives back at once what it had only claimed', async () => {
  const only = await process()
  await speak()
  await smtp.waitFor(20)
  expect((await only.end('SIGTERM')).code).toBe(0)
  expect(await count('claimed', 'sending', 'unknown', 'failed_for_now')).toBe(0)
  expect(await count('accepted')).toBe(smtp.received.length)
  expect(await count('accepted', 'queued')).toBe(READERS)
  expect(smtp.received.length).toBeLessThan(READERS)
  expectNoRepeat()
})

it('tells everybody once while its processes are restarted one after the other', async () => {
  const first = await process()
  const second = await process()
  const before = smtp.received.length
  await speak()
  await smtp.waitFor(before + 20)
  const ended = first.end('SIGTERM')
  const third = await process()
  expect((await ended).code).toBe(0)
  expect((await second.end('SIGTERM')).code).toBe(0)
  await vi.waitFor(async () => expect(await count('accepted')).toBe(2 * READERS), PATIENTLY)
  expect(smtp.received).toHaveLength(2 * READERS)
  expectNoRepeat()
  await third.end('SIGTERM')
})
