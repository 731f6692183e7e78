import { describe, expect, it } from 'vitest'
import { openApp } from '../../api/http/app.ts'
import { trustedProxies } from '../../api/http/client-address.ts'
import { silentLog } from '../../api/log.ts'
import { openMetrics } from '../../api/service/metrics.ts'
import { closeDatabase, openDatabase } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { measuresOf } from '../../db/queries/measures.ts'
import { announcements, deliveries, people } from '../../db/schema.ts'
import { testDatabase } from '../support/database.ts'
import { readPrometheus } from '../support/prometheus.ts'
import { testWorld } from '../support/world.ts'

const house = await testWorld()
const TOKEN = 'a token for the scraper'
const { access: _, ...measuring } = house.world.metrics

/** Asks from an address, of a service that lets in whom `access` says. */
const ask = (access: 'loopback' | 'closed' | { token: string }, peer: string, headers: Record<string, string> = {}) => {
  const app = openApp({
    ...house.world,
    trusted: trustedProxies(['10.0.0.1']),
    metrics: { ...measuring, access },
  })
  const connection = { incoming: { socket: { remoteAddress: peer } } }
  return app.request('http://localhost:3000/metrics', { headers }, connection)
}

describe('metrics', () => {
  it.each([
    ['the token opens them to whoever sends it', { token: TOKEN }, '198.51.100.7', `Bearer ${TOKEN}`, 200],
    ['another token does not', { token: TOKEN }, '198.51.100.7', 'Bearer another', 401],
    ['with a token set, this machine has to send it as well', { token: TOKEN }, '127.0.0.1', null, 404],
    ['without one, this machine may', 'loopback' as const, '127.0.0.1', null, 200],
    ['without one, this machine may by IPv6', 'loopback' as const, '::1', null, 200],
    ['without one, nobody else may', 'loopback' as const, '198.51.100.7', null, 404],
    ['behind a proxy nobody may without a token', 'closed' as const, '127.0.0.1', null, 404],
  ])('%s', async (_title, access, peer, authorization, status) => {
    const answer = await ask(access, peer, authorization ? { authorization } : {})
    expect(answer.status).toBe(status)
    expect((await answer.text()).includes('sitrep_open_incidents')).toBe(status === 200)
  })

  it('are not opened by a forged address', async () => {
    const forwarded = { 'x-forwarded-for': '127.0.0.1' }
    expect((await ask('loopback', '198.51.100.7', forwarded)).status).toBe(404)
    expect((await ask('loopback', '10.0.0.1', { 'x-forwarded-for': '127.0.0.1, 198.51.100.7' })).status).toBe(404)
  })

  it('are asked of the database once a second at most, however many want to know', async () => {
    const { db } = await testDatabase()
    let asked = 0
    const counting = new Proxy(db, {
      get: (target, name, self) => {
        if (name === 'execute') asked += 1
        return Reflect.get(target, name, self)
      },
    })
    const { scrape } = openMetrics(counting, silentLog())
    await Promise.all(Array.from({ length: 20 }, scrape))
    expect(asked).toBeLessThan(10)
  })

  it('tell of the process alone while the database is away', async () => {
    const gone = openDatabase({ socketDirectory: '/nowhere', user: 'nobody', database: 'none' }, 'sitrep test', 1)
    const text = await openMetrics(gone, silentLog()).scrape()
    await closeDatabase(gone)
    const families = readPrometheus(text)
    expect(families.get('sitrep_database_up')?.samples[0]?.value).toBe(0)
    expect(families.get('sitrep_open_incidents')?.samples).toEqual([])
    expect(families.get('process_resident_memory_bytes')?.samples).toHaveLength(1)
  })
})

describe('the oldest delivery that could have gone out', () => {
  it('is not one that waits for its own time, and is one that was tried in vain', async () => {
    const { db, clock } = await testDatabase()
    const now = new Date('2026-11-12T14:00:00Z')
    await clock.set(now)
    const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000)
    const expiresAt = minutesAgo(-600)
    const [id, personId] = [newId(), newId()]
    await db.insert(people).values({ id: personId, name: 'Ada', email: 'ada@northwind.example', role: 'admin' })
    const told = { audience: 'internal', priority: 0, expiresAt } as const
    const row = (given: Partial<typeof deliveries.$inferInsert>) => ({
      ...told,
      id: newId(),
      announcementId: id,
      personId,
      lane: 'staff' as const,
      channel: 'email' as const,
      address: 'ada@northwind.example',
      ...given,
    })
    await db.insert(announcements).values({ ...told, id, kind: 'test', createdAt: minutesAgo(90) })
    await db
      .insert(deliveries)
      .values([
        row({ queuedAt: minutesAgo(90), nextAttemptAt: minutesAgo(-30) }),
        row({ channel: 'sms', queuedAt: minutesAgo(45), nextAttemptAt: minutesAgo(-1), state: 'failed_for_now' }),
        row({ channel: 'webhook', queuedAt: minutesAgo(90), nextAttemptAt: minutesAgo(2) }),
      ])
    expect((await measuresOf(db)).oldest).toEqual({ email: 0, sms: 2700, webhook: 120, slack: 0, teams: 0 })
  })
})
