import { allOrEach, throwFailed } from '../../db/all-or-each.ts'
import type { Database, Transaction } from '../../db/client.ts'
import { concernOf, scopesOfIncident } from '../../db/queries/audience.ts'
import { policiesOfVersions } from '../../db/queries/cadence.ts'
import { tellNextOfChoiceGone } from '../../db/queries/choice-gone.ts'
import {
  finishFanOut,
  moveCursor,
  type ReachedBy,
  takeAlerts,
  takeAnnouncement,
  tellNextSubscribers,
  tellPeople,
} from '../../db/queries/fan-out.ts'
import { tellNextOfThoseTold } from '../../db/queries/fan-out-correction.ts'
import { tellNextOfWork } from '../../db/queries/fan-out-maintenance.ts'
import { concernOfNotice, tellNextOfNotice, toldNotice } from '../../db/queries/holding-notices.ts'
import { type Roles, rolesOf } from '../../db/queries/recipients.ts'
import { type RungReach, reachOfRung } from '../../db/queries/rung-reach.ts'
import { tellNextOfStaff } from '../../db/queries/tell-staff.ts'
import { type Announcement, toldAlerts, toldUpdate } from '../../db/queries/told.ts'
import { concernOfWork, toldMaintenance } from '../../db/queries/told-maintenance.ts'
import { awaitNewReaders, takeTurns } from '../../db/queries/turns.ts'
import { wake } from '../../db/queries/wake.ts'
import { type Channel, isEventLog } from '../domain/attempt.ts'
import type { Rung } from '../domain/cadence.ts'
import { DAILY, isDaily } from '../domain/daily.ts'

/** How many alerts one transaction tells. */
const BATCH = 100

/**
 * One step of turning announcements into rows of the ledger: all alerts, then the next chunk of the most urgent of the
 * others. False when nothing waits. Several processes may do it at once, and any of them may die at any point: a batch of
 * alerts, and a chunk, is one transaction. An alert that cannot be told keeps nothing else; why is thrown at the end.
 */
export async function fanOutStep(db: Database, channels: readonly Channel[]): Promise<boolean> {
  const failed = new Map<string, unknown>()
  const alerts = await tellAlerts(db, channels, failed)
  const others = await tellNext(db, channels)
  throwFailed(failed, alerts)
  return alerts > 0 || others
}

/** Tells every alert that waits; answers how many there were. */
async function tellAlerts(db: Database, channels: readonly Channel[], failed: Map<string, unknown>): Promise<number> {
  let all = 0
  let taken = BATCH
  while (taken === BATCH) {
    taken = await db.transaction(async (tx) => {
      const waiting = await takeAlerts(tx, BATCH, [...failed.keys()])
      const told = await allOrEach(tx, waiting, (each, some) => tellStaff(each, some, channels), failed)
      if (told > 0) await wake(tx, 'deliver')
      return waiting.length
    })
    all += taken
  }
  return all
}

const tellNext = (db: Database, channels: readonly Channel[]): Promise<boolean> =>
  db.transaction(async (tx) => {
    const announcement = await takeAnnouncement(tx)
    if (!announcement) return false
    await tell(tx, announcement, channels)
    await wake(tx, 'deliver')
    return true
  })

function tell(tx: Transaction, announcement: Announcement, channels: readonly Channel[]): Promise<void> {
  switch (announcement.kind) {
    case 'update':
      return tellSubscribers(tx, announcement, channels)
    case 'correction':
      return tellThoseTold(tx, announcement, channels)
    case 'holding_notice':
      return tellOfNotice(tx, announcement, channels)
    case 'maintenance':
      return tellOfWork(tx, announcement, channels)
    case 'staff_note':
      return tellStaffReaders(tx, announcement, channels)
    case 'choice_gone':
      return tellOfChoiceGone(tx, announcement, channels)
    case 'alert':
      throw new Error('Alerts are told together, before any other.')
    case 'confirmation':
    case 'welcome':
    case 'test':
    case 'notice':
    case 'guard':
    case 'approval':
    case 'answer':
    case 'handover':
    case 'briefing':
    case 'briefing_alert':
    case 'decision_answer':
    case 'decision_reminder':
      throw new Error(`An announcement of kind ${announcement.kind} is born with its rows.`)
  }
}

async function tellSubscribers(
  tx: Transaction,
  announcement: Announcement,
  channels: readonly Channel[],
): Promise<void> {
  if (announcement.fanOutCursor === '') await awaitNewReaders(tx)
  await takeTurns(tx, announcement.incidentId!)
  const { update } = await toldUpdate(tx, announcement.updateId!)
  const told = update.mergedInto ? channels.filter(isEventLog) : channels
  await moveOn(tx, announcement, await tellNextSubscribers(tx, announcement, await concernOf(tx, update), told))
}

/** A correction goes to whoever was sent what it corrects and may still hear it, and to nobody else. */
async function tellThoseTold(tx: Transaction, announcement: Announcement, channels: readonly Channel[]): Promise<void> {
  await takeTurns(tx, announcement.incidentId!)
  await moveOn(
    tx,
    announcement,
    await tellNextOfThoseTold(tx, announcement, await scopesOfIncident(tx, announcement.incidentId!), channels),
  )
}

async function tellOfNotice(tx: Transaction, announcement: Announcement, channels: readonly Channel[]): Promise<void> {
  if (announcement.fanOutCursor === '') await awaitNewReaders(tx)
  await takeTurns(tx, announcement.incidentId!)
  const concern = await concernOfNotice(tx, await toldNotice(tx, announcement.holdingNoticeId!))
  await moveOn(tx, announcement, await tellNextOfNotice(tx, announcement, concern, channels))
}

async function tellOfWork(tx: Transaction, announcement: Announcement, channels: readonly Channel[]): Promise<void> {
  const told = await toldMaintenance(tx, announcement.maintenanceUpdateId!)
  await takeTurns(tx, told.maintenance.id)
  const concern = await concernOfWork(tx, told)
  await moveOn(tx, announcement, await tellNextOfWork(tx, announcement, told, concern, channels))
}

/** What is meant for staff goes to those of them who subscribed. */
async function tellStaffReaders(
  tx: Transaction,
  announcement: Announcement,
  channels: readonly Channel[],
): Promise<void> {
  await takeTurns(tx, announcement.incidentId!)
  await moveOn(tx, announcement, await tellNextOfStaff(tx, announcement, channels))
}

/** Readers are told; a program has nobody who could choose anew. */
async function tellOfChoiceGone(
  tx: Transaction,
  announcement: Announcement,
  channels: readonly Channel[],
): Promise<void> {
  const read = channels.filter((channel) => !isEventLog(channel))
  await moveOn(tx, announcement, await tellNextOfChoiceGone(tx, announcement, read))
}

/** Notes how far it has come; without a last one there is nobody left. */
async function moveOn(tx: Transaction, announcement: Announcement, last: string | null): Promise<void> {
  if (last === null) await finishFanOut(tx, [announcement.id])
  else await moveCursor(tx, announcement.id, last)
}

/**
 * Finds who each rung reaches now; where its channels reach nobody, the fallback is told on any channel there is. Rungs
 * that ask for the same people are answered by one look.
 */
async function tellStaff(
  tx: Transaction,
  announcements: readonly Announcement[],
  channels: readonly Channel[],
): Promise<number> {
  const told = await toldAlerts(
    tx,
    announcements.map(({ alertId }) => alertId!),
  )
  const policyOf = await policiesOfVersions(
    tx,
    [...told.values()].map(({ incident }) => incident.cadenceVersion),
  )
  const reachOf = oneLook(tx, channels)
  const reached: ReachedBy[] = []
  for (const announcement of announcements) {
    const { alert, incident } = told.get(announcement.alertId!)!
    const { fallback, [incident.severity]: terms } = policyOf(incident.cadenceVersion)
    const rung = isDaily(alert.rung) ? DAILY : terms.ladder.find((each) => each.name === alert.rung)
    const reach = await reachOf(incident, rung ?? { to: ['fallback'], channels: [...channels] }, fallback)
    reached.push({ announcement, people: reach.people, channels: reach.channels })
  }
  await tellPeople(tx, reached)
  await finishFanOut(
    tx,
    announcements.map(({ id }) => id),
  )
  return announcements.length
}

/** Finds whom a rung reaches, and remembers it for the next that names the same people in the same roles. */
function oneLook(tx: Transaction, carried: readonly Channel[]) {
  const known = new Map<string, RungReach>()
  return async (incident: Roles, { to, channels }: Pick<Rung, 'to' | 'channels'>, fallback: readonly string[]) => {
    const key = JSON.stringify([rolesOf(incident), to, channels, fallback])
    const reach = known.get(key) ?? (await reachOfRung(tx, incident, { to, channels }, fallback, carried))
    known.set(key, reach)
    return reach
  }
}
