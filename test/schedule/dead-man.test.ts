import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sql } from 'drizzle-orm'
import { afterAll, expect, it } from 'vitest'
import { MINUTE } from '../../api/domain/duration.ts'
import { deadMan } from '../../api/schedule/dead-man.ts'
import { newId } from '../../db/ids.ts'
import { dutyRounds, restores } from '../../db/schema.ts'
import { testDatabase } from '../support/database.ts'

const { db, clock } = await testDatabase()
const heard: string[] = []
let status = 200
const server = createServer((request, response) => {
  heard.push(`${request.method} ${request.url}`)
  response.writeHead(status).end('OK')
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
afterAll(() => new Promise((resolve) => server.close(resolve)))
let now = 0
const duty = deadMan(db, `http://127.0.0.1:${(server.address() as AddressInfo).port}/ping`, () => now)
/** A minute later, or after that time; answers how often the watchman heard of us. */
const pings = async (wait = MINUTE) => {
  now += wait
  const before = heard.length
  await duty.round()
  return heard.length - before
}

it('tells the watchman once a minute that the cadence watch goes round, and nothing once it stands still', async () => {
  expect(await pings()).toBe(0)
  const round = { duty: 'cadence watch', process: 'one', lastRoundAt: sql`sitrep_now()` }
  await db.insert(dutyRounds).values(round)
  expect(await pings()).toBe(1)
  expect(heard).toEqual(['GET /ping'])
  expect(await pings(1_000)).toBe(0)
  expect(await pings()).toBe(1)
  await clock.advance(31_000)
  expect(await pings()).toBe(0)
  await db.update(dutyRounds).set({ lastRoundAt: sql`sitrep_now()` })
  expect(await pings()).toBe(1)
})

it('says nothing while a restored database is held: nobody would be alerted', async () => {
  await db.insert(restores).values({ id: newId(), takenAt: await clock.now() })
  expect(await pings()).toBe(0)
  await db.update(restores).set({ releasedAt: await clock.now() })
  expect(await pings()).toBe(1)
})

it('fails its round when it is not heard, and tries again after a minute', async () => {
  status = 503
  await expect(pings()).rejects.toThrow('DEADMAN_URL answered 503.')
  status = 200
  expect(await pings()).toBe(1)
})
