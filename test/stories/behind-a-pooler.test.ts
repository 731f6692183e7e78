import { expect, inject, it, vi } from 'vitest'
import { makeKey } from '../../api/actions/make-key.ts'
import { MINUTE } from '../../api/domain/duration.ts'
import { actingAs, SECRETS, setUpNorthwind, somePerson } from '../support/acting.ts'
import { dataFolder } from '../support/data-folder.ts'
import { testDatabase } from '../support/database.ts'
import { INSTALLING } from '../support/debian-tools.ts'
import { startEntry } from '../support/entry.ts'
import { poolerBefore } from '../support/pooler.ts'
import { testSmtp } from '../support/smtp.ts'
import { follow, soon } from '../support/storytelling.ts'

vi.setConfig({ testTimeout: INSTALLING, hookTimeout: INSTALLING })

/** Behind PgBouncer in transaction mode no NOTIFY arrives and no session keeps anything: looking regularly carries all. */
const { db, connection, clock } = await testDatabase()
const smtp = await testSmtp()
await setUpNorthwind(db)
const commander = await somePerson(db, 'commander', 'Priya', { phone: null })
const { key } = await makeKey(actingAs(db, clock), { name: 'poster', role: 'admin' })
await follow({ db }, 'email', 'ada@customer.example')
const start = async () =>
  startEntry(await dataFolder(), {
    DATABASE_URL: await poolerBefore(inject('testServer'), (connection as { database: string }).database),
    SECRET: SECRETS.join(','),
    SMTP_URL: smtp.url,
    MAIL_FROM: 'status@northwind.example',
  })

it('behind a transaction pooler two processes post, publish, tell and alert, each thing once', async () => {
  const services = [await start(), await start()]
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const ask = (path: string, body: object) =>
    fetch(`${services[0]!.url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  const opened = await ask('/incidents', {
    title: 'Sign-in fails',
    severity: 'SEV1',
    body: 'Some customers cannot sign in.',
    commander_id: commander.id,
  })
  expect(opened.status).toBe(201)
  const { id } = (await opened.json()) as { id: string }
  for (const { url } of services)
    await soon(async () => expect(await (await fetch(url)).text()).toContain('Some customers cannot sign in.'))
  await soon(() => expect(readers()).toEqual(['ada@customer.example']))

  await clock.advance(15 * MINUTE + 1)
  await soon(() => expect(readers()).toEqual(['ada@customer.example', commander.email]))
  await soon(async () => expect(await (await fetch(services[1]!.url)).text()).toContain('is late'))

  expect((await ask(`/incidents/${id}/updates`, { status: 'resolved', body: 'All is well again.' })).status).toBe(201)
  await soon(() => expect(readers()).toEqual(['ada@customer.example', commander.email, 'ada@customer.example']))
  for (const service of services) expect(await service.end('SIGINT')).toEqual({ code: 0, signal: null })
  expect(readers()).toHaveLength(3)
})

const readers = () => smtp.received.map(({ to }) => to[0])
