import { sql } from 'drizzle-orm'
import { expect, it, vi } from 'vitest'
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

it.each(['process', 'both'] as const)(
  'a held update outlives kill -9 (%s) between its posting and its release, and goes out once',
  async (victim) => {
    const { id } = (await service.post('/incidents', { title: `Killed ${victim}`, severity: 'SEV1', body: 'First.' }))!
    await service.settled()
    const before = smtp.received.length
    const held = (await service.post(`/incidents/${id}/updates`, { body: `Held through ${victim}.`, hold: 'PT2M' }))!
    expect(held.status).toBe(201)
    await service.kill(victim)
    await service.db.execute(sql`update test_support.test_clock set moved_by = moved_by + interval '2 minutes'`)
    const stateOf = async () => {
      const rows = await service.db.execute<{ state: string }>(sql`select state from updates where id = ${held.id}`)
      return rows[0]?.state
    }
    await vi.waitFor(async () => expect(await stateOf()).toBe('published'), PATIENTLY)
    await service.settled()
    const letters = smtp.received.slice(before)
    expect(letters.flatMap(({ to }) => to).toSorted()).toEqual(READERS)
    for (const { mail } of letters) expect(mail.text).toContain(`Held through ${victim}.`)
    const [counts] = await service.db.execute<{ told: number; seq: number }>(sql`
      select (select count(*)::int from announcements where incident_id = ${id} and kind = 'update') as told,
             (select update_seq from incidents where id = ${id}) as seq`)
    expect(counts).toEqual({ told: 2, seq: 2 })
  },
)
