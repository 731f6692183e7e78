import { sql } from 'drizzle-orm'
import { describe, expect, inject, it, vi } from 'vitest'
import { makeKey } from '../../api/actions/make-key.ts'
import { MINUTE } from '../../api/domain/duration.ts'
import { closeDatabase, openDatabase } from '../../db/client.ts'
import { actingAs, SECRETS, setUpNorthwind, somePerson } from '../support/acting.ts'
import { afterwards } from '../support/afterwards.ts'
import { dataFolder } from '../support/data-folder.ts'
import { testDatabase } from '../support/database.ts'
import { INSTALLING } from '../support/debian-tools.ts'
import { type Entry, spawnEntry, startEntry } from '../support/entry.ts'
import { type Pooler, poolerBefore } from '../support/pooler.ts'
import { freePort } from '../support/port.ts'
import { testSmtp } from '../support/smtp.ts'
import { askForNoBriefings, follow, soon } from '../support/storytelling.ts'

vi.setConfig({ testTimeout: INSTALLING, hookTimeout: INSTALLING })
/** A process takes its time to come up where many others do. */
const PATIENTLY = { timeout: 60_000, interval: 50 }

/** Behind PgBouncer in transaction mode no NOTIFY arrives and no session keeps anything: looking regularly carries all. */
const { db, connection, clock } = await testDatabase()
const smtp = await testSmtp()
await setUpNorthwind(db)
const commander = await somePerson(db, 'commander', 'Priya', { phone: null })
const { key } = await makeKey(actingAs(db, clock), { name: 'poster', role: 'admin' })
await follow({ db }, 'email', 'ada@customer.example')

const pooler = () => poolerBefore(inject('testServer'), (connection as { database: string }).database)
const settings = ({ url }: Pooler) => ({
  DATABASE_URL: url,
  SECRET: SECRETS.join(','),
  SMTP_URL: smtp.url,
  MAIL_FROM: 'status@northwind.example',
})
const start = async (through: Pooler): Promise<Entry> => startEntry(await dataFolder(), settings(through))

const asking = ({ url }: Entry) => ({
  async api(method: string, path: string, body?: unknown) {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const answer = await fetch(`${url}/api/v1${path}`, { method, headers, body: body ? JSON.stringify(body) : null })
    return { status: answer.status, headers: answer.headers, body: await answer.json() }
  },
})
const readers = () => smtp.received.map(({ to }) => to[0])

/** Told to stop it is gone, in order and by itself, before whoever told it loses patience (standards R23). */
async function endsInTime(entry: Pick<Entry, 'end'>): Promise<void> {
  const told = performance.now()
  expect(await entry.end('SIGTERM')).toEqual({ code: 0, signal: null })
  expect(performance.now() - told).toBeLessThan(10_000)
}

describe('behind a transaction pooler', () => {
  it('whatever is asked at once is answered, in transactions and outside', async () => {
    const pool = openDatabase({ url: (await pooler()).url }, 'sitrep behind a pooler', 5)
    afterwards(() => closeDatabase(pool))
    const together = Array.from({ length: 100 }, (_, n) =>
      Promise.all([
        pool.execute(sql`select 1`),
        pool.execute(sql`select ${n}::int as n`),
        pool.transaction((tx) => Promise.all([tx.execute(sql`select 2`), tx.execute(sql`select ${n}::int as n`)])),
      ]),
    )
    expect(await Promise.all(together)).toHaveLength(100)
  })

  it('two processes post, publish, tell and alert, each thing once, and say why it takes seconds', async () => {
    const services = [await start(await pooler()), await start(await pooler())] as const
    const { api } = asking(services[0])
    await askForNoBriefings({ api })
    const opened = await api('POST', '/incidents', {
      title: 'Sign-in fails',
      severity: 'SEV1',
      body: 'Some customers cannot sign in.',
      commander_id: commander.id,
    })
    expect(opened.status).toBe(201)
    for (const { url } of services)
      await soon(async () => expect(await (await fetch(url)).text()).toContain('Some customers cannot sign in.'))
    await soon(() => expect(readers()).toEqual(['ada@customer.example']))

    await clock.advance(15 * MINUTE + 1)
    await soon(() => expect(readers()).toEqual(['ada@customer.example', commander.email]))
    await soon(async () => expect(await (await fetch(services[1].url)).text()).toContain('is late'))

    const resolved = { status: 'resolved', body: 'All is well again.' }
    expect((await api('POST', `/incidents/${opened.body.id}/updates`, resolved)).status).toBe(201)
    await soon(() => expect(readers()).toEqual(['ada@customer.example', commander.email, 'ada@customer.example']))
    for (const service of services) {
      expect(service.printed().match(/No NOTIFY comes through/g)).toHaveLength(1)
      expect(await service.end('SIGINT')).toEqual({ code: 0, signal: null })
    }
    expect(readers()).toHaveLength(3)
  })

  it('a process ends in time when the pooler has fallen silent, and says what it had to leave', async () => {
    const through = await pooler()
    const service = await start(through)
    through.fallSilent()
    const posting = asking(service).api('POST', '/components', { name: 'Search' })
    posting.catch(() => {})
    await endsInTime(service)
    expect(service.printed()).toContain('did not end in time')
    await expect(posting).rejects.toThrow()
  })

  it('a process that waits for a silent pooler to let it in ends in time', async () => {
    const through = await pooler()
    through.fallSilent()
    const port = await freePort()
    const entry = spawnEntry({ DATA_DIR: await dataFolder(), PORT: String(port), ...settings(through) })
    await vi.waitFor(async () => expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(503), PATIENTLY)
    await endsInTime(entry)
  })
})
