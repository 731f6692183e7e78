import type { Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import {
  allSeries,
  concernAlike,
  lastOccurrence,
  lockSeries,
  occurrencesAhead,
  plannedLength,
} from '../../db/queries/maintenance-series.ts'
import type { Maintenance } from '../../db/queries/maintenances.ts'
import { wake } from '../../db/queries/wake.ts'
import { maintenances } from '../../db/schema.ts'
import { DAY, plus } from '../domain/duration.ts'
import { occurrencesBetween } from '../domain/recurrence.ts'
import type { Acting } from './acting.ts'
import { eachOnItsOwn } from './each-on-its-own.ts'
import { publishMaintenance, tellMaintenance } from './tell-maintenance.ts'

/** Occurrences are planned when they begin within this time; the next one always, and never more than ten. */
const AHEAD = 35 * DAY
const AT_MOST = 10

/** Keeps the occurrences of everything that recurs planned ahead; answers how many were planned. */
export const planOccurrences = async (acting: Acting): Promise<number> =>
  eachOnItsOwn(await allSeries(acting.db), (seriesId) => planSeries(acting, seriesId))

/** A series that somebody else is planning, or ending, is left to them. */
const planSeries = (acting: Acting, seriesId: string): Promise<number> =>
  acting.db.transaction(async (tx) => {
    const first = await lockSeries(tx, seriesId)
    if (!first) return 0
    const now = await acting.clock(tx)
    const last = await lastOccurrence(tx, seriesId)
    const length = await plannedLength(tx, last.id)
    const starts = startsToPlan(first, last, length, await occurrencesAhead(tx, seriesId, now), now)
    const rows = []
    for (const start of starts) rows.push(await planOccurrence(tx, acting, last, start, plus(start, length), now))
    await publishMaintenance(tx, rows, now)
    if (rows.length > 0) await wake(tx, 'cadence')
    return rows.length
  })

/** Occurrences after the last one planned; what was slept over and has ended is left out. */
function startsToPlan(first: Maintenance, last: Maintenance, length: number, ahead: number, now: Date): Date[] {
  const from = new Date(Math.max(last.occurrenceAt!.getTime(), now.getTime() - length) + 1)
  const starts = occurrencesBetween(
    last.rrule!,
    first.occurrenceAt!,
    first.timeZone,
    from,
    null,
    Math.max(0, AT_MOST - ahead),
  )
  const horizon = plus(now, AHEAD)
  const near = starts.filter((start) => start <= horizon)
  return near.length > 0 || ahead > 0 ? near : starts.slice(0, 1)
}

/** In the likeness of the last one, shown and not announced: whoever heard of the series hears of its reminders. */
async function planOccurrence(
  tx: Transaction,
  acting: Acting,
  last: Maintenance,
  start: Date,
  end: Date,
  now: Date,
): Promise<Maintenance> {
  const { seriesId, title, body, rrule, timeZone, reminders, autoStart, autoComplete, notify } = last
  const alike = { seriesId, title, body, rrule, timeZone, reminders, autoStart, autoComplete, notify }
  const window = { occurrenceAt: start, scheduledFor: start, scheduledUntil: end }
  const born = { id: newId(), subjectTitle: title, createdAt: now, updatedAt: now }
  const [row] = await tx
    .insert(maintenances)
    .values({ ...alike, ...window, ...born })
    .returning()
  await concernAlike(tx, last.id, row!.id)
  return (await tellMaintenance(tx, acting, row!, { step: 'planned', body, notify: false }, {}, now)).maintenance
}
