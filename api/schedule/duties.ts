import { lt, sql } from 'drizzle-orm'
import type { Database } from '../../db/client.ts'
import { untilNextDue } from '../../db/queries/due.ts'
import { dutyRounds, idempotencyKeys, rateLimits } from '../../db/schema.ts'
import type { Acting } from '../actions/acting.ts'
import { alertSilence } from '../actions/alert-silence.ts'
import { markLate } from '../actions/mark-late.ts'
import { HOUR } from '../domain/duration.ts'
import type { Duty } from './loop.ts'

/**
 * Everything that happens because time passes, on one page. Carrying and publishing are woken by what is written and
 * look after themselves (`api/delivery`, `api/publish`).
 *
 *   cadence watch   at the nearest rung, at most every second   late promises reach the page, the ladder is climbed
 *   housekeeping    every hour                                  answers of old idempotency keys and spent limits go
 */
export const duties = (acting: Acting, db: Database, processName: string): Duty[] => [
  cadenceWatch(acting, db, processName),
  housekeeping(db),
]

const WATCH_AT_MOST = 1000
/** What is due already is held by somebody's post in hand; look again when that may be done. */
const WATCH_AT_LEAST = 20

/** Due times are read from the database's clock, so wrong clocks of single machines change nothing (standards R14). */
const cadenceWatch = (acting: Acting, db: Database, processName: string): Duty => ({
  name: 'cadence watch',
  atMost: WATCH_AT_MOST,
  async round() {
    await markLate(acting)
    await alertSilence(acting)
    await noteRound(db, 'cadence watch', processName)
    return Math.max((await untilNextDue(db)) ?? WATCH_AT_MOST, WATCH_AT_LEAST)
  },
})

const housekeeping = (db: Database): Duty => ({
  name: 'housekeeping',
  atMost: HOUR,
  async round() {
    await db.delete(idempotencyKeys).where(lt(idempotencyKeys.createdAt, sql`sitrep_now() - interval '24 hours'`))
    await db.delete(rateLimits).where(lt(rateLimits.expire, sql`sitrep_now() - interval '1 hour'`))
    await db.delete(dutyRounds).where(lt(dutyRounds.lastRoundAt, sql`sitrep_now() - interval '1 day'`))
    return HOUR
  },
})

/** Tells everybody that the watch is alive (standards R17); every five seconds is enough for a limit of thirty. */
async function noteRound(db: Database, duty: string, processName: string): Promise<void> {
  await db
    .insert(dutyRounds)
    .values({ duty, process: processName, lastRoundAt: sql`sitrep_now()` })
    .onConflictDoUpdate({
      target: [dutyRounds.duty, dutyRounds.process],
      set: { lastRoundAt: sql`sitrep_now()` },
      setWhere: lt(dutyRounds.lastRoundAt, sql`sitrep_now() - interval '5 seconds'`),
    })
}
