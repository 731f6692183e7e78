import { expect, it, vi } from 'vitest'
import { makeKey } from '../../api/actions/make-key.ts'
import { MINUTE } from '../../api/domain/duration.ts'
import { actingAs, SECRETS, setUpNorthwind, somePerson } from '../support/acting.ts'
import { dataFolder } from '../support/data-folder.ts'
import { testDatabase } from '../support/database.ts'
import { INSTALLING } from '../support/debian-tools.ts'
import { startEntry } from '../support/entry.ts'
import { testSmtp } from '../support/smtp.ts'
import { soon } from '../support/storytelling.ts'
import { wrongClock } from '../support/wrong-clock.ts'

vi.setConfig({ testTimeout: INSTALLING, hookTimeout: INSTALLING })

/** Standards R13, R20: two machines that disagree by twenty minutes, and neither is right. */
const { db, connection, clock } = await testDatabase()
const smtp = await testSmtp()
await setUpNorthwind(db)
const commander = await somePerson(db, 'commander', 'Priya', { phone: null })
const { key } = await makeKey(actingAs(db, clock), { name: 'poster', role: 'admin' })
const { socketDirectory, user, database } = connection as { socketDirectory: string; user: string; database: string }
const start = async (by: string) =>
  startEntry(await dataFolder(), {
    DATABASE_URL: `postgres:///${database}`,
    PGHOST: socketDirectory,
    PGUSER: user,
    SECRET: SECRETS.join(','),
    SMTP_URL: smtp.url,
    MAIL_FROM: 'status@northwind.example',
    ...(await wrongClock(by)),
  })

it('clocks of machines that are ten minutes wrong change no promise and no alert, and are warned of', async () => {
  const fast = await start('+10m')
  const slow = await start('-10m')
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const incident = { title: 'Sign-in fails', severity: 'SEV1', body: 'It fails.', commander_id: commander.id }
  const opened: { id: string; next_update_due_at: string }[] = []
  const before = await clock.now()
  for (const { url } of [fast, slow]) {
    const answer = await fetch(`${url}/api/v1/incidents`, { method: 'POST', headers, body: JSON.stringify(incident) })
    opened.push((await answer.json()) as { id: string; next_update_due_at: string })
  }
  for (const { next_update_due_at } of opened) {
    const promised = new Date(next_update_due_at).getTime()
    expect(promised).toBeGreaterThanOrEqual(before.getTime() + 15 * MINUTE)
    expect(promised).toBeLessThanOrEqual((await clock.now()).getTime() + 15 * MINUTE)
  }
  await clock.advance(10 * MINUTE)
  await soon(async () => expect(await (await fetch(`${fast.url}/readyz`)).json()).toBeTruthy())
  expect(smtp.received).toHaveLength(0)
  await clock.advance(5 * MINUTE)
  await soon(() => expect(told()).toHaveLength(2))
  expect(smtp.received.every(({ to }) => to[0] === commander.email)).toBe(true)
  const { data } = (await (
    await fetch(`${slow.url}/api/v1/incidents/${opened[0]!.id}/alerts`, { headers })
  ).json()) as { data: { rung: string; audience: string }[] }
  expect(data.filter(({ audience }) => audience === 'public')).toHaveLength(1)
  for (const service of [fast, slow]) {
    expect(service.printed()).toMatch(/clock is (ahead of|behind) the database/)
    await service.end('SIGINT')
  }
})

/** Alerts of public silence; executives are briefed by a clock of their own. */
const told = () => smtp.received.filter(({ mail }) => mail.text!.includes('an update was promised'))
