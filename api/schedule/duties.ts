import { lt, sql } from 'drizzle-orm'
import type { Database } from '../../db/client.ts'
import { untilNextBriefingDue } from '../../db/queries/briefing-clocks.ts'
import { untilMidnight, untilNextDue, untilNextMaintenanceStep, untilNextRelease } from '../../db/queries/due.ts'
import { heldRestore } from '../../db/queries/restores.ts'
import { dutyRounds, idempotencyKeys, rateLimits } from '../../db/schema.ts'
import type { Acting } from '../actions/acting.ts'
import { admitEndpoints } from '../actions/admit-endpoints.ts'
import { advanceMaintenance } from '../actions/advance-maintenance.ts'
import { alertBriefingSilence } from '../actions/alert-briefing-silence.ts'
import { alertSilence } from '../actions/alert-silence.ts'
import { type AskCarrier, askAfterSms } from '../actions/ask-after-sms.ts'
import { forgetOld } from '../actions/forget-old.ts'
import { markLate } from '../actions/mark-late.ts'
import { planOccurrences } from '../actions/plan-occurrences.ts'
import type { Hearing } from '../actions/record-sms-status.ts'
import { releaseDueUpdates } from '../actions/release-update.ts'
import { remindOfDecisions } from '../actions/remind-of-decisions.ts'
import { remindOfHandover } from '../actions/remind-of-handover.ts'
import { turnDay } from '../actions/turn-day.ts'
import { HOUR, MINUTE } from '../domain/duration.ts'
import type { Recorder } from '../recorder.ts'
import type { Duty } from './loop.ts'

/**
 * Everything that happens because time passes, on one page. Carrying and publishing are woken by what is written and
 * look after themselves (`api/delivery`, `api/publish`).
 *
 *   cadence watch     at the nearest rung, at most every second   late promises reach the page, the ladder is climbed
 *   held updates      when the next is due, at most every second    what was held back goes out
 *   hand-over         every fifteen seconds                        who has commanded for an hour is reminded to hand over
 *   briefing watch    at the nearest rung, at most every second   executives are briefed, decisions are answered
 *   maintenance       at its next step, at most every second      planned work is reminded of, begins and ends
 *   endpoints         when one has answered its challenge         it is subscribed
 *   occurrences       every hour                                  what recurs is planned ahead
 *   turn of the day   at UTC midnight                             the bars move on
 *   lost callbacks    every fifteen seconds                        texts that nothing was heard of are asked after
 *   housekeeping      every hour                                  answers of old idempotency keys and spent limits go
 *   retention         every hour                                  what has been kept long enough goes
 *
 * A database restored from a backup is held until a person releases it: the first seven do nothing then, since what they
 * would say may have been said, and be wrong by now (standards R22); and retention forgets nothing that somebody may
 * still want to look at before they decide.
 *
 * Beside them a watchman elsewhere is told that the watch goes round (`dead-man.ts`), where DEADMAN_URL names one, and a
 * hub of feeds that have moved (`hub.ts`), where WEBSUB_HUB does.
 *
 * Whatever is posted or planned wakes all of them. Each is a loop of its own, so none waits for another's trouble.
 */
export const duties = (
  acting: Acting & { record: Recorder },
  db: Database,
  processName: string,
  askSms: AskCarrier | null,
): Duty[] => [
  cadenceWatch(acting, db, processName),
  heldUpdates(acting, db),
  handOverWatch(acting, db),
  briefingWatch(acting, db),
  maintenanceWatch(acting, db),
  endpoints(acting, db),
  occurrences(acting, db),
  turnOfTheDay(acting, db),
  ...(askSms ? [lostCallbacks(acting, db, askSms)] : []),
  housekeeping(db),
  retention(acting, db),
]

const WATCH_AT_MOST = 1000
/**
 * So long after a round at least: what is due already is held by somebody's post, or by another process's round, that may
 * be done then; and what comes due meanwhile is taken together.
 */
const WATCH_AT_LEAST = 100

/** Due times are read from the database's clock, so wrong clocks of single machines change nothing (standards R14). */
const cadenceWatch = (acting: Acting, db: Database, processName: string): Duty => ({
  name: 'cadence watch',
  atMost: WATCH_AT_MOST,
  async round() {
    await unlessHeld(db, async () => {
      await markLate(acting)
      await alertSilence(acting)
    })
    await noteRound(db, 'cadence watch', processName)
    return Math.max((await untilNextDue(db)) ?? WATCH_AT_MOST, WATCH_AT_LEAST)
  },
})

const heldUpdates = (acting: Acting, db: Database): Duty => ({
  name: 'held updates',
  atMost: WATCH_AT_MOST,
  async round() {
    await unlessHeld(db, () => releaseDueUpdates(acting))
    return Math.max((await untilNextRelease(db)) ?? WATCH_AT_MOST, WATCH_AT_LEAST)
  },
})

const HAND_OVER_EVERY = 15_000

const handOverWatch = (acting: Acting, db: Database): Duty => ({
  name: 'hand-over',
  atMost: HAND_OVER_EVERY,
  async round() {
    await unlessHeld(db, () => remindOfHandover(acting))
    return HAND_OVER_EVERY
  },
})

/** A loop apart from the cadence watch: trouble in one is no trouble of the other (standards C25). */
const briefingWatch = (acting: Acting, db: Database): Duty => ({
  name: 'briefing watch',
  atMost: WATCH_AT_MOST,
  async round() {
    await unlessHeld(db, async () => {
      await alertBriefingSilence(acting)
      await remindOfDecisions(acting)
    })
    return Math.max((await untilNextBriefingDue(db)) ?? WATCH_AT_MOST, WATCH_AT_LEAST)
  },
})

const maintenanceWatch = (acting: Acting, db: Database): Duty => ({
  name: 'maintenance',
  atMost: WATCH_AT_MOST,
  async round() {
    await unlessHeld(db, () => advanceMaintenance(acting))
    return Math.max((await untilNextMaintenanceStep(db)) ?? WATCH_AT_MOST, WATCH_AT_LEAST)
  },
})

/** Woken by whoever settles the challenge. */
const endpoints = (acting: Acting, db: Database): Duty => ({
  name: 'endpoints',
  atMost: MINUTE,
  async round() {
    await unlessHeld(db, () => admitEndpoints(acting))
    return MINUTE
  },
})

const occurrences = (acting: Acting, db: Database): Duty => ({
  name: 'occurrences',
  atMost: HOUR,
  async round() {
    await unlessHeld(db, () => planOccurrences(acting))
    return HOUR
  },
})

async function unlessHeld(db: Database, work: () => Promise<unknown>): Promise<void> {
  if ((await heldRestore(db)) === null) await work()
}

/** Looks once a minute too: a machine that was put to sleep wakes later than it was told to. */
const turnOfTheDay = (acting: Acting, db: Database): Duty => ({
  name: 'turn of the day',
  atMost: MINUTE,
  async round() {
    await turnDay(acting)
    return Math.max(await untilMidnight(db), WATCH_AT_LEAST)
  },
})

const LOST_CALLBACKS_EVERY = 15_000

const lostCallbacks = (acting: Omit<Hearing, 'db'>, db: Database, askSms: AskCarrier): Duty => ({
  name: 'lost callbacks',
  atMost: LOST_CALLBACKS_EVERY,
  async round() {
    await askAfterSms({ ...acting, db }, askSms)
    return LOST_CALLBACKS_EVERY
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

/** Looks through whole tables, so it is not for every post to wake it. */
const retention = (acting: Acting, db: Database): Duty => {
  let due = 0
  return {
    name: 'retention',
    atMost: HOUR,
    async round() {
      const now = (await acting.clock(acting.db)).getTime()
      if (now < due) return due - now
      if ((await heldRestore(db)) !== null) return MINUTE
      await forgetOld(acting)
      due = now + HOUR
      return HOUR
    },
  }
}

/** Tells everybody that the watch is alive (standards R17); every five seconds is enough for a limit of thirty. */
async function noteRound(db: Database, duty: string, processName: string): Promise<void> {
  // Asked first, since a conflict writes even where it changes nothing.
  await db.execute(sql`
    insert into duty_rounds (duty, process, last_round_at)
    select ${duty}, ${processName}, sitrep_now()
    where not exists (
      select from duty_rounds
      where duty = ${duty} and process = ${processName} and last_round_at >= sitrep_now() - interval '5 seconds')
    on conflict (duty, process) do update set last_round_at = excluded.last_round_at`)
}
