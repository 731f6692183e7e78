import { createServer, type Socket } from 'node:net'
import { sql } from 'drizzle-orm'
import { describe, expect, inject, it, vi } from 'vitest'
import { openIncident } from '../../api/actions/open-incident.ts'
import { HOUR, MINUTE } from '../../api/domain/duration.ts'
import { deliveries } from '../../db/schema.ts'
import { actingAs, SECRETS, setUpNorthwind } from '../support/acting.ts'
import { afterwards } from '../support/afterwards.ts'
import { dataFolder } from '../support/data-folder.ts'
import { testDatabase } from '../support/database.ts'
import { someEndpoint } from '../support/endpoints.ts'
import { type Entry, type Settings, startEntry } from '../support/entry.ts'
import { freePort } from '../support/port.ts'
import { testReceiver } from '../support/receiver.ts'
import { carriedBy } from '../support/service.ts'
import { type SmtpStep, testSmtp } from '../support/smtp.ts'
import { follow, soon } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })
/** A process takes its time to come up where many others do. */
const PATIENTLY = { timeout: 60_000, interval: 50 }

/** One more process on a database. */
async function startOn({ db }: Awaited<ReturnType<typeof testDatabase>>, settings: Settings): Promise<Entry> {
  const [named] = await db.execute<{ name: string }>(sql`select current_database() as name`)
  const { socketDirectory, user } = inject('testServer')
  return startEntry(await dataFolder(), {
    DATABASE_URL: `postgres:///${named!.name}`,
    PGHOST: socketDirectory,
    PGUSER: user,
    SECRET: SECRETS.join(','),
    ...settings,
  })
}

/** Told to stop it is gone before whoever told it loses patience (standards R23). */
async function endsInTime(entry: Entry): Promise<void> {
  const told = performance.now()
  expect(await entry.end('SIGTERM')).toEqual({ code: 0, signal: null })
  expect(performance.now() - told).toBeLessThan(10_000)
}

describe('a process told to stop while nobody answers it', () => {
  it('ends in time, doubts only what may have arrived, and the next one tells everybody the rest', async () => {
    const world = await testDatabase()
    const { db, clock } = world
    await setUpNorthwind(db)
    const [smtp, twilio, receiver] = [await testSmtp(), await testTwilio(), await testReceiver()]
    // The same words come from both: a carrier is asked after a text by what stood in it.
    const settings = {
      ...carriedBy(smtp, twilio),
      WEBHOOK_ALLOW: receiver.allowed,
      PUBLIC_URL: 'http://localhost:3000',
    }
    const steps: SmtpStep[] = ['rcpt', 'after_dot']
    for (const step of steps) await follow(world, 'email', atCustomer(step))
    await follow(world, 'sms', '+4915112345678')
    await someEndpoint(world, receiver.url('/hook'))
    smtp.temper = (step, to) => (to?.startsWith(step) ? { silent: true } : null)
    twilio.temper = () => ({ silent: true, accept: true })
    receiver.answers('/hook', { silent: true })

    const first = await startOn(world, settings)
    await openIncident(actingAs(db, clock), { title: 'Sign-in fails', severity: 'SEV2', body: 'We look into it.' })
    await soon(() => expect(smtp.recipients).toHaveLength(2))
    await soon(() => expect([smtp.received.length, twilio.sent.length, receiver.received.length]).toEqual([1, 1, 1]))
    await endsInTime(first)
    const left = await db.select().from(deliveries)
    const state = (address: string) => {
      const { state, unknowns } = left.find((row) => row.address.startsWith(address))!
      return [state, unknowns]
    }
    expect(state('rcpt')).toEqual(['failed_for_now', 0])
    expect(state('after_dot')).toEqual(['failed_for_now', 1])
    expect(state('+49')).toEqual(['unknown', 1])
    expect(state('http')).toEqual(['failed_for_now', 0])

    smtp.temper = () => null
    twilio.temper = () => null
    const next = await startOn(world, settings)
    await clock.advance(2 * MINUTE)
    await vi.waitFor(async () => {
      const rows = await db.select().from(deliveries)
      expect(rows.map((row) => row.state).filter((state) => state !== 'accepted' && state !== 'delivered')).toEqual([])
    }, PATIENTLY)
    const told = smtp.received.map(({ to, mail }) => [to[0], mail.messageId])
    expect(told.map(([to]) => to).toSorted()).toEqual(['after_dot', 'after_dot', 'rcpt'].map(atCustomer))
    expect(new Set(told.map(([, id]) => id)).size).toBe(2)
    expect(twilio.sent).toHaveLength(1)
    expect(new Set(receiver.at('/hook').map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    await endsInTime(next)
  })

  it.each([
    ['greets nobody', ''],
    ['greets and says nothing more', '220 mail.northwind.example ESMTP\r\n'],
  ])('ends in time when the mail server %s, and nothing of it is in doubt', async (_how, greeting) => {
    const world = await testDatabase()
    await setUpNorthwind(world.db)
    await follow(world, 'email', 'ada@customer.example')
    const mute = await muteServer(greeting)
    const process = await startOn(world, { SMTP_URL: mute.url, MAIL_FROM: 'status@northwind.example' })
    await openIncident(actingAs(world.db, world.clock), { title: 'Slow', severity: 'SEV2', body: 'We look into it.' })
    await soon(() => expect(mute.guests()).toBeGreaterThan(0))
    await endsInTime(process)
    const [left] = await world.db.select().from(deliveries)
    expect([left!.state, left!.unknowns]).toEqual(['failed_for_now', 0])
    expect(+left!.nextAttemptAt!).toBeLessThan(+(await world.clock.now()) + HOUR)
  })
})

const atCustomer = (name: string): string => `${name}@customer.example`

/** Takes every connection, says this and no more. */
async function muteServer(greeting: string): Promise<{ url: string; guests: () => number }> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => {}))
    socket.write(greeting)
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()))
  afterwards(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { url: `smtp://127.0.0.1:${port}`, guests: () => sockets.length }
}
