import { sql } from 'drizzle-orm'
import { expect, vi } from 'vitest'
import { makeKey } from '../../api/actions/make-key.ts'
import { databaseClock } from '../../api/clock.ts'
import type { Database } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { listen, type Wake, wake } from '../../db/queries/wake.ts'
import { subscribers } from '../../db/schema.ts'
import { actingAs, setUpNorthwind } from './acting.ts'
import { dataFolder } from './data-folder.ts'
import { besides, type Entry, postmasterOf, type Settings, startEntry } from './entry.ts'
import { letTestsMoveTheClock } from './movable-clock.ts'

export type Victim = 'process' | 'database' | 'both'

/** A whole service with readers, made to be killed. */
export interface Killable {
  db: Database
  dataDir: string
  /** Posts to the API; null when no answer came. */
  post(path: string, body: object): Promise<{ status: number; id: string } | null>
  /** Resolves at the next NOTIFY of this kind. */
  next(what: Wake): Promise<void>
  /**
   * kill -9 of the victim, and everything runs again. Answers how many messages were on their way at that moment, or
   * null where nobody is left to say.
   */
  kill(victim: Victim): Promise<number | null>
  /** Resolves when every announcement has reached everybody and every delivery is in a final state. */
  settled(): Promise<void>
}

const PATIENTLY = { timeout: 60_000, interval: 50 }
/** Of a claim, in milliseconds (standards R5). */
const LEASE = 45_000
/** Left of a claim whose holder may still be at work; what took longer was dropped when the database went. */
const YOUNG = sql`interval '35 seconds'`

export async function killable(settings: Settings, addresses: readonly string[]): Promise<Killable> {
  const dataDir = await dataFolder()
  let service: Entry = await startEntry(dataDir, settings)
  const { db } = besides(dataDir)
  await letTestsMoveTheClock(db)
  await setUpNorthwind(db)
  await follow(db, addresses)
  const { key } = await makeKey(actingAs(db, databaseClock), { name: 'poster', role: 'admin' })
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const waiting: { what: Wake; resolve: () => void }[] = []
  await listen(db, (what) => {
    for (const each of waiting) if (each.what === what) each.resolve()
  })
  let killedAt = new Date(0)

  /** Nobody is at work then, so their claims may run out before the next one starts. */
  const killTheProcess = async (): Promise<number> => {
    await service.end('SIGKILL')
    const mine = sql`select 1 from pg_stat_activity where application_name = ${`sitrep service ${service.pid}`}`
    await vi.waitFor(async () => expect(await db.execute(mine)).toHaveLength(0), PATIENTLY)
    const onTheirWay = await count(db, sql`state = 'sending'`)
    killedAt = await databaseClock(db)
    await db.execute(
      sql`update test_support.test_clock set moved_by = moved_by + make_interval(secs => ${LEASE / 1000})`,
    )
    service = await startEntry(dataDir, settings)
    return onTheirWay
  }

  return {
    db,
    dataDir,
    async post(path, body) {
      const init = { method: 'POST', headers, body: JSON.stringify(body) }
      const answer = await fetch(`${service.url}/api/v1${path}`, init).catch(() => null)
      const said = (await answer?.json().catch(() => null)) as { id: string } | null | undefined
      return answer && said ? { status: answer.status, id: said.id } : null
    },
    next: (what) => new Promise((resolve) => waiting.push({ what, resolve })),
    async kill(victim) {
      if (victim === 'process') return killTheProcess()
      process.kill((await postmasterOf(dataDir))!, 'SIGKILL')
      if (victim === 'both') {
        await service.end('SIGKILL')
        service = await startEntry(dataDir, settings)
      }
      killedAt = await vi.waitFor(() => serverStartedAt(db), PATIENTLY)
      return null
    },
    settled: () =>
      vi.waitFor(async () => {
        await passTime(db, killedAt)
        await wake(db, 'deliver')
        expect(await unfinished(db)).toBe(0)
      }, PATIENTLY),
  }
}

/** Readers of everything, who have confirmed already. */
export const follow = (db: Database, addresses: readonly string[]) =>
  db.insert(subscribers).values(
    addresses.map((address) => ({
      id: newId(),
      channel: address.startsWith('+') ? ('sms' as const) : ('email' as const),
      address,
      addressKey: address,
      state: 'active' as const,
      confirmedAt: new Date('2026-01-01T00:00:00Z'),
    })),
  )

/** When the running server started, by the clock that the test moves: whatever was claimed before is nobody's. */
async function serverStartedAt(db: Database): Promise<Date> {
  const [row] = await db.execute<{ at: string }>(
    sql`select pg_postmaster_start_time() + moved_by as at from test_support.test_clock`,
  )
  return new Date(row!.at)
}

async function count(db: Database, which: ReturnType<typeof sql>): Promise<number> {
  const [row] = await db.execute<{ n: number }>(sql`select count(*)::int as n from deliveries where ${which}`)
  return row!.n
}

/** Announcements not told to everybody, and deliveries of which more is to be expected. */
async function unfinished(db: Database): Promise<number> {
  const [row] = await db.execute<{ n: number }>(
    sql`select count(*)::int as n from announcements where fanned_out_at is null`,
  )
  const more = sql`state in ('queued', 'claimed', 'sending', 'failed_for_now')
    or (state = 'unknown' and next_attempt_at is not null)`
  return row!.n + (await count(db, more))
}

/**
 * Moves the database's clock to when the next row is due again, or a claim of the killed runs out. Never while anybody
 * alive is at work: their claims would run out as well. The table is locked, so that nobody claims in between.
 */
const passTime = (db: Database, killedAt: Date): Promise<unknown> =>
  db.transaction(async (tx) => {
    await tx.execute(sql`lock table deliveries in share row exclusive mode`)
    const ofTheKilled = new Date(killedAt.getTime() + LEASE).toISOString()
    await tx.execute(sql`
      with facts as (
        select bool_or(lease_until > greatest(${ofTheKilled}::timestamptz, sitrep_now() + ${YOUNG})) as alive,
               least(min(lease_until), min(next_attempt_at) filter (where next_attempt_at > sitrep_now())) as due
        from deliveries where state in ('claimed', 'sending', 'failed_for_now', 'unknown')
      )
      update test_support.test_clock set moved_by = moved_by + greatest(due - sitrep_now(), interval '0')
      from facts where due is not null and alive is not true`)
  })
